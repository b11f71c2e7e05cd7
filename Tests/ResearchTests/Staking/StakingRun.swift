import Accounting
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Trading
import Units

/// A small run of a staking mode over made series, a row a day.
struct StakingRun {
    var lending: LendingRun
    static let token = "etherfi:lst:weETH"
    static let collateral = "aave-v3:aToken:weETH"
    static let debt = "aave-v3:debtToken:WETH"
    static let pool = "curve:spot:weETH/ETH"

    init(
        _ strategy: String, capital: String, parameters: [(String, String)] = [],
        flows: [(day: Int, amount: String)] = [], shareClass: String = "ETH"
    ) {
        lending = LendingRun(shareClass, capital: capital, flows: flows)
        let given = parameters.map { name, text in
            NamedParameter(name, ExactDecimal(text).map { ParameterValue.number($0) } ?? .text(text))
        }
        lending.plan.strategies = [
            PlannedStrategy(
                account: strategy, strategy: strategy, parameters: given, capital: ExactDecimal(capital)!)
        ]
    }

    /// Dollars for ETH and for weETH at 8 decimals, and ETH for weETH in the pool at 16; a row a day.
    mutating func addPrices(_ prices: [(ether: Int64, token: Int64, pool: Int64)]) {
        lending.add("aave-oracle:spot:WETH/USD", .ratio, "ratio", prices.map(\.ether), scale: 8)
        lending.add("aave-oracle:spot:weETH/USD", .ratio, "ratio", prices.map(\.token), scale: 8)
        lending.add(Self.pool, .ratio, "ratio", prices.map(\.pool), scale: 16)
    }

    /// Indices of the deposit and of the debt at 16 decimals.
    mutating func addIndices(_ values: [(supply: Int64, borrow: Int64)]) {
        lending.add(Self.collateral, .index, "liquidity-index", values.map(\.supply), scale: 16)
        lending.add(Self.debt, .index, "variable-borrow-index", values.map(\.borrow), scale: 16)
    }

    func run() throws -> BacktestResult { try lending.run() }

    static let one: Int64 = 10_000_000_000_000_000
}

extension BacktestResult {
    /// Held by instrument.
    var held: [String: String] {
        Dictionary(
            uniqueKeysWithValues: finalPositions.map { ($0.instrument, $0.quantity.normalized.description) })
    }

    /// A cause as a number, for what rounds.
    func figure(_ key: String) -> Double { Double(cause(key)) ?? .nan }

    /// In wei.
    func units(_ instrument: String) -> Int128 {
        let quantity = finalPositions.first { $0.instrument == instrument }?.quantity ?? .zero
        return quantity.exactMantissa(at: Scale(18)) ?? 0
    }
}
