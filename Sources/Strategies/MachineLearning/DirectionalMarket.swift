public import Markets

/// What sets one directional mode apart from the other.
public protocol DirectionalMarket: SendableMetatype {
    /// Registered name.
    static var strategyName: String { get }
    /// The share class, in which the contract settles.
    static var shareClassSymbol: String { get }
    /// How the contract settles.
    static var settlement: ContractSettlement { get }
    /// Key of the contract that is traded unless another is named.
    static var usualInstrument: String { get }
}

/// BTC in a linear contract, with margin and share class USDT.
public enum DollarMargin: DirectionalMarket {
    /// Registered name.
    public static let strategyName = "ml-directional-usdt"
    /// The share class.
    public static let shareClassSymbol = "USDT"
    /// How its contracts settle.
    public static let settlement = ContractSettlement.linear
    /// The contract unless another is named.
    public static let usualInstrument = "binance:perp:BTCUSDT"
}

/// BTC in an inverse contract, with margin and share class BTC.
public enum BitcoinMargin: DirectionalMarket {
    /// Registered name.
    public static let strategyName = "ml-directional-btc"
    /// The share class.
    public static let shareClassSymbol = "BTC"
    /// How its contracts settle.
    public static let settlement = ContractSettlement.inverse
    /// The contract unless another is named.
    public static let usualInstrument = "binance:perp:BTCUSD"
}
