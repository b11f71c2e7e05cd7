public import Units

/// How a lending position stands. Values are USD at 8 decimals.
///
/// Source: Aave v3 `GenericLogic.calculateUserAccountData` and `calculateAvailableBorrows`, read 2026-11-21.
public struct LendingStanding: Hashable, Sendable {
    /// Value of the deposits that are collateral.
    public let collateral: Int128
    /// Value of the debt.
    public let debt: Int128
    /// The largest debt that can be taken, as a share of the collateral: the mean weighted by value, in whole
    /// basis points, downward.
    public let maximumLoanToValue: BasisPoints
    /// The debt at which the position may be liquidated, likewise.
    public let liquidationThreshold: BasisPoints
    /// `collateral * threshold / debt`; nil without debt.
    public let healthFactor: Wad?

    /// `debt / collateral`, half up; nil without collateral.
    public var loanToValue: Wad? {
        get throws(ArithmeticOverflow) {
            collateral > 0 ? try Wad(debt, over: collateral, rounding: .halfUp) : nil
        }
    }

    /// The value that can still be borrowed, half up as `percentMul`.
    public var availableBorrows: Int128 {
        get throws(ArithmeticOverflow) {
            let most = try WideArithmetic.multiply(
                collateral, by: maximumLoanToValue.wholeBasisPoints, dividedBy: 10_000, rounding: .halfUp)
            return max(0, most - debt)
        }
    }
}

/// What a liquidation took.
public struct LendingLiquidation: Sendable {
    /// What was owed.
    public let debtReserve: ReserveKey
    /// What was taken.
    public let collateralReserve: ReserveKey
    /// Repaid by the liquidator, in units of the debt's token.
    public let repaid: Int128
    /// Taken, in units of the collateral's token, with bonus and protocol fee.
    public let seized: Int128
    /// The part of ``seized`` that went to the protocol.
    public let protocolFee: Int128
    /// The part of ``seized`` beyond the value repaid: our loss.
    public let penalty: Int128
    /// The health factor before.
    public let healthFactor: Wad
    /// Every change of a balance, interest posted before included.
    public let effects: [ChainEffect]
}
