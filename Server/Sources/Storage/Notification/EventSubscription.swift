public import Events

/// The events after a place, as they come; see ``EventHub/subscribe(after:filter:)``.
public struct EventSubscription: AsyncSequence, Sendable {
    /// A batch, never empty.
    public typealias Element = [LoggedEvent]

    let hub: EventHub
    let reader: (any EventLog)?
    let offset: EventOffset
    let filter: EventFilter

    /// Reads on from the place of the subscription.
    public func makeAsyncIterator() -> Iterator {
        Iterator(hub: hub, reader: reader, filter: filter, position: offset)
    }

    /// Reads on from one place.
    public struct Iterator: AsyncIteratorProtocol {
        private let hub: EventHub
        private let reader: (any EventLog)?
        private let filter: EventFilter
        /// Everything up to here was seen, or is not wanted.
        public private(set) var position: EventOffset
        /// Events in one batch.
        private static let limit = 256

        init(hub: EventHub, reader: (any EventLog)?, filter: EventFilter, position: EventOffset) {
            (self.hub, self.reader, self.filter, self.position) = (hub, reader, filter, position)
        }

        /// The next batch; nil when the task was cancelled or the store closed.
        ///
        /// - Throws: ``StorageError``, when the log cannot be read; asking again goes on where it was.
        public mutating func next() async throws -> [LoggedEvent]? {
            while !Task.isCancelled {
                switch hub.find(after: position, filter, limit: Self.limit) {
                case .end: return nil
                case .older(let end):
                    guard let reader else { return nil }
                    let found = try await reader.read(after: position, limit: Self.limit, where: filter)
                    // A full batch may have more behind it; one that is not is all up to the end.
                    position = found.count < Self.limit ? Swift.max(end, position) : position
                    if let last = found.last?.offset { position = Swift.max(position, last) }
                    if !found.isEmpty { return found }
                case .events(let found, let upTo):
                    position = upTo
                    if !found.isEmpty { return found }
                    switch await hub.wait(after: position, filter) {
                    case .end: return nil
                    case .look: continue
                    case .events(let found, let upTo):
                        position = upTo
                        return found
                    }
                }
            }
            return nil
        }
    }
}
