import Events
import Foundation
import Operations
import Storage
import TestServers
import Testing
import Units

/// The real service with a process beside it that appends events to its log at a fixed rate, through the same
/// storage, and clients that follow them.
///
/// A run of the service tells of itself once a second, so that no number of them makes ten thousand events a
/// second on one machine. Other processes of the platform append to the same log: the process here does what
/// those do, and the service finds it in the log as it finds theirs.
final class LoadDesk {
    let desk: ResearchDesk
    let clients: LoadClients
    let runs: Int
    let rate: Int
    let seconds: Int
    private let name: String
    private let writer = Process()
    private let output: URL

    /// The end of the work of the process that appends.
    struct Written {
        let events: Int
        let seconds: Double
        /// Seconds of a processor that it took.
        let processor: Double
        var rate: Double { Double(events) / seconds }
    }

    /// Starts the service and the clients, one for each run.
    ///
    /// - Parameter losses: connections that are lost and made again, in a second.
    init(runs: Int, rate: Int, seconds: Int, losses: Int) async throws {
        (self.runs, self.rate, self.seconds) = (runs, rate, seconds)
        desk = try await ResearchDesk.open()
        output = desk.folder.appending(path: "written")
        let name = "load-\(UUID().uuidString.prefix(8))"
        self.name = name
        clients = LoadClients(port: desk.port, runs: (0..<runs).map { "\(name)-\($0)" }, losses: losses)
        let last = try await desk.get("/api/v1/events?limit=1").json["last"]?.wholeNumber ?? 0
        clients.start(after: Int64(last))
        for _ in 0..<600 where try await connected() < runs { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try await connected() == runs, "\(clients.problem ?? "")")
    }

    /// Clients that the service says are connected.
    func connected() async throws -> Int {
        let page = try await desk.get("/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix("tradewind_events_stream_clients ") }
        return line.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    }

    private var database: String { desk.folder.appending(path: ".tradewind/tradewind.db").path }

    /// Lets the other process begin, and the clients lose their connections now and then.
    func startWriting() throws {
        clients.beginLosing()
        let arguments = ["load", database, name, "\(runs)", "\(rate)", "\(seconds)"]
        writer.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "StorageWriter")
        writer.arguments = arguments
        writer.standardInput = FileHandle.nullDevice
        try Data().write(to: output)
        writer.standardOutput = try FileHandle(forWritingTo: output)
        try writer.run()
    }

    /// Waits until all is written.
    func awaitWritten() async throws -> Written {
        while writer.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let text = try String(contentsOf: output, encoding: .utf8)
        let words = text.split(separator: "\n").last.map { $0.split(separator: " ") } ?? []
        guard words.count == 4, words[0] == "done", let events = Int(words[1]),
            let time = Double(words[2]), let processor = Double(words[3])
        else { throw ResearchDesk.Failure(description: "the writer ended early: \(text.suffix(500))") }
        return Written(events: events, seconds: time, processor: processor)
    }

    /// Waits until every client has seen the last event of its run.
    ///
    /// - Returns: how long that took.
    func awaitSeen() async throws -> Duration {
        let began = ContinuousClock.now
        while !clients.tallies.allSatisfy(\.hasEnded) {
            try #require(
                ContinuousClock.now - began < .seconds(60),
                "\(clients.tallies.filter(\.hasEnded).count) of \(runs); \(clients.problem ?? "")")
            try await Task.sleep(for: .milliseconds(50))
        }
        return ContinuousClock.now - began
    }

    /// Compares what each client has seen with the log: every mark of its run, once and in order, through all
    /// lost connections; of the progress no more than ten frames a second.
    func check(_ written: Written) async throws {
        let store = try await SQLiteStore.open(database, options: StoreOptions(now: SystemClocks.now))
        var marks: [String: [Int64]] = [:]
        var place = EventOffset.start
        while true {
            let filter = EventFilter(types: ["load.Marked"])
            let events = try await store.events.read(after: place, limit: 5_000, where: filter)
            guard let last = events.last?.offset else { break }
            for event in events { marks[event.envelope.runID ?? "", default: []].append(event.offset.value) }
            place = last
        }
        let tallies = clients.tallies
        for index in 0..<runs {
            let tally = tallies[index]
            let own = marks["\(name)-\(index)"] ?? []
            #expect(
                !own.isEmpty && tally.marks == own, "client \(index): \(tally.marks.count) of \(own.count)")
            #expect(tally.isOrdered && tally.skips == 0, "client \(index) \(tally.skips)")
            // Before each mark, after each connection, and at the end, one comes sooner.
            let sooner = tally.marks.count + tally.connections * 2
            let most = (written.seconds + 5) * 10 + Double(sooner)
            #expect(
                Double(tally.progress) <= most, "client \(index): \(tally.progress) in \(written.seconds) s")
        }
        #expect(clients.problem == nil)
        try await store.close()
    }

    func close() {
        if writer.isRunning {
            writer.terminate()
            writer.waitUntilExit()
        }
        desk.close()
    }
}
