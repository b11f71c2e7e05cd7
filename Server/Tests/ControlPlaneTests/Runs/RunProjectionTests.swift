import Events
import Foundation
import Operations
import Storage
import Testing
import Units

/// The tables of runs are what the events say: a replay makes them again.
@Suite struct RunProjectionTests {
    @Test func aReplayOfTheLogGivesTheSameTables() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-replay-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteStore.open(
            folder.appending(path: "replay.db").path, options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        var random = SystemRandomNumberGenerator()
        var sequence: UInt64 = 0
        func event(_ type: EventType, _ run: String, _ payload: [JSONMember]) -> EventEnvelope {
            sequence += 1
            return EventEnvelope(
                id: EventID(derivedFrom: "replay", sequence: sequence), type: type, runID: run,
                correlationID: "c-\(run)", time: Instant(nanoseconds: Int64(sequence) * 1_000_000),
                producer: "test", payload: .object(payload))
        }
        for number in 0..<40 {
            let run = "run-\(number)"
            let id = JSONMember("run_id", .string(run))
            var events = [
                event(
                    .runCreated, run,
                    [
                        id, JSONMember("mode", .string("backtest")), JSONMember("strategy", .string("s")),
                        JSONMember("config", .object([JSONMember("name", .string("n"))])),
                    ])
            ]
            if number % 5 > 0 { events.append(event(.runStarted, run, [id])) }
            for step in 0..<Int.random(in: 0...60, using: &random) where number % 5 > 0 {
                let time = JSONMember("time", .time(Instant(nanoseconds: Int64(step) * 1_000_000_000)))
                events.append(event(.runProgress, run, [id, time] + Self.progress(step)))
                events.append(
                    event(
                        .ordersFilled, run,
                        [
                            JSONMember("client_order_id", .string("\(run)-\(step / 2)")),
                            JSONMember("fill_qty", .string("1.5")), JSONMember("fill_price", .string("10")),
                            JSONMember("fill_id", .string("\(run)-f\(step)")), time,
                        ]))
            }
            events.append(event(.ordersRecorded, run, [id, Self.orders(run)]))
            switch number % 5 {
            case 1:
                events.append(
                    event(.runCompleted, run, [id, JSONMember("summary", .object([]))]))
            case 2: events.append(event(.runFailed, run, [id, JSONMember("reason", .string("x"))]))
            case 3: events.append(event(.runDeleted, run, [id]))
            default: break
            }
            let made = events
            try await store.write { try RunProjection.record(made, $0) }
        }
        let before = try await Self.tables(store)
        #expect(before.count > 500)
        // Of a fill and a word about the order itself, the word counts.
        let order = try #require(try await store.read { try $0.orders.find("run-1-0") })
        #expect(order.status == "partial" && order.filled == ExactDecimal("2.5") && order.reason == "r")
        #expect(try await store.read { try $0.orders.find("run-1-900")?.status } == "expired")
        #expect(try await store.read { try $0.orders.find("run-3-900") } == nil)
        let report = try await store.write { try RunProjection.rebuild($0) }
        #expect(report.changed == [] && report.events > 500)
        #expect(try await Self.tables(store) == before)
        try await store.close()
    }

    @Test func aFillThatComesAgainChangesNothing() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-fill-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteStore.open(
            folder.appending(path: "fill.db").path, options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        func filled(_ sequence: UInt64, price: String) -> EventEnvelope {
            EventEnvelope(
                id: EventID(derivedFrom: "fill", sequence: sequence), type: .ordersFilled, runID: "r",
                correlationID: "c", time: Instant(nanoseconds: Int64(sequence)), producer: "test",
                payload: .object([
                    JSONMember("client_order_id", .string("o")), JSONMember("fill_id", .string("f")),
                    JSONMember("fill_qty", .string("2")), JSONMember("fill_price", .string(price)),
                ]))
        }
        let (first, again) = (filled(1, price: "10"), filled(2, price: "99"))
        try await store.write { try RunProjection.record([first], $0) }
        let before = try await Self.tables(store)
        try await store.write { try RunProjection.record([again], $0) }
        #expect(try await Self.tables(store) == before && before.count == 2)
        #expect(try await store.read { try $0.orders.find("o")?.averagePrice?.description } == "10")
        try await store.close()
    }

    /// What a report of progress holds beside run and time.
    private static func progress(_ step: Int) -> [JSONMember] {
        let curve = (0..<60).map { point in
            JSONText.list([
                .time(Instant(nanoseconds: Int64(step * 60 + point) * 1_000_000_000)),
                .string("\(1_000 + point)"),
            ])
        }
        let position = JSONText.object([
            JSONMember("instrument", .string("v:spot:X")), JSONMember("quantity", .string("\(step)")),
        ])
        return [
            JSONMember("percent", .number(Double(step))), JSONMember("equity", .string("\(1_000 + step)")),
            JSONMember("curve", .list(curve)), JSONMember("positions", .list([position])),
        ]
    }

    /// Orders as they stand: one that may have filled, one that never did.
    private static func orders(_ run: String) -> JSONMember {
        let orders = [("0", "partially_filled", "2.5"), ("900", "expired", "0")].map { order in
            JSONText.object([
                JSONMember("client_order_id", .string("\(run)-\(order.0)")),
                JSONMember("status", .string(order.1)), JSONMember("qty", .string("7")),
                JSONMember("filled_qty", .string(order.2)), JSONMember("reason", .string("r")),
                JSONMember("created_at", .string("2024-01-01T00:00:00Z")),
            ])
        }
        return JSONMember("orders", .list(orders))
    }

    private static func tables(_ store: SQLiteStore) async throws -> [[SQLValue]] {
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
