import Foundation
import Logging
import Operations
import TestServers
import Testing
import Units

@Suite struct RotatingLogFileTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func content(_ name: String) -> String? {
        try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    func cleanUp() { try? FileManager.default.removeItem(at: folder) }

    @Test func aFullFileMovesAsideAndTheOldestGoes() throws {
        defer { cleanUp() }
        let file = RotatingLogFile(path: folder.path + "/a.log", maximumBytes: 20, files: 3)
        for number in 0..<9 { try file.write(Array("line \(number) \n".utf8)) }
        // Two lines of 8 bytes fit into 20.
        #expect(content("a.log") == "line 8 \n")
        #expect(content("a.log.1") == "line 6 \nline 7 \n")
        #expect(content("a.log.2") == "line 4 \nline 5 \n")
        #expect(content("a.log.3") == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/a.log")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func aLineLargerThanAFileIsWrittenWhole() throws {
        defer { cleanUp() }
        let file = RotatingLogFile(path: folder.path + "/a.log", maximumBytes: 4, files: 2)
        try file.write(Array("a long line\n".utf8))
        try file.write(Array("another\n".utf8))
        #expect(content("a.log") == "another\n")
        #expect(content("a.log.1") == "a long line\n")
    }

    @Test func whatIsThereIsContinuedAndWhatWasMovedIsMadeAnew() throws {
        defer { cleanUp() }
        try Data("before\n".utf8).write(to: folder.appendingPathComponent("a.log"))
        let file = RotatingLogFile(path: folder.path + "/a.log")
        try file.write(Array("one\n".utf8))
        #expect(content("a.log") == "before\none\n")
        try FileManager.default.moveItem(atPath: folder.path + "/a.log", toPath: folder.path + "/moved")
        try file.write(Array("two\n".utf8))
        #expect(content("a.log") == "two\n")
        #expect(content("moved") == "before\none\n")
    }

    @Test func linksPipesAndFoldersAreRefused() throws {
        defer { cleanUp() }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/target")
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        for name in ["link", "pipe", "."] {
            let file = RotatingLogFile(path: folder.path + "/" + name)
            #expect(throws: LogWriteError.self) { try file.write([0x0A]) }
        }
        #expect(content("target") == nil)
    }

    /// A real file system of 64 KiB, which only root can make.
    @Test func aFullDiskLosesWholeLinesCountsThemAndRecovers() throws {
        defer { cleanUp() }
        let mount = try ToolRun("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path)
        guard mount.status == 0 else {
            print("skipped, as this user cannot mount a small file system")
            return
        }
        defer { _ = try? ToolRun("umount", folder.path) }
        let metrics = MetricsRegistry()
        let queue = LogQueue(
            sink: "file", destination: RotatingLogFile(path: folder.path + "/a.log"), now: { .epoch },
            uptime: { .zero })
        let output = LogOutput(
            service: "test", queues: [queue], redact: { $0 }, now: { .epoch }, metrics: metrics)
        let log = StructuredLog.logger("test", output: output, level: .info)
        for number in 0..<1_000 { log.info("\(number) \(String(repeating: "x", count: 200))") }
        #expect(output.flush(within: .seconds(30)))
        #expect(output.failure?.reason.contains("No space left on device") == true)
        let kept = try #require(content("a.log")).split(separator: "\n")
        #expect(kept.count > 100 && kept.count < 400)
        #expect(content("a.log")?.hasSuffix("\n") == true)
        func missing(_ lines: [Substring]) -> Int {
            lines.compactMap { line in
                line.components(separatedBy: " lines before").first.flatMap {
                    $0.components(separatedBy: "\"").last
                }
                .flatMap { Int($0) }
            }.reduce(0, +)
        }
        let dropped = 1_000 - kept.count { $0.contains("xxx") }
        #expect(
            metrics.exposition().contains(
                "tradewind_log_lines_dropped_total{reason=\"write-failed\",sink=\"file\"} \(dropped)\n"))
        try FileManager.default.removeItem(atPath: folder.path + "/a.log")
        log.info("room again")
        #expect(output.flush(within: .seconds(30)))
        #expect(output.failure == nil)
        let after = try #require(content("a.log")).split(separator: "\n")
        #expect(after.count == 2)
        #expect(missing(kept) + missing(after) == dropped)
        for line in kept + after {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
        }
    }
}
