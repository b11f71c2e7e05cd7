import Events
import Glibc
import Storage
import Units

/// Writes events and rows under load until it is killed; the campaign of crashes starts and kills it.
///
/// Each line of standard output names an event that storage has acknowledged.
///
/// As `StorageWriter load ...` it appends events at a fixed rate instead, for the campaign of load.
@main
struct StorageWriter {
    static let schema = Migration(
        number: 9_001, name: "crash-campaign",
        up: """
            CREATE TABLE crash_things (id TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
            CREATE TABLE crash_projection (log_offset INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
            """,
        down: """
            DROP TABLE crash_projection;
            DROP TABLE crash_things;
            """)

    struct Undone: Error {}

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 7, arguments[1] == "load", let runs = Int(arguments[4]),
            let rate = Int(arguments[5]), let seconds = Int(arguments[6])
        {
            let store = try await SQLiteStore.open(arguments[2], options: StoreOptions(now: now))
            try await LoadWriter(
                store: store, name: arguments[3], runs: runs, rate: rate, seconds: seconds, now: now
            ).run(say)
            return try await store.close()
        }
        guard arguments.count == 3, let round = UInt64(arguments[2]) else {
            say("usage: StorageWriter DATABASE ROUND\n")
            exit(64)
        }
        var options = StoreOptions(now: now)
        options.parts = PayloadParts(inlineBytes: 2_048, piecesBytes: 12_288, maximumBytes: 1 << 20)
        let store = try await SQLiteStore.open(arguments[1], options: options)
        _ = try await MigrationRunner(store, migrations: Migration.all + [schema]).up()
        say("ready\n")
        let consumer = Task { await ConsumerLoop(Projection(store: store), store: store).run() }
        await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<16 {
                group.addTask { try await write(store, "\(round)-\(writer)") }
            }
            do { try await group.waitForAll() } catch { say("failed \(error)\n") }
        }
        await consumer.value
    }

    private static func write(_ store: SQLiteStore, _ name: String) async throws {
        var random = SplitMix64(seed: name.utf8.reduce(UInt64(17)) { $0 &* 31 &+ UInt64($1) })
        for number in 1... {
            let id = EventID(derivedFrom: name, sequence: UInt64(number))
            // Some payloads are cut into pieces, some kept apart.
            let draw = random.next() % 50
            let size = draw == 0 ? 20_000 : draw == 1 ? 5_000 : 40
            let event = EventEnvelope(
                id: id, type: "crash.Written", runID: name, correlationID: name, time: now(),
                producer: "storage.writer",
                payload: .object([JSONMember("text", .string(String(repeating: "x", count: size)))]))
            let isUndone = random.next() % 10 == 0
            do {
                try await store.write { transaction in
                    try transaction.session.execute(
                        "INSERT INTO crash_things (id, number) VALUES (?, ?)",
                        [.text(id.description), .integer(Int64(number))])
                    try transaction.append(event)
                    if isUndone { throw Undone() }
                }
                say("\(id)\n")
            } catch is Undone {
                continue
            }
        }
    }

    /// Copies the log into a table, each event exactly once: its place is committed with the row.
    private struct Projection: EventConsumer {
        let store: SQLiteStore
        let name = "projection"
        let filter = EventFilter.all

        func handle(_ events: [LoggedEvent]) async throws {
            guard let last = events.last?.offset else { return }
            try await store.write { transaction in
                for event in events {
                    try transaction.session.execute(
                        "INSERT INTO crash_projection (log_offset, id) VALUES (?, ?)",
                        [.integer(event.offset.value), .text(event.envelope.id.description)])
                }
                try transaction.commit("projection", last)
            }
        }
    }

    @Sendable private static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// One call of the system: a line is never cut but by the end of the process.
    private static func say(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
