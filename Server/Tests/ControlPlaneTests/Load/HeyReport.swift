import Foundation

/// What `hey` measured: requests at a fixed rate, whatever the answers take.
struct HeyReport: Sendable, CustomStringConvertible {
    let path: String
    /// Requests a second that were offered.
    let offered: Int
    let seconds: Int
    /// Times of the answers in seconds, the shortest first.
    let times: [Double]
    /// Answers by status.
    let statuses: [String: Int]

    /// The time within which a share of the answers came, in milliseconds.
    func quantile(_ share: Double) -> Double {
        if times.isEmpty { return .infinity }
        return times[min(times.count - 1, Int(share * Double(times.count)))] * 1_000
    }

    var description: String {
        func text(_ share: Double) -> String { String(format: "%.1f", quantile(share)) }
        return "\(path): \(times.count) answers at \(offered)/s, p50 \(text(0.5)) ms, p95 \(text(0.95)) ms, "
            + "p99 \(text(0.99)) ms, longest \(text(1)) ms"
    }

    /// Whether the tool is there (Debian package hey).
    static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/hey")

    /// Asks for a path of a service for some seconds, over ten connections.
    static func run(_ address: String, _ path: String, rate: Int, seconds: Int) async throws -> HeyReport {
        let connections = 10
        let file = FileManager.default.temporaryDirectory.appending(path: "tradewind-hey-\(UUID())")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/hey")
        process.arguments = [
            "-z", "\(seconds)s", "-c", "\(connections)", "-q", "\(rate / connections)", "-o", "csv",
            address + path,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        // response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset
        let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
            .filter { $0.count == 8 }
        return HeyReport(
            path: path, offered: rate, seconds: seconds, times: rows.compactMap { Double($0[0]) }.sorted(),
            statuses: rows.reduce(into: [:]) { $0[String($1[6]), default: 0] += 1 })
    }
}
