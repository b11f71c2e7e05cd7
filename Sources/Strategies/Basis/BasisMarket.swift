public import Markets

/// Which asset a basis strategy buys and hedges.
public protocol BasisMarket: Sendable {
    /// Registered name of the strategy.
    static var strategyName: String { get }
    /// The asset held as spot and sold short as perpetuals.
    static var asset: Asset { get }
}

/// Bitcoin against its perpetuals: `btc-basis`.
public enum BitcoinBasis: BasisMarket {
    /// `btc-basis`.
    public static let strategyName = "btc-basis"
    /// BTC.
    public static let asset = Asset("BTC")!
}

/// Ether against its perpetuals: `eth-basis`.
public enum EtherBasis: BasisMarket {
    /// `eth-basis`.
    public static let strategyName = "eth-basis"
    /// ETH.
    public static let asset = Asset("ETH")!
}
