public import Events

/// What a value may be, as the description of a route says it: a small part of JSON Schema (2020-12).
public indirect enum RouteSchema: Sendable {
    /// Text.
    ///
    /// - Parameters:
    ///   - format: a format of JSON Schema, as `date-time`; or `decimal`, a number written as text.
    ///   - allowed: the only values; any when empty.
    ///   - length: how many characters.
    case string(format: String? = nil, allowed: [String] = [], length: ClosedRange<Int>? = nil)
    /// A whole number.
    case integer(ClosedRange<Int64>? = nil)
    /// A number.
    case number
    /// Yes or no.
    case boolean
    /// Values of one kind, in order.
    case array(RouteSchema)
    /// Named values, in the order in which they are shown.
    case object([Member])
    /// Values of one kind under names that are not known before.
    case map(RouteSchema)
    /// The value, or null.
    case nullable(RouteSchema)
    /// A schema that several routes share, by its name, as `Run`.
    case named(String, RouteSchema)
    /// A schema that is made elsewhere, such as that of a strategy's parameters.
    case json(JSONText)

    /// A named value of an object.
    public struct Member: Sendable {
        /// Its name.
        public let name: String
        /// What it may be.
        public let schema: RouteSchema
        /// What it is; empty when the name says it.
        public let summary: String
        /// Whether it is always there.
        public let isRequired: Bool

        /// A member.
        public init(_ name: String, _ schema: RouteSchema, _ summary: String = "", isRequired: Bool = true) {
            (self.name, self.schema, self.summary, self.isRequired) = (name, schema, summary, isRequired)
        }
    }

    /// An instant in ISO 8601.
    public static var time: RouteSchema { .string(format: "date-time") }
    /// Money, a price or a quantity: a decimal number as text.
    public static var decimal: RouteSchema { .string(format: "decimal") }

    /// The schema as JSON Schema.
    ///
    /// - Parameter reference: where a named schema stands, as `#/components/schemas/`; nil writes it out in
    ///   place.
    public func json(reference: String? = nil) -> JSONText { .object(members(reference)) }

    /// The named schemas in it, at any depth, each once, by name.
    public var named: [(name: String, schema: RouteSchema)] {
        var found: [String: RouteSchema] = [:]
        collect(into: &found)
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func collect(into found: inout [String: RouteSchema]) {
        switch self {
        case .named(let name, let schema):
            found[name] = schema
            schema.collect(into: &found)
        case .array(let schema), .map(let schema), .nullable(let schema): schema.collect(into: &found)
        case .object(let members): for member in members { member.schema.collect(into: &found) }
        case .string, .integer, .number, .boolean, .json: break
        }
    }

    private func members(_ reference: String?) -> [JSONMember] {
        switch self {
        case .string(let format, let allowed, let length):
            var members: [JSONMember] = [JSONMember("type", .string("string"))]
            if let format { members.append(JSONMember("format", .string(format))) }
            if !allowed.isEmpty { members.append(JSONMember("enum", .list(allowed.map { .string($0) }))) }
            if let length {
                members.append(JSONMember("minLength", .integer(length.lowerBound)))
                members.append(JSONMember("maxLength", .integer(length.upperBound)))
            }
            return members
        case .integer(let range):
            let bounds = range.map {
                [
                    JSONMember("minimum", .integer(Int($0.lowerBound))),
                    JSONMember("maximum", .integer(Int($0.upperBound))),
                ]
            }
            return [JSONMember("type", .string("integer"))] + (bounds ?? [])
        case .number: return [JSONMember("type", .string("number"))]
        case .boolean: return [JSONMember("type", .string("boolean"))]
        case .array(let schema):
            return [
                JSONMember("type", .string("array")), JSONMember("items", schema.json(reference: reference)),
            ]
        case .object(let members): return Self.object(members, reference)
        case .map(let schema):
            return [
                JSONMember("type", .string("object")),
                JSONMember("additionalProperties", schema.json(reference: reference)),
            ]
        case .nullable(let schema):
            return [
                JSONMember(
                    "anyOf",
                    .list([schema.json(reference: reference), .object([JSONMember("type", .string("null"))])])
                )
            ]
        case .named(let name, let schema):
            guard let reference else { return schema.members(nil) }
            return [JSONMember("$ref", .string(reference + name))]
        case .json(let value):
            if case .object(let members) = value { return members }
            return []
        }
    }

    private static func object(_ members: [Member], _ reference: String?) -> [JSONMember] {
        let properties = members.map { member -> JSONMember in
            var json = member.schema.members(reference)
            if !member.summary.isEmpty { json.append(JSONMember("description", .string(member.summary))) }
            return JSONMember(member.name, .object(json))
        }
        let required = members.filter(\.isRequired).map { JSONText.string($0.name) }
        return [JSONMember("type", .string("object")), JSONMember("properties", .object(properties))]
            + (required.isEmpty ? [] : [JSONMember("required", .list(required))])
    }
}
