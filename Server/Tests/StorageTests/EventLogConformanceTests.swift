import Events
import Storage
import Testing
import Units

/// Which log is tested: each must behave like the others.
enum LogKind: CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    var testDescription: String { "\(self)" }

    /// Runs a test with an empty log and its clock.
    func with(
        parts: PayloadParts = PayloadParts(),
        _ body: (any EventLog, TestClock) async throws -> Void
    ) async throws {
        let clock = TestClock()
        switch self {
        case .memory: try await body(InMemoryEventLog(parts: parts, now: clock.now), clock)
        case .sqlite:
            let folder = try TemporaryFolder()
            let store = try await TestStores.open(folder, clock: clock) { $0.parts = parts }
            try await body(store.events, clock)
            try await store.close()
        }
    }
}

@Suite struct EventLogConformanceTests {
    @Test(arguments: LogKind.allCases)
    func eventsAreReadInOrderAsTheyWereAppended(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            try await check(log.last(), .start)
            let events = (1...5).map { TestEvents.event($0) }
            try await check(log.append(events), (1...5).map { EventOffset(Int64($0)) })
            try await check(log.read(after: .start, limit: 100).map(\.envelope), events)
            try await check(log.read(after: EventOffset(2), limit: 2).map(\.offset.value), [3, 4])
            try await check(log.read(after: EventOffset(5), limit: 2).isEmpty, true)
            try await check(log.read(after: .start, limit: 0).isEmpty, true)
            try await check(log.append([]).isEmpty, true)
            try await check(log.last(), EventOffset(5))
        }
    }

    @Test(arguments: LogKind.allCases)
    func everyPartOfAnEnvelopeComesBack(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            let cause = TestEvents.event(1)
            let event = EventEnvelope(
                id: EventID(high: 1, low: 2), kind: .command, type: "test.Odd", version: "2", runID: "run-ü",
                correlationID: "c \"1\"", causationID: cause.id, traceID: "00f1",
                time: Instant(nanoseconds: 1_699_999_999_123_456_789), producer: "tests",
                headers: ["b": "2", "a": "1 <x>"],
                payload: .object([
                    JSONMember("z", .decimal(ExactDecimal("0.10") ?? .zero)), JSONMember("a", .null),
                    JSONMember("list", .list([.flag(true), .integer(.max), .string("\u{0}\n")])),
                ]))
            try await log.append(event)
            let found = try #require(try await log.read(after: .start, limit: 1).first?.envelope)
            #expect(found.canonicalText == event.canonicalText)
            #expect(found.headers == event.headers && found.time == event.time && found.id == event.id)
        }
    }

    @Test(arguments: LogKind.allCases)
    func anEventIsInTheLogOnceHoweverOftenItIsAppended(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            let (first, second) = (TestEvents.event(1), TestEvents.event(2))
            try await check(log.append([first, second, first]).map(\.value), [1, 2, 1])
            try await check(log.append([second, TestEvents.event(3)]).map(\.value), [2, 3])
            try await check(log.read(after: .start, limit: 9).count, 3)
        }
    }

    @Test(arguments: LogKind.allCases)
    func oneBadEventKeepsItsWholeBatchOut(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            let bad: [EventEnvelope] = [
                TestEvents.event(2, type: ""), TestEvents.event(2, payload: .list([])),
                TestEvents.event(2, type: .runStarted, payload: .object([])),
                TestEvents.event(2, correlation: "a\nb"), TestEvents.event(2, correlation: ""),
                TestEvents.event(
                    2, type: .runStarted,
                    payload: .object([JSONMember("run_id", .string("r")), JSONMember("odd", .integer(1))])),
            ]
            for event in bad {
                await #expect(throws: EventProblem.self) {
                    try await log.append([TestEvents.event(1), event])
                }
            }
            try await check(log.last(), .start)
        }
    }

    @Test(arguments: LogKind.allCases)
    func filtersSelectByTypeRunAndCorrelation(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            try await log.append(TestEvents.event(1, type: "a.X", run: "r1", correlation: "c1"))
            try await log.append(TestEvents.event(2, type: "a.Y", run: "r2", correlation: "c1"))
            try await log.append(TestEvents.event(3, type: "a.X", correlation: "c2"))
            try await log.append(TestEvents.event(4, type: "b.X", run: "r1", correlation: "c2"))
            func found(_ filter: EventFilter) async throws -> [Int64] {
                try await log.read(after: .start, limit: 100, where: filter).map(\.offset.value)
            }
            try await check(found(EventFilter(types: ["a.X"])), [1, 3])
            try await check(found(EventFilter(types: ["a.X", "b.X"], runID: "r1")), [1, 4])
            try await check(found(EventFilter(runID: "r1", includesEventsWithoutRun: true)), [1, 3, 4])
            try await check(found(EventFilter(correlationID: "c1")), [1, 2])
            try await check(found(EventFilter(types: [])), [])
            try await check(found(EventFilter(runID: "r1' OR '1'='1")), [])
        }
    }

    @Test(arguments: LogKind.allCases)
    func consumersCommitOffsetsAndLagBehind(_ kind: LogKind) async throws {
        try await kind.with { log, clock in
            try await log.append((1...4).map { TestEvents.event($0) })
            try await check(log.offset(of: "reader"), .start)
            try await log.commit("reader", EventOffset(3))
            clock.advance(.second)
            try await log.commit("auditor", .start)
            try await check(log.offset(of: "reader"), EventOffset(3))
            let lag = try await log.lag()
            #expect(lag.map(\.consumer) == ["auditor", "reader"] && lag.map(\.events) == [4, 1])
            #expect(lag[0].updatedAt.since(lag[1].updatedAt) == .second)
            try await log.commit("reader", EventOffset(1))
            try await check(log.offset(of: "reader"), EventOffset(1))
            await #expect(throws: EventProblem.self) { try await log.commit("reader", EventOffset(5)) }
            await #expect(throws: EventProblem.self) { try await log.commit("", EventOffset(1)) }
        }
    }

    @Test(arguments: LogKind.allCases)
    func largePayloadsAreCutOrKeptApartAndComeBackWhole(_ kind: LogKind) async throws {
        let parts = PayloadParts(inlineBytes: 1_024, piecesBytes: 16_384, maximumBytes: 100_000)
        try await kind.with(parts: parts) { log, _ in
            let events = [
                TestEvents.event(1), TestEvents.large(2, bytes: 5_000), TestEvents.event(3),
                TestEvents.large(4, bytes: 50_000), TestEvents.large(5, bytes: 1_100),
            ]
            let offsets = try await log.append(events)
            // Pieces have places of their own, before the event that they are of.
            #expect(offsets[1].value > 5 && offsets[2].value == offsets[1].value + 1)
            #expect(offsets[3].value == offsets[2].value + 1)
            let found = try await log.read(after: .start, limit: 100)
            #expect(found.map(\.envelope) == events && found.map(\.offset) == offsets)
            try await check(log.append([events[1]]), [offsets[1]])
            try await check(log.verify().records, Int(offsets[4].value))
            await #expect(throws: EventProblem.self) {
                try await log.append(TestEvents.large(6, bytes: 110_000))
            }
        }
    }

    @Test(arguments: LogKind.allCases)
    func retentionStopsAtTheSlowestConsumerAndLeavesACheckpoint(_ kind: LogKind) async throws {
        try await kind.with { log, clock in
            try await log.append((1...6).map { TestEvents.event($0) })
            let hashes = try await log.read(after: .start, limit: 9).map(\.hash)
            clock.advance(.hour)
            let old = clock.now()
            try await log.append((7...9).map { TestEvents.event($0) })
            try await log.commit("slow", EventOffset(4))
            try await log.commit("fast", EventOffset(9))
            let first = try await log.prune(before: old)
            #expect(first.removed == 4 && first.heldBackBy == "slow")
            #expect(first.checkpoint == EventCheckpoint(offset: EventOffset(4), hash: hashes[3]))
            try await log.commit("slow", EventOffset(9))
            let second = try await log.prune(before: old)
            #expect(second.removed == 2 && second.heldBackBy == nil && second.checkpoint.offset.value == 6)
            try await check(log.prune(before: old).removed, 0)
            try await check(log.read(after: .start, limit: 99).map(\.offset.value), [7, 8, 9])
            let after = try await log.verify()
            #expect(after.start.hash == hashes[5])
            try await check(log.append([TestEvents.event(10)]).map(\.value), [10])
            try await check(log.prune(before: .distantFuture).removed, 3)
            try await check(log.append([TestEvents.event(11)]).map(\.value), [11])
            try await check(log.verify().records, 2)
        }
    }

    @Test(arguments: LogKind.allCases)
    func verificationStartsWhereItIsAskedTo(_ kind: LogKind) async throws {
        try await kind.with { log, _ in
            try await check(log.verify().end, .genesis)
            try await log.append((1...6).map { TestEvents.event($0) })
            let hashes = try await log.read(after: .start, limit: 9).map(\.hash)
            let found = try await log.verify(from: EventOffset(4))
            #expect(found.records == 2 && found.start.hash == hashes[3] && found.end.hash == hashes[5])
            try await check(log.verify().records, 6)
            await #expect(throws: EventProblem.self) { try await log.verify(from: EventOffset(7)) }
        }
    }
}
