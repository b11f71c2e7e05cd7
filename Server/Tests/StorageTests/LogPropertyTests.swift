import Events
import Storage
import Testing
import Units

/// Random work on a log beside a plain model of it.
@Suite struct LogPropertyTests {
    private struct Model {
        /// The number of the latest event made.
        var made = 0
        var events: [EventEnvelope] = []
        /// Places of events, ascending; pruned ones stay here.
        var offsets: [EventOffset] = []
        var recordedAt: [Instant] = []
        var consumers: [String: EventOffset] = [:]
        var pruned = EventOffset.start
    }

    @Test(arguments: LogKind.allCases, [1, 2, 3] as [UInt64])
    func anyOrderOfAppendsReadsCommitsAndPrunesAgreesWithTheModel(
        _ kind: LogKind, _ seed: UInt64
    ) async throws {
        let parts = PayloadParts(inlineBytes: 512, piecesBytes: 2_000)
        try await kind.with(parts: parts) { log, clock in
            var random = SplitMix64(seed: seed)
            var model = Model()
            for step in 0..<250 {
                switch random.next() % 10 {
                case 0...4: try await append(log, clock, &model, &random)
                case 5, 6: try await read(log, model, &random)
                case 7, 8: try await commit(log, &model, &random)
                default: try await prune(log, clock, &model, &random)
                }
                if step % 50 == 49 { _ = try await log.verify() }
            }
            let lag = try await log.lag()
            #expect(lag.map(\.consumer) == model.consumers.keys.sorted())
            #expect(lag.allSatisfy { model.consumers[$0.consumer] == $0.offset })
        }
    }

    private func append(
        _ log: any EventLog, _ clock: TestClock, _ model: inout Model, _ random: inout SplitMix64
    ) async throws {
        clock.advance(.second)
        var batch: [EventEnvelope] = []
        for _ in 0...(random.next() % 4) {
            // Some were appended before, some of those were pruned since.
            let isOld = random.next() % 4 == 0 && !model.events.isEmpty
            if isOld {
                batch.append(model.events[Int(random.next() % UInt64(model.events.count))])
            } else {
                model.made += 1
                let number = model.made
                let size = [40, 40, 40, 1_500, 3_000][Int(random.next() % 5)]
                batch.append(
                    TestEvents.event(
                        number, type: number % 3 == 0 ? "test.A" : "test.B", run: "r\(number % 2)",
                        payload: .object([JSONMember("text", .string(String(repeating: "y", count: size)))])))
            }
        }
        let offsets = try await log.append(batch)
        for (event, offset) in zip(batch, offsets) {
            if let known = model.events.lastIndex(of: event), model.offsets[known] > model.pruned {
                #expect(offset == model.offsets[known])
                continue
            }
            #expect(offset > model.offsets.last ?? .start)
            model.events.append(event)
            model.offsets.append(offset)
            model.recordedAt.append(clock.now())
        }
    }

    private func read(_ log: any EventLog, _ model: Model, _ random: inout SplitMix64) async throws {
        let last = model.offsets.last?.value ?? 0
        let place = EventOffset(Int64(random.next() % UInt64(last + 2)))
        let limit = Int(random.next() % 20)
        let filter = [
            EventFilter.all, EventFilter(types: ["test.A"]), EventFilter(runID: "r1"),
            EventFilter(types: ["test.B"], runID: "r0"),
        ][Int(random.next() % 4)]
        let found = try await log.read(after: place, limit: limit, where: filter)
        let wanted = zip(model.offsets, model.events)
            .filter { $0 > place && $0 > model.pruned && filter.accepts($1) }.prefix(limit)
        #expect(found.map(\.offset) == wanted.map(\.0))
        #expect(found.map(\.envelope) == wanted.map(\.1))
    }

    private func commit(
        _ log: any EventLog, _ model: inout Model, _ random: inout SplitMix64
    ) async throws {
        let name = "consumer-\(random.next() % 3)"
        let last = model.offsets.last ?? .start
        let offset = EventOffset(Int64(random.next() % UInt64(last.value + 3)))
        if offset > last {
            await #expect(throws: EventProblem.self) { try await log.commit(name, offset) }
        } else {
            try await log.commit(name, offset)
            model.consumers[name] = offset
        }
    }

    private func prune(
        _ log: any EventLog, _ clock: TestClock, _ model: inout Model, _ random: inout SplitMix64
    ) async throws {
        let moment = clock.now() - Timespan(nanoseconds: Int64(random.next() % 60) * 1_000_000_000)
        let report = try await log.prune(before: moment)
        let slowest = model.consumers.values.min()
        let bound =
            zip(model.offsets, model.recordedAt)
            .prefix { $1 < moment && $0 <= slowest ?? $0 }.last?.0 ?? .start
        model.pruned = max(model.pruned, bound)
        #expect(report.checkpoint.offset == model.pruned)
    }
}
