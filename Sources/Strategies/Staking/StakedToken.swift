internal import Markets
internal import StrategyKit

/// A token for staked ETH, and the instruments by which strategies meet it.
enum StakedToken: String, CaseIterable {
    /// ether.fi: weETH.
    case weeth
    /// Lido: wstETH.
    case wsteth

    /// As its protocol spells it.
    var symbol: String { self == .weeth ? "weETH" : "wstETH" }

    /// The token at its protocol.
    var staking: String { self == .weeth ? "etherfi:lst:weETH" : "lido:lst:wstETH" }
    /// A deposit of it.
    var collateral: String { "aave-v3:aToken:\(symbol)" }
    /// Its price at the lending pool's oracle.
    var oracle: String { "aave-oracle:spot:\(symbol)/USD" }
    /// The pool where it is sold.
    var pool: String { self == .weeth ? "curve:spot:weETH/ETH" : "uniswap-v3:spot:wstETH/ETH" }

    /// A loan of ETH against it.
    static let debt = "aave-v3:debtToken:WETH"
    /// Who lends ETH within a group.
    static let flashLoan = "morpho:base:WETH"
    /// The price of ETH at the lending pool's oracle.
    static let nativeOracle = "aave-oracle:spot:WETH/USD"

    /// The one that parameters name; weETH where they name none.
    static func of(_ parameters: Parameters) -> StakedToken {
        parameters.text("lst").flatMap { StakedToken(rawValue: $0) } ?? .weeth
    }
}

/// Which rewards beside the growth of its ratio a stake is expected to earn.
enum RewardsMode: String, CaseIterable {
    /// None.
    case base
    /// EIGEN.
    case eigen = "base-eigen"
    /// EIGEN and ETHFI.
    case seasonal = "base-eigen-seasonal"

    /// Reward and the pool where it is sold.
    var tokens: [(reward: String, pool: String)] {
        let eigen = ("etherfi:base:EIGEN", "uniswap-v3:spot:EIGEN/WETH")
        let ethfi = ("etherfi:base:ETHFI", "uniswap-v3:spot:ETHFI/WETH")
        switch self {
        case .base: return []
        case .eigen: return [eigen]
        case .seasonal: return [eigen, ethfi]
        }
    }

    static func of(_ parameters: Parameters) -> RewardsMode {
        parameters.text("rewards").flatMap { RewardsMode(rawValue: $0) } ?? .base
    }
}
