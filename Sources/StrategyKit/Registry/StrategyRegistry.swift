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

    /// The strategy of a name.
    public func strategy(named name: String) -> (any Strategy.Type)? {
        types.first { $0.descriptor.name == name }
    }

    /// All names, sorted.
    public var names: [String] { types.map { $0.descriptor.name } }

    /// All descriptors, by name.
    public var descriptors: [StrategyDescriptor] { types.map { $0.descriptor } }
}
