import Events
import Glibc
import Storage
import Units

/// Appends events at a fixed rate to a database that a service has open, as any other process of the platform
/// does: through the same store, durably, with a flush of the disk for each group of writers.
///
/// Each run has as many events as the others: progress, and once a second a mark, of which none may be left
/// out by whoever follows; at the end a last one.
struct LoadWriter {
    let store: SQLiteStore
    /// What the ids of the runs begin with.
    let name: String
    let runs: Int
    /// Events a second, of all runs.
    let rate: Int
    let seconds: Int
    let now: @Sendable () -> Instant

    /// Events that are behind their time are written in pieces of so many.
    private static let piece = 2_048
    /// Writers at the same time; they share transactions.
    private static let writers = 16

    /// Writes it all.
    ///
    /// - Parameter say: hears how many events were written, every second; and at the end how many it were,
    /// in how many seconds, and how many of those of a processor.
    func run(_ say: (String) -> Void) async throws {
        let total = rate * seconds
        let began = ContinuousClock.now
        var (written, told) = (0, 0)
        while written < total {
            let elapsed = (ContinuousClock.now - began) / .seconds(1)
            let due = min(total, Int(elapsed * Double(rate)), written + Self.piece)
            if due > written {
                try await append(written..<due)
                written = due
            } else {
                try await Task.sleep(for: .milliseconds(5))
            }
            if Int(elapsed) > told {
                told = Int(elapsed)
                say("appended \(written)\n")
            }
        }
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        try await store.events.append(
            (0..<runs).map { event(total + $0, of: $0, "load.Ended", [JSONMember("last", .flag(true))]) })
        say("done \(total + runs) \(elapsed) \(Self.processorSeconds)\n")
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func append(_ numbers: Range<Int>) async throws {
        let share = max(1, (numbers.count + Self.writers - 1) / Self.writers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: share) {
                let events = (start..<min(start + share, numbers.upperBound)).map { event($0) }
                group.addTask { try await store.events.append(events) }
            }
            try await group.waitForAll()
        }
    }

    private func event(_ number: Int) -> EventEnvelope {
        let (run, place) = (number % runs, number / runs)
        if place % max(1, rate / runs) == 0 {
            return event(number, of: run, "load.Marked", [JSONMember("place", .integer(place))])
        }
        return event(
            number, of: run, .runProgress,
            [
                JSONMember("run_id", .string(id(run))), JSONMember("percent", .number(Double(place % 100))),
                JSONMember("time", .string("2024-01-01T00:00:00Z")),
                JSONMember("equity", .string("100000.\(place % 100)")),
                JSONMember("drawdown", .number(0.01)), JSONMember("orders", .integer(place)),
                JSONMember("fills", .integer(place)),
            ])
    }

    private func id(_ run: Int) -> String { "\(name)-\(run)" }

    private func event(_ number: Int, of run: Int, _ type: EventType, _ payload: [JSONMember])
        -> EventEnvelope
    {
        EventEnvelope(
            id: EventID(derivedFrom: name, sequence: UInt64(number)), type: type, runID: id(run),
            correlationID: name, time: now(), producer: "storage.load", payload: .object(payload))
    }
}
