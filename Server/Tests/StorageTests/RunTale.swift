import Events
import Storage
import Units

/// Events of runs as the service writes them, with their rows.
struct RunTale {
    enum Word: Sendable {
        case created(String), started(String), progress(String), fill(String?), orders(String)
        case completed(String), deleted(String)
    }

    private var sequence: UInt64 = 0
    private var states: [String: Int] = [:]

    /// Writes what happened, each in a transaction of its own.
    mutating func tell(_ words: [Word], _ store: SQLiteStore) async throws {
        for word in words {
            let event = event(word)
            try await store.write { try RunProjection.record([event], $0) }
        }
    }

    /// Something that may happen next to one of a few runs, one that is over among them.
    mutating func any(_ random: inout SplitMix64) -> Word {
        let run = "run-\(random.next() % 12)"
        switch states[run, default: 0] {
        case 0:
            states[run] = 1
            return .created(run)
        case 1:
            states[run] = 2
            return .started(run)
        case 2:
            switch random.next() % 8 {
            case 0:
                states[run] = 3
                return .completed(run)
            case 1, 2: return .progress(run)
            case 3, 4: return .orders(run)
            default: return .fill(random.next() % 8 == 0 ? nil : run)
            }
        case 3:
            states[run] = random.next() % 2 == 0 ? 3 : 4
            return states[run] == 3 ? .fill(run) : .deleted(run)
        default: return .fill(nil)
        }
    }

    private mutating func event(_ word: Word) -> EventEnvelope {
        sequence += 1
        let (type, run, members) = said(word)
        let payload = (type == .ordersFilled ? [] : [JSONMember("run_id", .optional(run))]) + members
        return EventEnvelope(
            id: EventID(derivedFrom: "tale", sequence: sequence), type: type, runID: run, correlationID: "c",
            time: Instant(nanoseconds: Int64(sequence) * 1_234_567), producer: "storage.tests",
            payload: .object(payload))
    }

    private func said(_ word: Word) -> (type: EventType, run: String?, members: [JSONMember]) {
        switch word {
        case .created(let run):
            let config = JSONText.object([JSONMember("name", .string("n \u{1F600}\n"))])
            let members = [
                JSONMember("mode", .string("backtest")), JSONMember("strategy", .string("s")),
                JSONMember("config", config), JSONMember("initial_equity", .string("1000.10")),
            ]
            return (.runCreated, run, members)
        case .started(let run): return (.runStarted, run, [])
        case .progress(let run): return (.runProgress, run, progress)
        case .fill(let run):
            let members = [
                JSONMember("client_order_id", .string("\(run ?? "no")-\(sequence % 3)")),
                JSONMember("fill_id", .string("f\(sequence)")), JSONMember("fill_qty", .string("1.5")),
                JSONMember("fill_price", .string("10")), JSONMember("fee", .string("0.01")), time,
            ]
            return (.ordersFilled, run, members)
        case .orders(let run):
            let orders = [("8", "accepted"), ("9", "expired")].map { id, status in
                JSONText.object([
                    JSONMember("client_order_id", .string("\(run)-\(id)")),
                    JSONMember("status", .string(status)), JSONMember("qty", .string("7")),
                    JSONMember("filled_qty", .string("0")), JSONMember("reason", .string("r")),
                ])
            }
            return (.ordersRecorded, run, [JSONMember("orders", .list(orders))])
        case .completed(let run):
            let summary = JSONText.object([
                JSONMember("sharpe", .number(1.0 / 3)), JSONMember("fills", .integer(2)),
                JSONMember("total_return", .number(0.25)),
            ])
            let members = [
                JSONMember("summary", summary), JSONMember("final_equity", .string("1001")),
            ]
            return (.runCompleted, run, members)
        case .deleted(let run): return (.runDeleted, run, [])
        }
    }

    /// Engine time of the present event.
    private var time: JSONMember {
        JSONMember("time", .time(Instant(nanoseconds: Int64(sequence) * 1_000_000_001)))
    }

    private var progress: [JSONMember] {
        let points = (0..<3).map { point in
            JSONText.list([
                .time(Instant(nanoseconds: Int64(sequence) * 10 + Int64(point))), .string("\(1_000 + point)"),
            ])
        }
        let position = JSONText.object([
            JSONMember("instrument", .string("v:spot:X")), JSONMember("quantity", .string("\(sequence)")),
            JSONMember("mark", .string("0.5")),
        ])
        return [
            time, JSONMember("percent", .number(Double(sequence) / 7)), JSONMember("drawdown", .number(0.1)),
            JSONMember("equity", .string("\(sequence)")), JSONMember("curve", .list(points)),
            JSONMember("positions", .list([position])),
        ]
    }

    /// Every row of the tables that are made from events.
    static func tables(_ store: SQLiteStore) async throws -> [[SQLValue]] {
        try await store.read { transaction in
            var rows: [[SQLValue]] = []
            for table in ["runs", "results", "orders", "fills", "positions", "run_points"] {
                try transaction.session.rows("SELECT * FROM \(table) ORDER BY 1, 2", []) { row in
                    rows.append([.text(table)] + (0..<row.count).map { row[$0] })
                }
            }
            return rows
        }
    }
}
