public import Markets

/// What a strategy is: everything the rest of Tradewind needs to know before it runs one.
public struct StrategyDescriptor: Sendable {
    /// Registered name, kebab-case: `sma-cross`.
    public let name: String
    /// One sentence for people.
    public let summary: String
    /// Whether exposure must be hedged (share class differs from the asset) or is wanted.
    public let exposure: ExposureKind
    /// Its parameters.
    public let parameters: [ParameterDescription]
    /// Kinds of series it acts on; a run must hold at least one of each.
    public let needs: [SeriesKind]
    /// Closed bars of each instrument that the context keeps for it; 0 for none.
    public let barHistory: Int

    /// A description.
    ///
    /// - Precondition: `barHistory` is 0 to 100,000.
    public init(
        name: String, summary: String, exposure: ExposureKind = .directional,
        parameters: [ParameterDescription], needs: [SeriesKind] = [.bars], barHistory: Int = 0
    ) {
        precondition((0...100_000).contains(barHistory), "bar history is 0 to 100,000 bars")
        self.name = name
        self.summary = summary
        self.exposure = exposure
        self.parameters = parameters
        self.needs = needs
        self.barHistory = barHistory
    }
}

/// How a strategy stands to the risk of its asset.
public enum ExposureKind: String, Hashable, Sendable {
    /// Net exposure is hedged to nothing.
    case neutral
    /// Net exposure is the point.
    case directional
}
