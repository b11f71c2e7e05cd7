public import Events

/// Tells subscribers about events after they are committed.
///
/// A subscription reads the log by offset, from any place, and never sees an event twice or misses one. It
/// holds nothing back for a slow subscriber but its place, so that one never slows another or the writers.
public final class EventHub: Sendable {
    init() {}

    /// Events after a place that a filter accepts, in order, in batches that are never empty; it goes on until
    /// the task is cancelled or the store is closed.
    public func subscribe(after offset: EventOffset, filter: EventFilter = .all) -> EventSubscription {
        EventSubscription(hub: self, offset: offset, filter: filter)
    }
}

/// A place in the log that follows it.
public struct EventSubscription: AsyncSequence, Sendable {
    let hub: EventHub
    let offset: EventOffset
    let filter: EventFilter

    public func makeAsyncIterator() -> Iterator { Iterator() }

    /// Reads on from one place.
    public struct Iterator: AsyncIteratorProtocol {
        public mutating func next() async throws -> [LoggedEvent]? { nil }
    }
}
