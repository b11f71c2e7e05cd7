public import Units

/// The type and allowed range of one parameter.
public enum ParameterType: Hashable, Sendable {
    /// A whole number in a closed range.
    case integer(ClosedRange<Int64>)
    /// A number between two bounds, either of which may be absent; bounds are included.
    case decimal(minimum: ExactDecimal?, maximum: ExactDecimal?)
    /// A number above zero.
    case positiveDecimal
    /// `true` or `false`.
    case flag
    /// Any text.
    case text
    /// One of these texts.
    case choice([String])
    /// An instrument key, `venue:type:symbol`.
    case instrument
    /// A map of names to numbers, as weights of venues; `sum` is what they must add up to, exactly.
    case weights(sum: ExactDecimal?)
}

/// One parameter of a strategy: its name, type, default and meaning. The source of the JSON Schema, the
/// guide's table and every check.
public struct ParameterDescription: Hashable, Sendable {
    /// Kebab-case name in the run file.
    public let name: String
    /// Type and allowed range.
    public let type: ParameterType
    /// The value when the run file says nothing; nil makes the parameter required, unless ``isOptional``.
    public let defaultValue: ParameterValue?
    /// Whether a parameter without default may be left out.
    public let isOptional: Bool
    /// One sentence for people, with the unit.
    public let summary: String

    /// A parameter.
    public init(
        _ name: String, _ type: ParameterType, default defaultValue: ParameterValue? = nil,
        isOptional: Bool = false, summary: String
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.isOptional = isOptional
        self.summary = summary
    }
}
