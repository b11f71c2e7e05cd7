internal import Units

/// What a field of a payload holds.
public enum EventFieldKind: String, Hashable, Sendable, CaseIterable {
    /// A text.
    case text
    /// A whole number.
    case integer
    /// Money, a price or a quantity: a decimal as text.
    case decimal
    /// A ratio or a statistic: a JSON number.
    case number
    /// True or false.
    case flag
    /// A moment: ISO 8601 text with a zone.
    case time
    /// An object.
    case object
    /// A list.
    case list
    /// Any JSON value.
    case any

    /// Whether a value is of this kind.
    public func accepts(_ value: JSONText) -> Bool {
        switch (self, value) {
        case (.any, _), (.text, .string), (.integer, .integer), (.flag, .flag), (.object, .object),
            (.list, .list), (.number, .integer), (.number, .number), (.number, .decimal):
            true
        case (.decimal, .string(let text)): ExactDecimal(text) != nil
        case (.time, .string(let text)): Instant(iso8601: text) != nil
        default: false
        }
    }
}

/// A field of a payload.
public struct EventField: Hashable, Sendable {
    /// Its key.
    public let name: String
    /// What it holds.
    public let kind: EventFieldKind

    /// A field.
    public init(_ name: String, _ kind: EventFieldKind) { (self.name, self.kind) = (name, kind) }
}

/// The fields of the payload of one type of event.
public struct EventSchema: Hashable, Sendable {
    /// The type.
    public let type: EventType
    /// Fields that must be there.
    public let required: [EventField]
    /// Fields that may be there, or be null.
    public let optional: [EventField]

    /// A schema.
    public init(_ type: EventType, required: [EventField] = [], optional: [EventField] = []) {
        (self.type, self.required, self.optional) = (type, required, optional)
    }

    /// Checks a payload.
    ///
    /// - Throws: ``EventProblem`` with code `payload` naming the field.
    func check(_ payload: JSONText) throws(EventProblem) {
        guard case .object(let members) = payload else {
            throw EventProblem(.payload, "the payload of a \(type) is no object")
        }
        for field in required where payload[field.name] == nil {
            throw EventProblem(.payload, "a \(type) needs the field '\(field.name)' (\(field.kind.rawValue))")
        }
        var seen: Set<String> = []
        for member in members {
            guard seen.insert(member.key).inserted else {
                throw EventProblem(.payload, "a \(type) has the field '\(member.key)' twice")
            }
            if let field = required.first(where: { $0.name == member.key }) {
                try EventSchema.check(member, field, type)
            } else if let field = optional.first(where: { $0.name == member.key }) {
                if member.value != .null { try EventSchema.check(member, field, type) }
            } else {
                throw EventProblem(.payload, "a \(type) has no field '\(member.key)'")
            }
        }
    }

    private static func check(
        _ member: JSONMember, _ field: EventField, _ type: EventType
    ) throws(EventProblem) {
        guard field.kind.accepts(member.value) else {
            throw EventProblem(
                .payload, "the field '\(field.name)' of a \(type) is no \(field.kind.rawValue)")
        }
    }
}
