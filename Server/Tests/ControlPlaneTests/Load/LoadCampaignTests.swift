import Foundation
import Testing

/// What the service bears: events at a rate that no desk reaches, hundreds of clients that follow them, and
/// requests at a fixed rate beside it. With `TRADEWIND_TEST_LONG=1` it lasts a minute.
///
/// Times of answers are printed with how busy the machine is, and limited generously, as tests run on busy
/// machines; what a regression changes first is the processor time of the service, which is limited tightly.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoadCampaignTests {
    static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    /// How much of it.
    struct Size {
        var clients = 500
        var rate = 10_000
        var seconds = 6
        /// Processor seconds of the service for each second of the campaign.
        var processorLimit = 1.7
        /// Of the offered rate, the share that must be appended.
        var shareWritten = 0.5

        /// The aim, or what an executable without optimisation bears.
        static var now: Size {
            var size = Size()
            #if DEBUG
            (size.clients, size.rate) = (100, 1_000)
            if isLong { size.seconds = 20 }
            #else
            if isLong { (size.seconds, size.shareWritten) = (60, 0.9) }
            #endif
            return size
        }
    }

    @Test func clientsMissNothingAndAnswersComeInTimeWhileEventsPourIn() async throws {
        let size = Size.now
        let load = try await LoadDesk(
            runs: size.clients, rate: size.rate, seconds: size.seconds, losses: Self.isLong ? 10 : 25)
        defer { load.close() }
        let pid = load.desk.service.processIdentifier
        let quiet = try await Self.answers(load.desk.address, seconds: Self.isLong ? 10 : 2)
        let (before, began) = (try ProcessUse(pid), ContinuousClock.now)
        try load.startWriting()
        let busy = try await Self.answers(load.desk.address, seconds: size.seconds - 1)
        let written = try await load.awaitWritten()
        let behind = try await load.awaitSeen()
        let (after, elapsed) = (try ProcessUse(pid), (ContinuousClock.now - began) / .seconds(1))
        await load.clients.stop()
        let tallies = load.clients.tallies
        let frames = tallies.reduce(0) { $0 + $1.progress + $1.marks.count + 1 }
        let cores = (after.processor - before.processor) / elapsed
        print(
            """
            load: \(Int(written.rate)) events/s appended durably for \(Int(written.seconds)) s, \
            \(size.clients) clients, \(Int(Double(frames) / elapsed)) frames/s, \
            \(tallies.reduce(0) { $0 + $1.connections } - size.clients) connections lost and made again, \
            the last seen \(behind) after it was written; the service took \
            \(String(format: "%.2f", cores)) cores, \(after.memory >> 20) MiB, \(after.openFiles) files; \
            \(ProcessUse.machineLoad)
            """)
        for (name, reports) in [("quiet", quiet), ("under load", busy)] {
            for report in reports { print("load, \(name): \(report)") }
        }
        try await load.check(written)
        #expect(written.rate > Double(size.rate) * size.shareWritten)
        #expect(cores < size.processorLimit)
        #expect(after.openFiles >= size.clients)
        for report in busy + quiet {
            #expect(report.statuses.keys.sorted() == ["200"], "\(report.statuses)")
            #expect(report.times.count > report.offered * report.seconds / 3, "\(report)")
            #expect(report.quantile(0.99) < 1_000, "\(report)")
        }
    }

    /// Asks for health and for a page of the API at a fixed rate; nothing where the tool is not there.
    static func answers(_ address: String, seconds: Int) async throws -> [HeyReport] {
        guard HeyReport.isInstalled else {
            print("hey is not installed (Debian package hey): times of answers are not measured")
            try await Task.sleep(for: .seconds(seconds))
            return []
        }
        async let health = HeyReport.run(address, "/health", rate: 100, seconds: seconds)
        async let page = HeyReport.run(address, "/api/v1/runs", rate: 100, seconds: seconds)
        return [try await health, try await page]
    }
}
