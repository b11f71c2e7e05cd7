public import Units

/// How a lending position stands. Values are USD at 8 decimals.
///
/// Source: Aave v3 `GenericLogic.calculateUserAccountData` and `calculateAvailableBorrows`, read
/// 2026-11-21.
public struct LendingStanding: Hashable, Sendable {
    /// Value of the deposits that are collateral.
    public let collateral: Int128
    /// Value of the debt.
    public let debt: Int128
    /// The largest debt that can be taken, as a share of the collateral: the mean weighted by value, in
    /// whole basis points, downward.
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

extension ChainModel {
    /// How the lending position stands. Interest is counted up to the market's indices, posted or not; a
    /// token without a price counts as worth nothing.
    public func lendingStanding(
        _ state: ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> LendingStanding {
        precondition(state.fits(self) && market.fits(self), "state and market are of another model")
        var run = GroupRun(model: self, market: market, state: state)
        try run.settle()
        return try run.standing().standing
    }
}

extension GroupRun {
    /// The standing of the position as posted, and a refusal where a price that it needs is not known.
    func standing() throws(ArithmeticOverflow) -> (standing: LendingStanding, refusal: ChainRefusal?) {
        var (collateral, debt, byLoan, byThreshold): (Int128, Int128, Int128, Int128) = (0, 0, 0, 0)
        var refusal: ChainRefusal?
        for (place, reserve) in model.reserves.enumerated() {
            let balance = state.lending[place]
            let terms = terms(of: reserve)
            let isCollateral = terms.liquidationThreshold > .zero && balance.deposit > 0
            guard isCollateral || balance.debt > 0 else { continue }
            if market.oraclePrices[reserve.token.index] <= 0 {
                refusal = .missingPrice("oracle price of \(model.name(reserve.token))")
            }
            if isCollateral {
                let value = try market.value(
                    balance.deposit, of: reserve.token, model: model, rounding: .towardZero)
                collateral = try WideArithmetic.add(collateral, value, "collateral")
                byLoan = try weighted(byLoan, value, terms.loanToValue)
                byThreshold = try weighted(byThreshold, value, terms.liquidationThreshold)
            }
            if balance.debt > 0 {
                let value = try market.value(
                    balance.debt, of: reserve.token, model: model, rounding: model.pool.rounding.debtValue)
                debt = try WideArithmetic.add(debt, value, "debt")
            }
        }
        let standing = LendingStanding(
            collateral: collateral, debt: debt,
            maximumLoanToValue: mean(byLoan, collateral),
            liquidationThreshold: mean(byThreshold, collateral),
            healthFactor: debt > 0 ? health(byThreshold, debt) : nil)
        return (standing, refusal)
    }

    /// `wadDiv` half up, then the basis points off, downward; a debt of next to nothing has the largest
    /// factor that there is.
    private func health(_ weighted: Int128, _ debt: Int128) -> Wad {
        do throws(ArithmeticOverflow) {
            return Wad(mantissa: try Wad(weighted, over: debt, rounding: .halfUp).mantissa / 10_000)
        } catch {
            return Wad(mantissa: .max)
        }
    }

    /// What a deposit is good for in the mode that is in use.
    func terms(of reserve: LendingReserve) -> CollateralTerms {
        if state.usesEfficiencyMode, reserve.isInEfficiencyMode, let mode = model.pool.efficiencyMode,
            reserve.terms.liquidationThreshold > .zero
        {
            return mode
        }
        return reserve.terms
    }

    private func weighted(
        _ sum: Int128, _ value: Int128, _ share: BasisPoints
    ) throws(ArithmeticOverflow) -> Int128 {
        let product = try WideArithmetic.multiply(value, share.wholeBasisPoints, "a share of collateral")
        return try WideArithmetic.add(sum, product, "shares of collateral")
    }

    private func mean(_ weighted: Int128, _ value: Int128) -> BasisPoints {
        guard value > 0 else { return .zero }
        return BasisPoints(millionths: Int64(clamping: weighted / value) * 1_000_000)
    }
}
