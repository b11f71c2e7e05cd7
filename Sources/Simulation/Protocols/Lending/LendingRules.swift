public import Units

/// How the pool rounds token balances.
public enum LendingRounding: Hashable, Sendable {
    /// Half up everywhere: Aave v3.0 to v3.4, in force on Ethereum through June 2025.
    case halfUp
    /// In the pool's favour: deposits and what they are worth downward, debts upward. Aave v3.5 and
    /// later, library `TokenMath` (aave-dao/aave-v3-origin, `protocol/libraries/helpers/TokenMath.sol`,
    /// read 2026-11-21).
    case towardPool

    /// Scaled units minted for a deposit.
    var depositMinted: Rounding { self == .halfUp ? .halfUp : .down }
    /// Scaled units burnt for a withdrawal.
    var depositBurnt: Rounding { self == .halfUp ? .halfUp : .up }
    /// Units that a scaled deposit is worth.
    var depositBalance: Rounding { self == .halfUp ? .halfUp : .down }
    /// Scaled units minted for a loan.
    var debtMinted: Rounding { self == .halfUp ? .halfUp : .up }
    /// Scaled units burnt for a repayment.
    var debtBurnt: Rounding { self == .halfUp ? .halfUp : .down }
    /// Units that a scaled debt is.
    var debtBalance: Rounding { self == .halfUp ? .halfUp : .up }
    /// Value of a debt in the base currency.
    var debtValue: Rounding { self == .halfUp ? .towardZero : .up }
}

/// How much of a debt one liquidation may repay.
public enum CloseFactorRule: Hashable, Sendable {
    /// Aave v3.0 to v3.2: half of the reserve's debt while the health factor is above 0.95, else all of it.
    case byHealth
    /// Aave v3.3 and later: all of it also where the collateral or the debt at the reserve is below 2000
    /// USD; half is of the whole debt; nothing between 0 and 1000 USD may be left on both sides; debt
    /// without any collateral is written off.
    case byHealthAndSize
}

/// The rules of a lending pool that hold for all reserves.
///
/// Source: Aave v3, aave-dao/aave-v3-origin: `LiquidationLogic`, `GenericLogic`, `ValidationLogic`,
/// `TokenMath`; read 2026-11-21. The numbers of the efficiency mode are parameters of governance.
public struct LendingRules: Sendable {
    /// How balances are rounded.
    public let rounding: LendingRounding
    /// How much one liquidation may repay.
    public let closeFactor: CloseFactorRule
    /// The terms of the efficiency mode, if the pool has one.
    public let efficiencyMode: CollateralTerms?

    /// Rules from their parts.
    public init(
        rounding: LendingRounding, closeFactor: CloseFactorRule, efficiencyMode: CollateralTerms?
    ) {
        (self.rounding, self.closeFactor) = (rounding, closeFactor)
        self.efficiencyMode = efficiencyMode
    }

    /// Aave v3 as it was on Ethereum over the recorded series, with the close factor of v3.3 and the
    /// efficiency mode for ETH and its staking tokens: 0.93, 0.95, bonus 1 %.
    public static let aaveV3 = LendingRules(
        rounding: .halfUp, closeFactor: .byHealthAndSize,
        efficiencyMode: CollateralTerms(wholeBasisPoints: 9_300, 9_500, bonus: 100))

    /// The most of a debt that is repaid at once while the health factor is above 0.95, in basis points.
    static let closeFactorBasisPoints: Int128 = 5_000
    /// The health factor at or below which all of a debt may be repaid, 0.95.
    static let fullCloseHealth = Wad(mantissa: 950_000_000_000_000_000)
    /// Below this value of debt or collateral all may be repaid: 2000 USD.
    static let fullCloseValue: Int128 = 200_000_000_000
    /// What must be left where something is left: 1000 USD.
    static let leastLeftover: Int128 = 100_000_000_000
}

/// What collateral is good for.
public struct CollateralTerms: Hashable, Sendable {
    /// The largest debt that can be taken on it, as a share of its value.
    public let loanToValue: BasisPoints
    /// The debt at which it may be liquidated, as a share of its value.
    public let liquidationThreshold: BasisPoints
    /// What a liquidator gets on top of what was repaid.
    public let liquidationBonus: BasisPoints
    /// The share of the bonus that the protocol takes of it.
    public let protocolFee: BasisPoints

    /// Terms from their parts; all in whole basis points, as the protocol stores them.
    public init(
        loanToValue: BasisPoints, liquidationThreshold: BasisPoints, liquidationBonus: BasisPoints,
        protocolFee: BasisPoints = BasisPoints(millionths: 1_000_000_000)
    ) {
        (self.loanToValue, self.liquidationThreshold) = (loanToValue, liquidationThreshold)
        (self.liquidationBonus, self.protocolFee) = (liquidationBonus, protocolFee)
    }

    /// Terms from whole basis points, the protocol's share of the bonus 10 %.
    public init(wholeBasisPoints loanToValue: Int64, _ threshold: Int64, bonus: Int64) {
        self.init(
            loanToValue: CollateralTerms.basisPoints(loanToValue),
            liquidationThreshold: CollateralTerms.basisPoints(threshold),
            liquidationBonus: CollateralTerms.basisPoints(bonus))
    }

    /// The standard terms of the recorded risk parameters: 0.80, 0.85, bonus 5 %.
    public static let standard = CollateralTerms(wholeBasisPoints: 8_000, 8_500, bonus: 500)

    private static func basisPoints(_ whole: Int64) -> BasisPoints {
        let (millionths, overflow) = whole.multipliedReportingOverflow(by: 1_000_000)
        return BasisPoints(millionths: overflow ? -1 : millionths)
    }

    var problems: [String] {
        let all = [loanToValue, liquidationThreshold, liquidationBonus, protocolFee]
        var problems: [String] = []
        let areShares = all.allSatisfy { $0 >= .zero && Int128($0.millionths) <= BasisPoints.whole }
        if !areShares { problems.append("a share is not between 0 and 10000 basis points") }
        if !all.allSatisfy({ $0.millionths % 1_000_000 == 0 }) {
            problems.append("a share is not a whole number of basis points")
        }
        if liquidationThreshold < loanToValue {
            problems.append("the liquidation threshold is below the loan to value")
        }
        return problems
    }
}

extension BasisPoints {
    /// Whole basis points, as Aave stores percentages; decimals dropped.
    var wholeBasisPoints: Int128 { Int128(millionths / 1_000_000) }
}
