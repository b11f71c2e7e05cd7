import Foundation
import Testing

/// Ten minutes of everything at once: in the second half of them the service takes no more memory, and no
/// more files.
@Suite(.serialized, .timeLimit(.minutes(15))) struct SoakTests {
    private static let minutes = 10.0

    /// One look at the service.
    private struct Sample {
        let minute: Double
        let use: ProcessUse
    }

    @Test(.enabled(if: LoadCampaignTests.isLong)) func memoryStaysFlatForTenMinutes() async throws {
        let seconds = Int(Self.minutes * 60)
        let load = try await LoadDesk(runs: 100, rate: 1_000, seconds: seconds, losses: 5)
        defer { load.close() }
        let pid = load.desk.service.processIdentifier
        try load.startWriting()
        let address = load.desk.address
        async let reports = LoadCampaignTests.answers(address, seconds: seconds - 5)
        let samples = try await Self.watch(load, pid, seconds: seconds)
        let written = try await load.awaitWritten()
        _ = try await load.awaitSeen()
        await load.clients.stop()
        // In the first minutes caches fill, of each connection to the database and of each thread; a leak
        // goes on.
        let settled = samples.filter { $0.minute >= Self.minutes / 2 }
        let slope = Self.slope(settled.map { ($0.minute, Double($0.use.memory) / 1_048_576) })
        let most = settled.map(\.use.memory).max() ?? 0
        print(
            """
            soak: \(Int(written.rate)) events/s for \(Int(written.seconds)) s, memory \
            \(samples.first.map { $0.use.memory >> 20 } ?? 0) MiB at the start, \
            \(settled.first.map { $0.use.memory >> 20 } ?? 0) after half of it, \
            \(settled.last.map { $0.use.memory >> 20 } ?? 0) at the end, \(most >> 20) at most, slope \
            \(String(format: "%.2f", slope)) MiB/min; \(settled.last?.use.openFiles ?? 0) files; \
            \(ProcessUse.machineLoad)
            """)
        for report in try await reports { print("soak: \(report)") }
        #expect(slope < 1.5, "\(samples.map { "\(Int($0.minute * 60)) s \($0.use.memory >> 10) KiB" })")
        let files = settled.map(\.use.openFiles)
        #expect((files.max() ?? 0) - (files.min() ?? 0) < 40)
        try await load.check(written)
    }

    /// Looks again and again, and has a backtest executed every quarter of a minute.
    private static func watch(_ load: LoadDesk, _ pid: Int32, seconds: Int) async throws -> [Sample] {
        var samples: [Sample] = []
        let began = ContinuousClock.now
        var (looks, runs) = (0, 0)
        while true {
            let elapsed = (ContinuousClock.now - began) / .seconds(1)
            if elapsed > Double(seconds) { break }
            samples.append(Sample(minute: elapsed / 60, use: try ProcessUse(pid)))
            if looks % 5 == 0 {
                runs += 1
                _ = try await load.desk.create(ResearchDesk.file("soak \(runs)"))
            }
            looks += 1
            try await Task.sleep(for: .seconds(3))
        }
        #expect(runs > seconds / 30)
        return samples
    }

    /// Of the straight line with the least squares.
    private static func slope(_ points: [(x: Double, y: Double)]) -> Double {
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        let above = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        let below = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        return below == 0 ? 0 : above / below
    }
}
