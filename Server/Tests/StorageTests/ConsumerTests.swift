import Events
import Storage
import Synchronization
import Testing
import Units

/// Notes what it is handed; fails when it is told to.
private final class NotingConsumer: EventConsumer {
    let name: String
    let filter: EventFilter
    let seen = Mutex<[Int]>([])
    /// Called with each batch, before it is noted.
    let before: @Sendable ([Int]) throws -> Void

    init(
        _ name: String, filter: EventFilter = .all,
        before: @escaping @Sendable ([Int]) throws -> Void = { _ in }
    ) {
        (self.name, self.filter, self.before) = (name, filter, before)
    }

    func handle(_ events: [LoggedEvent]) async throws {
        let numbers = events.compactMap { $0.envelope.payload["number"]?.wholeNumber }
        try before(numbers)
        seen.withLock { $0 += numbers }
    }
}

private struct Failure: Error {}

private final class Count: Sendable { let value = Mutex(0) }

@Suite struct ConsumerTests {
    private func wait(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test(.timeLimit(.minutes(1))) func aConsumerGoesOnFromWhereItHasCommitted() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.events.append((1...10).map { TestEvents.event($0) })
        let first = NotingConsumer("reader")
        let running = Task { await ConsumerLoop(first, store: store, batchSize: 3).run() }
        try await wait { try await store.events.offset(of: "reader") == EventOffset(10) }
        running.cancel()
        await running.value
        #expect(first.seen.withLock { $0 } == (1...10).map { $0 })
        try await store.events.append((11...20).map { TestEvents.event($0) })
        let second = NotingConsumer("reader")
        let again = Task { await ConsumerLoop(second, store: store, batchSize: 3).run() }
        try await wait { try await store.events.offset(of: "reader") == EventOffset(20) }
        #expect(second.seen.withLock { $0 } == (11...20).map { $0 })
        try await store.close()
        await again.value
    }

    @Test(.timeLimit(.minutes(1))) func aFailingConsumerIsTriedAgainAndStopsNoOther() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let attempts = Mutex(0)
        let failing = NotingConsumer("failing") { numbers in
            if numbers.contains(5),
                attempts.withLock({
                    $0 += 1; return $0
                }) < 4
            {
                throw Failure()
            }
        }
        let told = Mutex<[Int]>([])
        let waits = Mutex<[Duration]>([])
        var observer = ConsumerObserver()
        observer.failed = { name, _, count in
            #expect(name == "failing")
            told.withLock { $0.append(count) }
        }
        let well = NotingConsumer("well")
        let loops = [
            ConsumerLoop(
                failing, store: store, batchSize: 1, observer: observer,
                sleep: { wait in
                    waits.withLock { $0.append(wait) }
                    await Task.yield()
                }),
            ConsumerLoop(well, store: store, batchSize: 1),
        ]
        let running = loops.map { loop in Task { await loop.run() } }
        try await store.events.append((1...8).map { TestEvents.event($0) })
        try await wait {
            let lag = try await store.events.lag()
            return lag.count == 2 && lag.allSatisfy { $0.events == 0 }
        }
        #expect(well.seen.withLock { $0 } == (1...8).map { $0 })
        #expect(failing.seen.withLock { $0 } == (1...8).map { $0 })
        #expect(told.withLock { $0 } == [1, 2, 3])
        #expect(waits.withLock { $0 } == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        try await store.close()
        for task in running { await task.value }
    }

    @Test(.timeLimit(.minutes(1))) func eventsThatAConsumerDoesNotWantDoNotHoldItBack() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let consumer = NotingConsumer("picky", filter: EventFilter(types: ["test.Wanted"]))
        let running = Task { await ConsumerLoop(consumer, store: store).run() }
        try await store.events.append((1...1_200).map { TestEvents.event($0) })
        try await wait { try await store.events.offset(of: "picky").value >= 1_000 }
        try await store.events.append(TestEvents.event(1_201, type: "test.Wanted"))
        try await wait { try await store.events.offset(of: "picky") == EventOffset(1_201) }
        #expect(consumer.seen.withLock { $0 } == [1_201])
        try await store.close()
        await running.value
    }

    @Test(.timeLimit(.minutes(1))) func retentionWaitsForAConsumerFromItsBeginning() async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let store = try await TestStores.open(folder, clock: clock)
        try await store.events.append((1...10).map { TestEvents.event($0) })
        let consumer = NotingConsumer("idle", filter: EventFilter(types: ["test.Never"]))
        let running = Task { await ConsumerLoop(consumer, store: store).run() }
        for _ in 0..<400 where try await store.events.lag().isEmpty {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await store.events.lag().map(\.consumer) == ["idle"])
        clock.advance(Timespan(nanoseconds: 1_000_000_000))
        let report = try await store.events.prune(before: clock.now())
        #expect(report.removed == 0 && report.heldBackBy == "idle")
        running.cancel()
        await running.value
        try await store.close()
    }

    @Test func waitsAfterFailuresDoubleUpToALimit() {
        let backoff = ConsumerBackoff(first: .milliseconds(100), most: .seconds(1))
        #expect(
            (1...6).map { backoff.wait(after: $0) }
                == [
                    .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800),
                    .seconds(1), .seconds(1),
                ])
        #expect(backoff.wait(after: Int.max) == .seconds(1))
    }
}

@Suite struct LogPressureTests {
    private func lag(_ events: Int, _ name: String = "slow") -> ConsumerLag {
        ConsumerLag(consumer: name, offset: .start, events: events, updatedAt: .epoch)
    }

    @Test func lagSlowsProducersThenRefusesOrdersAndRecoversByItself() throws {
        let pressure = LogPressure(warning: 100, stop: 1_000)
        func level(_ events: Int) -> LogPressure.Level {
            pressure.update([lag(3, "fast"), lag(events)])
            return pressure.reading.level
        }
        #expect(level(100) == .clear)
        #expect(level(101) == .slow)
        try pressure.checkOrderEntry()
        #expect(level(1_000) == .slow)
        #expect(level(1_001) == .stopped)
        do {
            try pressure.checkOrderEntry()
            Issue.record("the order was let in")
        } catch {
            #expect(error.reading.consumer == "slow" && error.limit == 1_000)
            #expect("\(error)".contains("1001 events behind"))
        }
        // It ends well below the threshold alone.
        #expect(level(900) == .stopped)
        #expect(level(800) == .slow)
        #expect(level(90) == .slow)
        #expect(level(80) == .clear)
        pressure.update([])
        #expect(pressure.reading.consumer == nil && pressure.reading.lag == 0)
    }

    @Test(.timeLimit(.minutes(1))) func producersWaitUntilTheConsumerHasCaughtUp() async throws {
        let pressure = LogPressure(warning: 10, stop: 100)
        try await pressure.waitUntilClear()
        pressure.update([lag(50)])
        let passed = Count()
        let producers = (0..<3).map { _ in
            Task {
                try await pressure.waitUntilClear()
                passed.value.withLock { $0 += 1 }
            }
        }
        let cancelled = Task { try await pressure.waitUntilClear() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        pressure.update([lag(20)])
        for _ in 0..<100 { await Task.yield() }
        #expect(passed.value.withLock { $0 } == 0)
        pressure.update([lag(0)])
        for producer in producers { try await producer.value }
        #expect(passed.value.withLock { $0 } == 3)
    }
}
