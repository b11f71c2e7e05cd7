/// The payloads that events of each type must have; types that are not listed pass.
public struct EventRegistry: Sendable {
    private var schemas: [EventType: EventSchema] = [:]

    /// An empty registry: everything passes.
    public init() {}

    /// A registry of schemas; of two for one type the last counts.
    public init(_ list: [EventSchema]) {
        for schema in list { schemas[schema.type] = schema }
    }

    /// All types of the platform.
    public static let standard = EventRegistry(EventSchema.standard)

    /// Adds the schema of a type, or replaces it.
    public mutating func register(_ schema: EventSchema) { schemas[schema.type] = schema }

    /// The schema of a type; nil for one that is not listed.
    public subscript(type: EventType) -> EventSchema? { schemas[type] }

    /// The types listed, sorted.
    public var types: [EventType] { schemas.keys.sorted() }

    /// Checks an event before it is appended: its envelope, and the payload of a listed type.
    ///
    /// - Throws: ``EventProblem`` for a missing or unknown field, or one of another kind.
    public func check(_ event: EventEnvelope) throws(EventProblem) {
        try event.check()
        if let schema = schemas[event.type] { try schema.check(event.payload) }
    }
}
