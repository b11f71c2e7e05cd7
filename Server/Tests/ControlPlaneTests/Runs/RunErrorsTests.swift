import ControlPlane
import Foundation
import Glibc
import Synchronization
import Testing

/// What processes of runs write to standard error.
@Suite(.timeLimit(.minutes(1))) struct RunErrorsTests {
    /// Runs a script as the process of a run.
    ///
    /// - Returns: the lines that were told before its end was, and the bytes of the file.
    private static func run(_ script: String) async throws -> (lines: [String], file: Data) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-errors-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "run.err")
        let lines = Mutex<[String]>([])
        let child = try RunChild.start(
            RunChildOrder(
                command: ["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], errors: file.path,
                said: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }))
        var hasEnded = false
        for await word in child.words { if case .ended = word { hasEnded = true } }
        #expect(hasEnded)
        return (lines.withLock { $0 }, try Data(contentsOf: file))
    }

    @Test func eachLineIsToldAndKeptBeforeTheEndIs() async throws {
        let (lines, file) = try await Self.run("echo one >&2; printf 'two\\n\\nthree' >&2; exit 3")
        #expect(lines == ["one", "two", "three"])
        #expect(String(decoding: file, as: UTF8.self) == "one\ntwo\n\nthree")
    }

    @Test func whatIsBeyondReasonIsReadOnButNeitherToldNorKept() async throws {
        // 9 MB in thirty thousand lines, and a line of a million bytes.
        let (lines, file) = try await Self.run(
            """
            awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "x"; print ""; \
            for (i = 0; i < 30000; i++) printf "%0300d\\n", i }' >&2
            """)
        #expect(lines.count == 2_001 && lines.last == "more lines follow, which are left out")
        #expect(lines[0].utf8.count == 16_384 && Int(lines[1]) == 0 && Int(lines[1_999]) == 1_998)
        #expect(file.count == 1 << 20)
    }

    /// One that its process has left behind holds the other end, and holds nothing up.
    @Test func aProcessThatIsLeftBehindHoldsTheEndUpForAMomentOnly() async throws {
        let began = ContinuousClock.now
        let (lines, _) = try await Self.run("echo first >&2; setsid sleep 20 >/dev/null & sleep 0.1")
        #expect(lines == ["first"] && ContinuousClock.now - began < .seconds(12))
    }
}
