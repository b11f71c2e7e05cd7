internal import Accounting
public import Units

extension ChainModel {
    /// Liquidates the lending position once, as a liquidator would as soon as its health factor is below
    /// 1: the largest debt against the largest collateral, as much as the close factor allows.
    ///
    /// Source: Aave v3 `LiquidationLogic.executeLiquidationCall` and
    /// `_calculateAvailableCollateralToLiquidate` (aave-dao/aave-v3-origin, read 2026-11-21).
    /// - Returns: what happened; nil where the position is healthy or nothing can be taken. `state` has
    ///   interest posted only when something happened.
    public func liquidate(
        _ state: inout ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> LendingLiquidation? {
        precondition(state.fits(self) && market.fits(self), "state and market are of another model")
        var run = GroupRun(model: self, market: market, state: state)
        try run.settle()
        guard let liquidation = try run.liquidate() else { return nil }
        state = run.state
        return liquidation
    }
}

extension GroupRun {
    /// A debt against a collateral, with the numbers that a liquidation needs.
    private struct Call {
        let debt: ReserveKey
        let collateral: ReserveKey
        let owed: Int128
        let held: Int128
        let owedValue: Int128
        let heldValue: Int128
        /// 10,000 and the bonus, in basis points.
        let bonus: Int128
    }

    private struct Take {
        var repaid: Int128
        let seized: Int128
        let penalty: Int128
    }

    mutating func liquidate() throws(ArithmeticOverflow) -> LendingLiquidation? {
        let (standing, refusal) = try standing()
        guard refusal == nil, let health = standing.healthFactor, health < .one, let call = try call()
        else { return nil }
        let allowed = try closable(call, health: health, totalDebt: standing.debt)
        guard let take = try takeWithoutDust(call, allowed) else { return nil }
        let terms = terms(of: model.reserves[call.collateral.index])
        let bonus =
            take.seized
            - (try WideArithmetic.multiply(
                take.seized, by: 10_000, dividedBy: call.bonus, rounding: .halfUp))
        let fee = try WideArithmetic.multiply(
            bonus, by: terms.protocolFee.wholeBasisPoints, dividedBy: 10_000, rounding: .halfUp)
        try burnDebt(call.debt, take.repaid)
        try post(.debt(call.debt), -take.repaid, .exchanged)
        try roundDebt(call.debt, cause: .dust)
        try burnDeposit(call.collateral, take.seized)
        try post(.deposit(call.collateral), -(take.seized - take.penalty), .exchanged)
        try post(.deposit(call.collateral), -take.penalty, .caused(.liquidation))
        try roundDeposit(call.collateral, cause: .dust)
        try writeOffBadDebt()
        return LendingLiquidation(
            debtReserve: call.debt, collateralReserve: call.collateral, repaid: take.repaid,
            seized: take.seized, protocolFee: fee, penalty: take.penalty, healthFactor: health,
            effects: effects)
    }

    /// The largest debt and the largest collateral by value.
    private func call() throws(ArithmeticOverflow) -> Call? {
        var (debt, collateral): (ReserveKey?, ReserveKey?)
        var (owedValue, heldValue): (Int128, Int128) = (0, 0)
        for (place, reserve) in model.reserves.enumerated() {
            let balance = state.lending[place]
            let owed = try market.value(
                balance.debt, of: reserve.token, model: model, rounding: .towardZero)
            let held = try market.value(
                balance.deposit, of: reserve.token, model: model, rounding: .towardZero)
            if owed > owedValue { (debt, owedValue) = (ReserveKey(place), owed) }
            if held > heldValue, terms(of: reserve).liquidationThreshold > .zero {
                (collateral, heldValue) = (ReserveKey(place), held)
            }
        }
        guard let debt, let collateral else { return nil }
        let terms = terms(of: model.reserves[collateral.index])
        return Call(
            debt: debt, collateral: collateral, owed: state.lending[debt.index].debt,
            held: state.lending[collateral.index].deposit, owedValue: owedValue, heldValue: heldValue,
            bonus: 10_000 + terms.liquidationBonus.wholeBasisPoints)
    }

    /// The most of the debt that may be repaid.
    private func closable(
        _ call: Call, health: Wad, totalDebt: Int128
    ) throws(ArithmeticOverflow) -> Int128 {
        if health <= LendingRules.fullCloseHealth { return call.owed }
        let half = LendingRules.closeFactorBasisPoints
        guard model.pool.closeFactor == .byHealthAndSize else {
            return try WideArithmetic.multiply(
                call.owed, by: half, dividedBy: 10_000, rounding: .halfUp)
        }
        let least = min(call.heldValue, call.owedValue)
        if least < LendingRules.fullCloseValue { return call.owed }
        let most = try WideArithmetic.multiply(
            totalDebt, by: half, dividedBy: 10_000, rounding: .halfUp)
        if call.owedValue <= most { return call.owed }
        let token = model.reserves[call.debt.index].token
        let units = try market.units(for: most, of: token, model: model, rounding: .towardZero)
        return min(units ?? call.owed, call.owed)
    }

    /// What is taken for a repayment: its value in collateral and the bonus, or all collateral and what
    /// that repays.
    private func take(_ call: Call, _ repaid: Int128) throws(ArithmeticOverflow) -> Take? {
        let (debt, collateral) = (
            model.reserves[call.debt.index].token, model.reserves[call.collateral.index].token
        )
        let equal = try converted(repaid, from: debt, to: collateral)
        let wanted = try WideArithmetic.multiply(
            equal, by: call.bonus, dividedBy: 10_000, rounding: .halfUp)
        if wanted <= call.held {
            guard wanted > 0, repaid > 0 else { return nil }
            return Take(repaid: repaid, seized: wanted, penalty: wanted - equal)
        }
        let worth = try converted(call.held, from: collateral, to: debt)
        let needed = try WideArithmetic.multiply(
            worth, by: 10_000, dividedBy: call.bonus, rounding: .halfUp)
        guard needed > 0 else { return nil }
        let covered = min(needed, repaid)
        let share = try converted(covered, from: debt, to: collateral)
        return Take(repaid: covered, seized: call.held, penalty: max(0, call.held - share))
    }

    /// The same, a little less where it would leave too little on one side: the protocol refuses that.
    private func takeWithoutDust(_ call: Call, _ allowed: Int128) throws(ArithmeticOverflow) -> Take? {
        guard let first = try take(call, allowed) else { return nil }
        if try isAllowed(call, first) { return first }
        // The most value that may be repaid so that enough is left of both.
        let least = LendingRules.leastLeftover
        let ofHeld = try WideArithmetic.multiply(
            call.heldValue - least, by: 10_000, dividedBy: call.bonus, rounding: .down)
        let value = min(call.owedValue - least, ofHeld) - 1
        let token = model.reserves[call.debt.index].token
        guard value > 0,
            let units = try market.units(for: value, of: token, model: model, rounding: .down),
            let second = try take(call, min(units, allowed)), try isAllowed(call, second)
        else { return nil }
        return second
    }

    private func isAllowed(_ call: Call, _ take: Take) throws(ArithmeticOverflow) -> Bool {
        guard model.pool.closeFactor == .byHealthAndSize, take.repaid < call.owed, take.seized < call.held
        else { return true }
        let (debt, collateral) = (
            model.reserves[call.debt.index].token, model.reserves[call.collateral.index].token
        )
        let owed = try market.value(
            call.owed - take.repaid, of: debt, model: model, rounding: .towardZero)
        let held = try market.value(
            call.held - take.seized, of: collateral, model: model, rounding: .towardZero)
        return min(owed, held) >= LendingRules.leastLeftover
    }

    /// `amount * price / price` between the scales of two tokens, downward.
    private func converted(
        _ amount: Int128, from: TokenKey, to: TokenKey
    ) throws(ArithmeticOverflow) -> Int128 {
        let (scale, other) = (model.tokens[from.index].scale, model.tokens[to.index].scale)
        let (price, target) = (market.oraclePrices[from.index], market.oraclePrices[to.index])
        // Widened first where the target counts finer, so that only one division rounds.
        if other >= scale {
            let factor = Scale.power(Int(other.decimals - scale.decimals))
            let fine = try WideArithmetic.multiply(price, factor, "a price")
            return try WideArithmetic.multiply(amount, by: fine, dividedBy: target, rounding: .down)
        }
        let factor = Scale.power(Int(scale.decimals - other.decimals))
        let coarse = try WideArithmetic.multiply(target, factor, "a price")
        return try WideArithmetic.multiply(amount, by: price, dividedBy: coarse, rounding: .down)
    }

    /// Debt that has no collateral left is the pool's loss (v3.3 and later).
    private mutating func writeOffBadDebt() throws(ArithmeticOverflow) {
        guard model.pool.closeFactor == .byHealthAndSize else { return }
        let hasCollateral = model.reserves.indices.contains {
            state.lending[$0].deposit > 0
                && terms(of: model.reserves[$0]).liquidationThreshold > .zero
        }
        if hasCollateral { return }
        for place in model.reserves.indices where state.lending[place].debt > 0 {
            state.lending[place].scaledDebt = 0
            try post(
                .debt(ReserveKey(place)), -state.lending[place].debt, .caused(.liquidation))
        }
    }
}
