public import Events
internal import Markets
internal import RunFiles
public import StrategyKit
internal import Units

/// A strategy as forms and lists show it.
public struct StrategyCard: Sendable {
    /// Registered name.
    public let name: String
    /// One sentence.
    public let summary: String
    /// `neutral` or `directional`.
    public let exposure: String
    /// Kinds of series that a run must hold.
    public let needs: [String]
    /// JSON Schema of `parameters`.
    public let schema: JSONText
    /// Parameters with their defaults; required ones without default are left out.
    public let defaults: JSONText

    /// The card of a strategy.
    public init(_ descriptor: StrategyDescriptor) {
        (name, summary) = (descriptor.name, descriptor.summary)
        exposure = descriptor.exposure.rawValue
        needs = descriptor.needs.map(\.rawValue)
        schema = JSONSchema.parameters(of: descriptor.parameters, summary: descriptor.summary)
        defaults = .object(
            descriptor.parameters.compactMap { parameter in
                parameter.defaultValue.map { JSONMember(parameter.name, $0.plainJSON) }
            })
    }
}

extension ParameterValue {
    /// The value as JSON; numbers as decimal texts, so that none loses a digit.
    var plainJSON: JSONText {
        switch self {
        case .flag(let value): .flag(value)
        case .number(let value): .money(value)
        case .text(let value): .string(value)
        case .list(let values): .list(values.map(\.plainJSON))
        case .map(let entries): .object(entries.map { JSONMember($0.name, $0.value.plainJSON) })
        }
    }
}
