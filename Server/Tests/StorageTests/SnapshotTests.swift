import Events
import Storage
import Testing
import Units

/// What pruning leaves of the removed events: a snapshot of the tables of runs, from which verification and
/// replay start.
@Suite struct SnapshotTests {
    /// A store with one run of each fate: "over" ended, "on" goes on, "gone" was deleted; "over" and "gone"
    /// have only events that are removed, "on" has some before the place of pruning and some after it.
    private func pruned(
        _ body: (SQLiteStore, EventOffset) async throws -> Void
    ) async throws {
        let (folder, clock) = (try TemporaryFolder(), TestClock())
        let store = try await TestStores.open(folder, clock: clock)
        var tale = RunTale()
        try await tale.tell(["over", "gone", "on"].map { .created($0) }, store)
        for run in ["over", "gone", "on"] {
            try await tale.tell([.started(run), .progress(run), .fill(run)], store)
        }
        try await tale.tell([.orders("over"), .orders("on"), .completed("over"), .deleted("gone")], store)
        clock.advance(.hour)
        let moment = clock.now()
        try await tale.tell([.progress("on"), .fill("on"), .orders("on")], store)
        let report = try await store.events.prune(before: moment)
        #expect(report.removed == 16)
        try await body(store, report.checkpoint.offset)
        try await store.close()
    }

    private func broken(_ store: SQLiteStore) async throws -> EventChainBreak? {
        do { _ = try await store.events.verify() } catch let broken as EventChainBreak { return broken }
        return nil
    }

    private func execute(_ sql: String, _ store: SQLiteStore) async throws {
        let changed = try await store.write { try $0.session.execute(sql) }
        #expect(changed > 0, "\(sql) changed nothing")
    }

    @Test func whatRemovedEventsLeftIsVerifiedAndTheTablesAreMadeAgainFromIt() async throws {
        try await pruned { store, _ in
            let verified = try await store.events.verify()
            let snapshot = try #require(verified.snapshot)
            // Of the latest events alone the tables are not looked at.
            #expect(try await store.events.verify(from: verified.start.offset).snapshot == nil)
            let before = try await RunTale.tables(store)
            let report = try await store.write { try RunProjection.rebuild($0) }
            #expect(report == RebuildReport(events: 3, changed: []))
            try await check(RunTale.tables(store), before)
            #expect(try await store.events.verify().snapshot == snapshot)
        }
    }

    /// Goal: no order of events and removals loses anything. Method: random tales of runs, among them late
    /// fills and deletions of runs that are over, with removals at random moments; each time the snapshot
    /// verifies, and the tables made from it are the tables that were there.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func afterAnyRemovalTheTablesAreMadeAgainAsTheyWere(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let (folder, clock) = (try TemporaryFolder(), TestClock())
        let store = try await TestStores.open(folder, clock: clock)
        var tale = RunTale()
        for step in 0..<140 {
            clock.advance(.second)
            try await tale.tell([tale.any(&random)], store)
            if step % 10 != 9 { continue }
            let age = Timespan(nanoseconds: Int64(random.next() % 40) * 1_000_000_000)
            _ = try await store.events.prune(before: clock.now() - age)
            let snapshot = try await store.events.verify().snapshot
            let before = try await RunTale.tables(store)
            let report = try await store.write { try RunProjection.rebuild($0) }
            #expect(report.changed == [], "seed \(seed), step \(step)")
            #expect(try await RunTale.tables(store) == before, "seed \(seed), step \(step)")
            #expect(try await store.events.verify().snapshot == snapshot)
        }
        #expect(try await RunTale.tables(store).count > 50)
        try await store.close()
    }

    @Test func aRowThatOnlyRemovedEventsMadeIsNamedWhenAnyOfItsColumnsIsDamaged() async throws {
        try await pruned { store, place in
            var columns = 0
            for table in ["runs", "results", "orders", "fills", "positions", "run_points"] {
                let run = table == "runs" ? "id" : "run_id"
                let names = try await store.read { transaction in
                    try transaction.session.all("SELECT name, type FROM pragma_table_info('\(table)')") {
                        (name: try $0.text(0), type: try $0.text(1))
                    }
                }
                for (name, type) in names {
                    columns += 1
                    let other = type == "TEXT" ? "'x'" : type == "INTEGER" ? "77" : "0.125"
                    let keep = try await store.read { try $0.session.all("SELECT * FROM \(table)") { $0 } }
                    try await execute(
                        """
                        UPDATE \(table) SET \(name) = \(other) WHERE rowid = (SELECT min(rowid) FROM \
                        \(table) WHERE \(run) = 'over')
                        """, store)
                    let found = try #require(try await broken(store), "\(table).\(name) was not found")
                    #expect(found.offset == place && found.reason.contains("run over"), "\(found)")
                    #expect(found.reason.contains("the table \(table)"), "\(table).\(name): \(found)")
                    try await store.write { transaction in
                        try transaction.session.execute("DELETE FROM \(table)")
                        for row in keep {
                            let marks = names.map { _ in "?" }.joined(separator: ", ")
                            try transaction.session.execute(
                                "INSERT INTO \(table) VALUES (\(marks))", names.indices.map { row[$0] })
                        }
                    }
                    #expect(try await broken(store) == nil)
                }
            }
            #expect(columns > 60)
        }
    }

    @Test(arguments: [
        (
            "DELETE FROM orders WHERE run_id = 'over' AND status = 'expired'", "run over",
            "holds 2 rows of it instead of 3"
        ),
        ("DELETE FROM runs WHERE id = 'over'", "run over", "the table runs holds 0 rows"),
        (
            "UPDATE positions SET run_id = 'over', instrument = 'y' WHERE run_id = 'on'", "run over",
            "positions"
        ),
        ("UPDATE snapshot_runs SET content = replace(content, 'accepted', 'x')", "run on", "in its snapshot"),
        ("UPDATE snapshot_runs SET tables = 'runs:1:ff'", "snapshot_runs", "snapshot hash"),
        ("DELETE FROM snapshot_runs WHERE run_id = 'over'", "snapshot_runs", "snapshot hash"),
    ])
    func aDamagedSnapshotIsFoundAndNothingIsMadeFromIt(
        _ damage: String, _ what: String, _ words: String
    ) async throws {
        try await pruned { store, place in
            try await execute(damage, store)
            let found = try #require(try await broken(store), "\(damage) was not found")
            #expect(found.offset == place)
            #expect(found.reason.contains(what) && found.reason.contains(words), "\(found)")
            let before = try await RunTale.tables(store)
            await #expect(throws: EventChainBreak.self) {
                try await store.write { try RunProjection.rebuild($0) }
            }
            try await check(RunTale.tables(store), before)
        }
    }

    @Test func eventsAreNotRemovedWhileATableSaysSomethingElseAndMendIt() async throws {
        let (folder, clock) = (try TemporaryFolder(), TestClock())
        let store = try await TestStores.open(folder, clock: clock)
        var tale = RunTale()
        try await tale.tell(
            [.created("a"), .started("a"), .fill("a"), .completed("a"), .created("b")], store)
        let before = try await RunTale.tables(store)
        try await execute("UPDATE fills SET price = '11' WHERE run_id = 'a'", store)
        do {
            _ = try await store.events.prune(before: .distantFuture)
            Issue.record("the events of a damaged row were removed")
        } catch let error as StorageError {
            #expect(error.code == .corrupt && error.message.contains("run a"), "\(error)")
            #expect(error.message.contains("the table fills") && error.remedy.contains("replay --rebuild"))
        }
        try await check(store.events.verify().records, 5)
        try await check(
            store.write { try RunProjection.rebuild($0) }, RebuildReport(events: 5, changed: ["a"]))
        try await check(RunTale.tables(store), before)
        try await check(store.events.prune(before: .distantFuture).removed, 5)
        try await store.close()
    }

    @Test func runsOfWhichAnOlderVersionRemovedEventsAreTakenAsTheyAre() async throws {
        let (folder, clock) = (try TemporaryFolder(), TestClock())
        let store = try await TestStores.open(folder, clock: clock)
        var tale = RunTale()
        try await tale.tell([.created("a"), .fill("a"), .created("b"), .started("b"), .fill("b")], store)
        _ = try await store.events.prune(before: .distantFuture)
        try await tale.tell([.fill("b"), .created("c")], store)
        // As that version left it.
        try await execute("UPDATE checkpoints SET snapshot_hash = NULL", store)
        try await execute("DELETE FROM snapshot_runs", store)
        #expect(try await store.events.verify().snapshot == nil)
        let before = try await RunTale.tables(store)
        try await check(store.write { try RunProjection.rebuild($0) }, RebuildReport(events: 1, changed: []))
        try await check(RunTale.tables(store), before)
        _ = try await store.events.prune(before: .distantFuture)
        #expect(try await store.events.verify().snapshot != nil)
        try await check(RunTale.tables(store), before)
        try await execute("UPDATE fills SET price = '11' WHERE run_id = 'b'", store)
        #expect(try await broken(store)?.reason.contains("run b") == true)
        try await store.close()
    }
}
