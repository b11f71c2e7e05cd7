public import Events
internal import Markets
internal import Research
public import StrategyKit
internal import Units

/// JSON Schemas (draft 2020-12) of what Tradewind reads and prints, made from the tables that the reader
/// itself uses.
public enum JSONSchema {
    /// The schema of a run file.
    ///
    /// Numbers may stand with or without quotes, as in the file: both forms are in the schema.
    ///
    /// - Parameter strategies: the strategies that may be named, with their parameters.
    public static func runFile(strategies: [StrategyDescriptor]) -> JSONText {
        let root = schema(of: RunFileShape.root, strategies)
        return .object(
            [
                JSONMember("$schema", .string(dialect)), JSONMember("title", .string("Tradewind run file")),
            ] + root)
    }

    /// The schema of the parameters of one strategy: what `parameters` of a run file holds.
    public static func parameters(of parameters: [ParameterDescription], summary: String) -> JSONText {
        let required = parameters.filter { $0.defaultValue == nil && !$0.isOptional }
        return .object([
            JSONMember("$schema", .string(dialect)), JSONMember("type", .string("object")),
            JSONMember("description", .string(summary)),
            JSONMember("properties", .object(parameters.map { JSONMember($0.name, schema(of: $0)) })),
            JSONMember("required", .list(required.map { .string($0.name) })),
            JSONMember("additionalProperties", .flag(false)),
        ])
    }

    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// The keywords of a map.
    private static func schema(of map: MapShape, _ strategies: [StrategyDescriptor]) -> [JSONMember] {
        let properties = map.descriptions.map { key in
            JSONMember(key.name, schema(of: key, strategies))
        }
        let required = map.descriptions.filter(\.isRequired).map { JSONText.string($0.name) }
        var members = [
            JSONMember("type", .string("object")), JSONMember("properties", .object(properties)),
            JSONMember("required", .list(required)), JSONMember("additionalProperties", .flag(false)),
        ]
        if !map.alternatives.isEmpty {
            members.append(JSONMember("oneOf", .list(map.alternatives.map { choice($0, of: map) })))
        }
        if !strategies.isEmpty, map.descriptions.contains(where: { $0.name == "strategy" }) {
            members.append(JSONMember("allOf", .list(strategies.map { parameters(of: $0) })))
        }
        return members
    }

    private static func schema(of key: KeyDescription, _ strategies: [StrategyDescriptor]) -> JSONText {
        var value = schema(of: key.shape, strategies)
        if key.name == "strategy", !strategies.isEmpty {
            value = .object([
                JSONMember("enum", .list(strategies.flatMap { names(of: $0) }.map { .string($0) }))
            ])
        }
        guard case .object(let members) = value else { return value }
        return .object([JSONMember("description", .string(key.summary))] + members)
    }

    /// One group of keys is given, complete, and no key of another group.
    private static func choice(_ group: [String], of map: MapShape) -> JSONText {
        let others = map.alternatives.flatMap { $0 }.filter { !group.contains($0) }
        let absent = others.map { JSONText.object([JSONMember("required", .list([.string($0)]))]) }
        return .object([
            JSONMember("required", .list(group.map { .string($0) })),
            JSONMember("not", .object([JSONMember("anyOf", .list(absent))])),
        ])
    }

    private static func schema(of shape: ValueShape, _ strategies: [StrategyDescriptor]) -> JSONText {
        switch shape {
        case .scalar(let rule): return rule.jsonSchema
        case .map(let map): return .object(schema(of: map, strategies))
        case .named(let name, let value):
            return .object([
                JSONMember("type", .string("object")), JSONMember("propertyNames", name.jsonSchema),
                JSONMember("additionalProperties", schema(of: value, strategies)),
            ])
        case .list(let item):
            return .object([
                JSONMember("type", .string("array")), JSONMember("items", schema(of: item, strategies)),
                JSONMember("minItems", .integer(1)),
            ])
        case .either(let shapes):
            return .object([JSONMember("oneOf", .list(shapes.map { schema(of: $0, strategies) }))])
        case .parameters:
            return .object([JSONMember("type", .list([.string("object"), .string("null")]))])
        }
    }

    /// The name of a strategy and its names in earlier systems.
    private static func names(of strategy: StrategyDescriptor) -> [String] {
        [strategy.name] + StrategyAliases.aliases(of: strategy.name)
    }

    /// What `parameters` holds when one strategy is named.
    private static func parameters(of strategy: StrategyDescriptor) -> JSONText {
        let named = JSONText.object([
            JSONMember(
                "properties",
                .object([
                    JSONMember(
                        "strategy",
                        .object([JSONMember("enum", .list(names(of: strategy).map { .string($0) }))]))
                ])), JSONMember("required", .list([.string("strategy")])),
        ])
        let required = strategy.parameters.filter { $0.defaultValue == nil && !$0.isOptional }
        let parameters = JSONText.object([
            JSONMember("description", .string(strategy.summary)),
            JSONMember(
                "properties", .object(strategy.parameters.map { JSONMember($0.name, schema(of: $0)) })),
            JSONMember("required", .list(required.map { .string($0.name) })),
            JSONMember("additionalProperties", .flag(false)),
        ])
        var result = [JSONMember("properties", .object([JSONMember("parameters", parameters)]))]
        if !required.isEmpty { result.append(JSONMember("required", .list([.string("parameters")]))) }
        return .object([JSONMember("if", named), JSONMember("then", .object(result))])
    }

    private static func schema(of parameter: ParameterDescription) -> JSONText {
        var members = [JSONMember("description", .string(parameter.summary))]
        if let value = parameter.defaultValue { members.append(JSONMember("default", value.json)) }
        if case .object(let type) = schema(of: parameter.type) { members += type }
        return .object(members)
    }

    private static func schema(of type: ParameterType) -> JSONText {
        switch type {
        case .integer(let range): return ScalarRule.integer(range).jsonSchema
        case .decimal(let minimum, let maximum):
            return ScalarRule.number(NumberRule(minimum: minimum, maximum: maximum)).jsonSchema
        case .positiveDecimal: return ScalarRule.number(.positive()).jsonSchema
        case .flag: return ScalarRule.flag.jsonSchema
        case .text:
            return .object([
                JSONMember("type", .list([.string("string"), .string("number"), .string("boolean")]))
            ])
        case .choice(let choices): return ScalarRule.choice(choices).jsonSchema
        case .instrument: return ScalarRule.instrument.jsonSchema
        case .weights:
            return .object([
                JSONMember("type", .string("object")),
                JSONMember(
                    "additionalProperties", ScalarRule.number(NumberRule(minimum: .zero)).jsonSchema),
            ])
        }
    }
}

extension ScalarRule {
    /// The rule as JSON Schema.
    package var jsonSchema: JSONText {
        switch self {
        case .text(let maximum):
            return .object([
                JSONMember("type", .string("string")), JSONMember("minLength", .integer(1)),
                JSONMember("maxLength", .integer(maximum)),
            ])
        case .path:
            return .object([JSONMember("type", .string("string")), JSONMember("minLength", .integer(1))])
        case .column: return .object([JSONMember("type", .string("string"))])
        case .choice(let choices): return .object([JSONMember("enum", .list(choices.map { .string($0) }))])
        case .flag:
            return .object([
                JSONMember("enum", .list([.flag(true), .flag(false), .string("true"), .string("false")]))
            ])
        case .integer(let range):
            return ScalarRule.numberOrText(
                [
                    JSONMember("type", .string("integer")),
                    JSONMember("minimum", .decimal(ExactDecimal(Int(range.lowerBound)))),
                    JSONMember("maximum", .decimal(ExactDecimal(Int(range.upperBound)))),
                ], pattern: #"^[+-]?[0-9]+$"#)
        case .number(let rule):
            return ScalarRule.numberOrText(
                [JSONMember("type", .string("number"))] + rule.jsonBounds,
                pattern: #"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"#)
        case .powerOfTen:
            return ScalarRule.numberOrText(
                [JSONMember("enum", .list((0...12).map { .decimal(ExactDecimal(power: $0)) }))],
                pattern: "^10{0,12}$")
        case .word, .timespan, .embargo, .shift, .timeframe, .instant, .instrument, .asset, .venue:
            return .object([
                JSONMember("type", .string("string")), JSONMember("pattern", .string(pattern)),
            ])
        }
    }

    /// The regular expression of a text with a form; it may let through what the reader still refuses, as a
    /// date that does not exist.
    private var pattern: String {
        let types = InstrumentType.allCases.map(\.rawValue).joined(separator: "|")
        switch self {
        case .word: return "^[A-Za-z0-9._-]{1,64}$"
        case .timespan: return "^[0-9]+(ns|us|ms|s|m|h|d)$"
        case .embargo: return #"^([0-9]+(ns|us|ms|s|m|h|d)|[0-9]{1,2}(\.[0-9]+)?%)$"#
        case .shift: return "^-?[0-9]+(ns|us|ms|s|m|h|d)$"
        case .timeframe: return "^[0-9]+(ns|us|ms|s|m|h|d|w|M)$"
        case .instant:
            return "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
                + #"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2}))?$"#
        case .instrument: return "^[a-z0-9-]{1,32}:(\(types)):[^:\\s,\"]{1,64}$"
        case .asset: return "^[A-Za-z0-9._-]{1,32}$"
        case .venue: return "^[a-z0-9-]{1,32}$"
        default: return ""
        }
    }

    private static func numberOrText(_ number: [JSONMember], pattern: String) -> JSONText {
        .object([
            JSONMember(
                "anyOf",
                .list([
                    .object(number),
                    .object([
                        JSONMember("type", .string("string")), JSONMember("pattern", .string(pattern)),
                    ]),
                ]))
        ])
    }
}

extension NumberRule {
    fileprivate var jsonBounds: [JSONMember] {
        var members: [JSONMember] = []
        if let minimum {
            members.append(
                JSONMember(isMinimumExcluded ? "exclusiveMinimum" : "minimum", .decimal(minimum)))
        }
        if let maximum { members.append(JSONMember("maximum", .decimal(maximum))) }
        return members
    }
}

extension ExactDecimal {
    /// `10^power`, for 0 through 18.
    fileprivate init(power: Int) { self.init(mantissa: Scale.power(power), scale: Scale(0)) }
}
