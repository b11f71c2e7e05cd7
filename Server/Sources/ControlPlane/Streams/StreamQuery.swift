internal import Events
internal import HTTPTypes
internal import Hummingbird

/// What a client of a stream or of the log asks for.
struct StreamQuery {
    static let lastEventID = HTTPField.Name("Last-Event-ID")

    /// The events that are wanted.
    ///
    /// - Parameter includesEventsWithoutRun: whether, with a run, those of no run are wanted, too.
    static func filter(_ reader: inout FieldReader, includesEventsWithoutRun: Bool) -> EventFilter {
        var filter = EventFilter()
        if let run = reader.text("run_id", limit: 100) {
            filter.runID = run
            filter.includesEventsWithoutRun = includesEventsWithoutRun
        }
        let types = reader.list("types", limit: 64)
        if !types.isEmpty { filter.types = Set(types.map { EventType($0) }) }
        filter.correlationID = reader.text("correlation_id", limit: 200)
        return filter
    }

    /// What the client has seen, by the header or the query; the header counts.
    static func seen(_ request: Request, _ reader: inout FieldReader) throws(APIError) -> EventOffset? {
        let asked = reader.integer("last_event_id", 0...Int.max, default: -1)
        guard let name = lastEventID, let text = request.headers[name] else {
            return asked < 0 ? nil : EventOffset(Int64(asked))
        }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text)
        else {
            reader.refuse("Last-Event-ID", "must be an offset of the log")
            return nil
        }
        return EventOffset(value)
    }
}
