/// The strategies that a command knows, by name.
public struct StrategyRegistry: Sendable {
    private let types: [any Strategy.Type]

    /// A registry. Later types replace earlier ones of the same name, so a user's strategy wins over a
    /// built-in one.
    public init(_ strategies: [any Strategy.Type]) {
        var types: [any Strategy.Type] = []
        for strategy in strategies {
            types.removeAll { $0.descriptor.name == strategy.descriptor.name }
            types.append(strategy)
        }
        self.types = types.sorted { $0.descriptor.name < $1.descriptor.name }
    }

    /// The strategy of a name, or of one of its names in earlier systems; see ``StrategyAliases``.
    public func strategy(named name: String) -> (any Strategy.Type)? {
        guard let known = canonicalName(of: name) else { return nil }
        return types.first { $0.descriptor.name == known }
    }

    /// The registered name of what somebody calls a strategy; nil when there is none.
    public func canonicalName(of name: String) -> String? { StrategyAliases.name(of: name, among: names) }

    /// The nearest name to one that is not there; nil when none is near.
    public func nearestName(to name: String) -> String? { StrategyAliases.nearest(to: name, among: names) }

    /// All names, sorted.
    public var names: [String] { types.map { $0.descriptor.name } }

    /// All descriptors, by name.
    public var descriptors: [StrategyDescriptor] { types.map { $0.descriptor } }
}
