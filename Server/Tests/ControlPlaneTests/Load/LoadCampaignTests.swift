import Foundation
import Testing

/// What the service bears: events at a rate that no desk reaches, hundreds of clients that follow them, and
/// requests at a fixed rate beside it. With `TRADEWIND_TEST_LONG=1` it lasts a minute.
///
/// Times of answers and rates are printed with how busy the machine is, and limited generously, as tests
/// run on busy machines. What a regression changes, on a busy machine as on an idle one, is the time of a
/// processor that each event costs: that is limited to a few times of what was measured.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoadCampaignTests {
    static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    /// How much of it.
    struct Size {
        var clients = 500
        var rate = 10_000
        var seconds = 6
        /// Microseconds of a processor for each event, in the service, all clients and requests included.
        var serviceLimit = 250.0
        /// Microseconds of a processor for each event, in the process that appends it.
        var writerLimit = 250.0

        /// The aim, or what an executable without optimisation bears.
        static var now: Size {
            var size = Size()
            #if DEBUG
            (size.clients, size.rate) = (100, 1_000)
            (size.serviceLimit, size.writerLimit) = (2_000, 3_000)
            if isLong { (size.clients, size.rate, size.seconds) = (500, 2_000, 20) }
            #else
            if isLong { size.seconds = 60 }
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
        let used = after.processor - before.processor
        let (inService, inWriter) = (
            used / Double(written.events) * 1e6, written.processor / Double(written.events) * 1e6
        )
        print(
            """
            load: \(Int(written.rate)) events/s appended durably for \(Int(written.seconds)) s, \
            \(size.clients) clients, \(Int(Double(frames) / elapsed)) frames/s, \
            \(tallies.reduce(0) { $0 + $1.connections } - size.clients) connections lost and made again, \
            the last seen \(behind) after it was written; the service took \
            \(String(format: "%.2f", used / elapsed)) cores (\(Int(inService)) us an event, the writer \
            \(Int(inWriter)) us), \(after.memory >> 20) MiB, \(after.openFiles) files; \
            \(ProcessUse.machineLoad)
            """)
        for (name, reports) in [("quiet", quiet), ("under load", busy)] {
            for report in reports { print("load, \(name): \(report)") }
        }
        try await load.check(written)
        #expect(written.rate > Double(size.rate) / 10)
        #expect(inService < size.serviceLimit && inWriter < size.writerLimit)
        #expect(after.openFiles >= size.clients)
        for report in busy + quiet {
            #expect(report.statuses.keys.sorted() == ["200"], "\(report.statuses)")
            #expect(report.times.count > report.seconds * 5, "\(report)")
            #expect(report.quantile(0.99) < 3_000, "\(report)")
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
