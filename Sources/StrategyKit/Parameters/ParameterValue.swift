public import Units

/// A parameter of a strategy as a run file gives it. Numbers stay exact decimals.
public indirect enum ParameterValue: Hashable, Sendable {
    /// `true` or `false`.
    case flag(Bool)
    /// A number, exact.
    case number(ExactDecimal)
    /// A text.
    case text(String)
    /// A list.
    case list([ParameterValue])
    /// Named values, in the order of the file.
    case map([NamedParameter])

    /// What kind of value it is, for messages.
    public var kindName: String {
        switch self {
        case .flag: "true or false"
        case .number: "a number"
        case .text: "text"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// One entry of a map of parameters.
public struct NamedParameter: Hashable, Sendable {
    /// The key, kebab-case.
    public let name: String
    /// The value.
    public let value: ParameterValue

    /// An entry.
    public init(_ name: String, _ value: ParameterValue) { (self.name, self.value) = (name, value) }
}
