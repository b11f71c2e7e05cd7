import Dispatch
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthLatencyTests {
    /// At a fixed offered rate, by the tool `hey` where it is installed. The figures depend on what else the
    /// machine does and are printed; that each request was answered is checked.
    @Test func theTimeOfHealthIsPrinted() async throws {
        try await RunningServer.run { server in
            let url = "http://127.0.0.1:\(server.port)/health"
            let (status, report) = try await Self.run(["hey", "-z", "2s", "-q", "50", "-c", "4", url])
            if status == 127 {
                print("skipped, as hey is not installed (Debian package hey)")
                return
            }
            #expect(status == 0)
            let lines = report.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let figures = lines.filter {
                $0.hasPrefix("50% in") || $0.hasPrefix("99% in") || $0.hasPrefix("[")
            }
            print("GET /health, 200 requests/s offered: " + figures.joined(separator: ", "))
            let answers = lines.filter { $0.hasPrefix("[") }
            #expect(answers.count == 1 && answers[0].hasPrefix("[200]"))
        }
    }

    private static func run(_ command: [String]) async throws -> (Int32, String) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-hey-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return (status, try String(contentsOf: file, encoding: .utf8))
    }
}
