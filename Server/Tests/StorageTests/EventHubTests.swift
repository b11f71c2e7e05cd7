import Events
import Storage
import Synchronization
import Testing
import Units

@Suite struct EventHubTests {
    @Test(.timeLimit(.minutes(1))) func subscribersSeeEveryEventOnceWhereverTheyStart() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let total = 600
        try await store.events.append((1...100).map { TestEvents.event($0, run: "r\($0 % 3)") })
        let seen = try await withThrowingTaskGroup(of: (Int, [Int64]).self) { group in
            for start in [0, 50, 100] {
                group.addTask {
                    var offsets: [Int64] = []
                    for try await batch in store.hub.subscribe(after: EventOffset(Int64(start))) {
                        offsets += batch.map(\.offset.value)
                        if offsets.last == Int64(total) { break }
                    }
                    return (start, offsets)
                }
            }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for number in 101...total {
                        writers.addTask {
                            try await store.events.append(TestEvents.event(number, run: "r\(number % 3)"))
                        }
                    }
                    try await writers.waitForAll()
                }
                return (-1, [])
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for start in [0, 50, 100] {
            let isWhole = seen[start] == (Int64(start + 1)...Int64(total)).map { $0 }
            #expect(isWhole, "from \(start): \(seen[start]?.prefix(3) ?? []) ... \(seen[start]?.count ?? 0)")
        }
        try await store.close()
    }

    @Test(.timeLimit(.minutes(1))) func aSubscriberOfOneRunSeesItsEventsAlone() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let reader = Task {
            var numbers: [Int] = []
            for try await batch in store.hub.subscribe(after: .start, filter: EventFilter(runID: "r1")) {
                numbers += batch.compactMap { $0.envelope.payload["number"]?.wholeNumber }
                if numbers.count >= 20 { break }
            }
            return numbers
        }
        for number in 1...60 {
            try await store.events.append(TestEvents.event(number, run: "r\(number % 3)"))
        }
        #expect(try await reader.value == (1...60).filter { $0 % 3 == 1 })
        try await store.close()
    }

    @Test(.timeLimit(.minutes(1))) func nothingIsToldOfBeforeItIsCommittedOrWhenItIsUndone() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let reader = Task {
            for try await batch in store.hub.subscribe(after: .start) {
                // What is told of can be read by everybody.
                let last = try await store.events.last()
                #expect(batch.allSatisfy { $0.offset <= last })
                return batch.map(\.envelope)
            }
            return []
        }
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await store.write { transaction in
                try transaction.append(TestEvents.event(1))
                throw Undone()
            }
        }
        try await store.events.append(TestEvents.event(2))
        #expect(try await reader.value == [TestEvents.event(2)])
        try await store.close()
    }

    @Test(.timeLimit(.minutes(1))) func moreEventsThanABatchHoldsComeWhole() async throws {
        let folder = try TemporaryFolder()
        func offsets(_ store: SQLiteStore) async throws -> [Int64] {
            var found: [Int64] = []
            for try await batch in store.hub.subscribe(after: .start) {
                found += batch.map(\.offset.value)
                if found.count >= 600 || found.last == 600 { break }
            }
            return found
        }
        let first = try await TestStores.open(folder)
        try await first.events.append((1...600).map { TestEvents.event($0) })
        // From memory, and after a restart from the log.
        #expect(try await offsets(first) == (1...600).map { $0 })
        try await first.close()
        let second = try await TestStores.open(folder)
        #expect(try await offsets(second) == (1...600).map { $0 })
        try await second.close()
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsBeyondTheEndHearsOfNothingBeforeItsPlace() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let reader = Task {
            var found: [Int64] = []
            for try await batch in store.hub.subscribe(after: EventOffset(5)) {
                found += batch.map(\.offset.value)
                if found.count >= 3 { break }
            }
            return found
        }
        while store.hub.waitingSubscribers < 1 { await Task.yield() }
        for number in 1...8 { try await store.events.append([TestEvents.event(number)]) }
        #expect(try await reader.value == [6, 7, 8])
        try await store.close()
    }

    @Test func aWriterThatGoesOnFindsItsOwnEventsToldOf() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        for number in 1...40 {
            let offsets = try await store.events.append([TestEvents.event(number)])
            #expect(store.hub.end == offsets.last)
        }
        try await store.close()
    }

    @Test(.timeLimit(.minutes(1))) func whatAnotherProcessWritesIsSeenToo() async throws {
        let folder = try TemporaryFolder()
        let (ours, other) = (try await TestStores.open(folder), try await TestStores.open(folder))
        let reader = Task {
            var offsets: [Int64] = []
            for try await batch in ours.hub.subscribe(after: .start) {
                offsets += batch.map(\.offset.value)
                if offsets.count >= 40 { break }
            }
            return offsets
        }
        for number in stride(from: 1, through: 40, by: 2) {
            try await other.events.append(TestEvents.event(number))
            try await ours.events.append(TestEvents.event(number + 1))
        }
        #expect(try await reader.value == (1...40).map { $0 })
        try await check(ours.events.verify().records, 40)
        try await ours.close()
        try await other.close()
    }

    @Test(.timeLimit(.minutes(1))) func subscriptionsEndWithTheirTaskAndWithTheStore() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let readers = (0..<3).map { _ in
            Task {
                var iterator = store.hub.subscribe(after: .start).makeAsyncIterator()
                return try await iterator.next() == nil
            }
        }
        while store.hub.waitingSubscribers < 3 { await Task.yield() }
        readers[0].cancel()
        #expect(try await readers[0].value)
        #expect(store.hub.waitingSubscribers == 2)
        try await store.close()
        for reader in readers { #expect(try await reader.value) }
    }

    /// What another process writes is read from the log, what this one writes is in memory; whatever the
    /// mixture, each subscriber sees its events once and in order.
    @Test(.timeLimit(.minutes(1))) func subscribersSeeWhatTwoStoresWriteAtTheSameTime() async throws {
        let folder = try TemporaryFolder()
        let here = try await TestStores.open(folder)
        let there = try await SQLiteStore.open(here.path, options: StoreOptions(now: TestClock().now))
        let (runs, each) = (6, 400)
        let seen = try await withThrowingTaskGroup(of: (String, [Int64]).self) { group in
            for run in 0..<runs {
                for includesEventsWithoutRun in [true, false] {
                    group.addTask {
                        let filter = EventFilter(
                            runID: "r\(run)", includesEventsWithoutRun: includesEventsWithoutRun)
                        var offsets: [Int64] = []
                        for try await batch in here.hub.subscribe(after: .start, filter: filter) {
                            offsets += batch.map(\.offset.value)
                            if batch.contains(where: { $0.envelope.type == "test.Last" }) { break }
                        }
                        return ("r\(run) \(includesEventsWithoutRun)", offsets)
                    }
                }
            }
            group.addTask {
                for number in 0..<each {
                    let events = (0..<runs).map {
                        TestEvents.event(number * 100 + $0, run: $0 == 5 ? nil : "r\($0)")
                    }
                    // In turns of different lengths, so that either finds what the other wrote in between.
                    try await (number % 7 < 3 ? here : there).events.append(events)
                    if number % 40 == 0 { try await Task.sleep(for: .milliseconds(15)) }
                }
                for run in 0..<runs {
                    try await there.events.append([
                        EventEnvelope(
                            id: EventID(derivedFrom: "last", sequence: UInt64(run)), type: "test.Last",
                            runID: "r\(run)", correlationID: "c", time: Instant(nanoseconds: 0),
                            producer: "test", payload: .object([]))
                    ])
                }
                return ("", [])
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for run in 0..<runs {
            for includesEventsWithoutRun in [true, false] {
                let filter = EventFilter(
                    runID: "r\(run)", includesEventsWithoutRun: includesEventsWithoutRun)
                let log = try await here.events.read(after: .start, limit: 100_000, where: filter)
                let own = log.map(\.offset.value)
                let found = seen["r\(run) \(includesEventsWithoutRun)"]
                #expect(
                    found == own, "r\(run) \(includesEventsWithoutRun): \(found?.count ?? 0) of \(own.count)")
            }
        }
        try await there.close()
        try await here.close()
    }
}
