/// What may stand at one place of a document.
package indirect enum ValueShape: Sendable {
    /// A single value.
    case scalar(ScalarRule)
    /// A map with known keys.
    case map(MapShape)
    /// A map whose keys the user chooses: names by one rule, values by one shape.
    case named(ScalarRule, ValueShape)
    /// A list with at least one item.
    case list(ValueShape)
    /// One of several shapes of different kinds (single value, map, list).
    case either([ValueShape])
    /// Parameters of a strategy: any map here, checked against the strategy's own description.
    case parameters

    /// The shape in words, after "give".
    package var expectation: String {
        switch self {
        case .scalar(let rule): rule.expectation
        case .map(let shape): "a map with the keys " + shape.descriptions.map(\.name).joined(separator: ", ")
        case .named: "a map"
        case .list: "a list"
        case .either(let shapes): shapes.map(\.expectation).joined(separator: ", or ")
        case .parameters: "a map of parameters"
        }
    }
}

/// The keys of a map and the rules between them.
package struct MapShape: Sendable {
    /// The keys, in the order in which documentation lists them.
    package let descriptions: [KeyDescription]
    /// Groups of keys of which exactly one must be given, complete; empty when there is no such choice.
    package let alternatives: [[String]]

    /// A map.
    package init(_ descriptions: [KeyDescription], exactlyOneOf alternatives: [[String]] = []) {
        (self.descriptions, self.alternatives) = (descriptions, alternatives)
    }
}

/// One key of a map: the source of the check, the messages and the JSON Schema.
package struct KeyDescription: Sendable {
    /// Kebab-case name.
    package let name: String
    /// What may stand there.
    package let shape: ValueShape
    /// Whether it must be given.
    package let isRequired: Bool
    /// One sentence for people, with unit and default.
    package let summary: String

    /// A key.
    package init(_ name: String, _ shape: ValueShape, isRequired: Bool = false, summary: String) {
        (self.name, self.shape, self.isRequired, self.summary) = (name, shape, isRequired, summary)
    }
}
