internal import Events

/// Runs one consumer: reads on from where it has committed, hands events over, commits, for ever.
///
/// Each consumer has a loop of its own, so that a failing or slow one never stops another.
public struct ConsumerLoop: Sendable {
    private let consumer: any EventConsumer
    private let log: any EventLog
    private let hub: EventHub
    private let batchSize: Int
    private let backoff: ConsumerBackoff
    private let observer: ConsumerObserver
    private let sleep: @Sendable (Duration) async throws -> Void
    /// Events that the consumer does not want, after which its place is committed all the same.
    private static let skippedBeforeCommit = 500

    /// A loop.
    ///
    /// - Parameters:
    ///   - batchSize: events handed over at once, at most; the setting `events.batch-size`.
    ///   - sleep: waits after a failure.
    public init(
        _ consumer: any EventConsumer, store: any Store, batchSize: Int = 100,
        backoff: ConsumerBackoff = ConsumerBackoff(), observer: ConsumerObserver = ConsumerObserver(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        (self.consumer, log, hub) = (consumer, store.events, store.hub)
        self.batchSize = max(1, batchSize)
        (self.backoff, self.observer, self.sleep) = (backoff, observer, sleep)
    }

    /// Works until the task is cancelled or the store closed; every failure is told of and tried again.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await follow { failures = 0 }
                return
            } catch is CancellationError {
                return
            } catch let error as StorageError where error.code == .closed {
                return
            } catch {
                failures += 1
                observer.failed(consumer.name, error, failures)
                do { try await sleep(backoff.wait(after: failures)) } catch { return }
            }
        }
    }

    /// Reads on from the place that is committed.
    private func follow(succeeded: () -> Void) async throws {
        let start = try await log.offset(of: consumer.name)
        // From now on retention waits for it.
        try await log.commit(consumer.name, start)
        var committed = start
        // All events are looked at, so that those it does not want do not count as lag.
        var iterator = hub.subscribe(after: start).makeAsyncIterator()
        while let events = try await iterator.next() {
            for range in Self.slices(events.count, batchSize) {
                let slice = events[range]
                guard let last = slice.last?.offset else { continue }
                let wanted = slice.filter { consumer.filter.accepts($0.envelope) }
                if !wanted.isEmpty { try await consumer.handle(wanted) }
                if !wanted.isEmpty || last.count(after: committed) >= Self.skippedBeforeCommit {
                    try await log.commit(consumer.name, last)
                    committed = last
                    observer.handled(consumer.name, wanted.count, last)
                }
                succeeded()
            }
        }
    }

    private static func slices(_ count: Int, _ size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    }
}
