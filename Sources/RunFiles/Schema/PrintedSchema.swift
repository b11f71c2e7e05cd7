internal import Events

/// Pieces of the schemas of printed objects.
extension JSONSchema {
    /// A key of a printed object: its name, its schema and its meaning.
    typealias PrintedKey = (name: String, schema: [JSONMember], summary: String)

    /// A whole schema.
    static func document(_ title: String, _ root: [JSONMember]) -> JSONText {
        .object([JSONMember("$schema", .string(dialect)), JSONMember("title", .string(title))] + root)
    }

    static var text: [JSONMember] { [type("string")] }
    static var textOrNull: [JSONMember] { [types("string")] }
    static var statistic: [JSONMember] { [types("number")] }
    /// A number from 0 to 1, or null.
    static var share: [JSONMember] {
        [types("number"), atLeastZero, JSONMember("maximum", .integer(1))]
    }
    static var countOrNull: [JSONMember] { [types("integer"), atLeastZero] }
    static var count: [JSONMember] { [type("integer"), atLeastZero] }
    static var atLeastZero: JSONMember { JSONMember("minimum", .integer(0)) }
    static var time: [JSONMember] {
        [types("string"), pattern(#"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$"#)]
    }
    /// Decimal text without exponent, trailing zeros or negative zero.
    static var money: [JSONMember] {
        [type("string"), pattern(#"^(0|-?(0\.[0-9]*[1-9]|[1-9][0-9]*(\.[0-9]*[1-9])?))$"#)]
    }

    static func type(_ name: String) -> JSONMember { JSONMember("type", .string(name)) }
    static func types(_ name: String) -> JSONMember {
        JSONMember("type", .list([.string(name), .string("null")]))
    }
    static func pattern(_ text: String) -> JSONMember { JSONMember("pattern", .string(text)) }

    static func list(_ item: [JSONMember]) -> [JSONMember] {
        [type("array"), JSONMember("items", .object(item))]
    }

    static func object(_ properties: [PrintedKey], optional: [String] = []) -> [JSONMember] {
        let members = properties.map { property in
            let summary =
                property.summary.isEmpty ? [] : [JSONMember("description", .string(property.summary))]
            return JSONMember(property.name, .object(summary + property.schema))
        }
        let required = properties.map(\.name).filter { !optional.contains($0) }
        return [
            type("object"), JSONMember("properties", .object(members)),
            JSONMember("required", .list(required.map { .string($0) })),
            JSONMember("additionalProperties", .flag(false)),
        ]
    }

    /// The same schema, or null.
    static func orNull(_ schema: [JSONMember]) -> [JSONMember] {
        [JSONMember("anyOf", .list([.object(schema), .object([type("null")])]))]
    }

    static func oneOf(_ words: [String]) -> [JSONMember] {
        [JSONMember("enum", .list(words.map { .string($0) }))]
    }

    static var flag: [JSONMember] { [type("boolean")] }
    static var hash: [JSONMember] { [type("string"), pattern("^[0-9a-f]{64}$")] }
    static var any: [JSONMember] { [type("object")] }
}
