/// Which events of the log are wanted; all conditions hold at once.
public struct EventFilter: Hashable, Sendable {
    /// Only these types; nil for all.
    public var types: Set<EventType>?
    /// Only events of this run; nil for all.
    public var runID: String?
    /// With a run, also the events that belong to none.
    public var includesEventsWithoutRun: Bool
    /// Only events with this correlation id; nil for all.
    public var correlationID: String?

    /// A filter.
    public init(
        types: Set<EventType>? = nil, runID: String? = nil, includesEventsWithoutRun: Bool = false,
        correlationID: String? = nil
    ) {
        self.types = types
        self.runID = runID
        self.includesEventsWithoutRun = includesEventsWithoutRun
        self.correlationID = correlationID
    }

    /// Every event.
    public static let all = EventFilter()

    /// Whether an event is wanted.
    public func accepts(_ event: EventEnvelope) -> Bool {
        if let types, !types.contains(event.type) { return false }
        if let runID, event.runID != runID, !(event.runID == nil && includesEventsWithoutRun) { return false }
        if let correlationID, event.correlationID != correlationID { return false }
        return true
    }
}
