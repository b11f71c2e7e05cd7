internal import Accounting
internal import Units

/// Scaled balances and what they are worth at an index.
///
/// Source: Aave v3, library `TokenMath` (aave-dao/aave-v3-origin, read 2026-11-21).
extension GroupRun {
    /// Posts what deposits earned and debts cost since their last posting.
    mutating func settle() throws(ArithmeticOverflow) {
        for place in model.reserves.indices {
            let there = market.reserves[place]
            guard there.liquidityIndex > .zero, there.borrowIndex > .zero else {
                throw ArithmeticOverflow("an index of 0 or less")
            }
            let key = ReserveKey(place)
            if model.reserves[place].feelsOwnSize { try bearOwnSize(key) }
            if state.lending[place].scaledDeposit != 0 { try roundDeposit(key, cause: .supplyInterest) }
            if state.lending[place].scaledDebt != 0 { try roundDebt(key, cause: .borrowInterest) }
        }
        try noteOwnSize()
    }

    /// Brings the posted deposit to what the scaled one is worth.
    mutating func roundDeposit(_ key: ReserveKey, cause: Cause) throws(ArithmeticOverflow) {
        let balance = state.lending[key.index]
        let worth = try market.reserves[key.index].liquidityIndex.multiplied(
            by: balance.scaledDeposit, rounding: model.pool.rounding.depositBalance)
        try post(
            .deposit(key), try WideArithmetic.add(worth, -balance.deposit, "a deposit"), .caused(cause))
    }

    /// Brings the posted debt to what the scaled one is.
    mutating func roundDebt(_ key: ReserveKey, cause: Cause) throws(ArithmeticOverflow) {
        let balance = state.lending[key.index]
        let owed = try market.reserves[key.index].borrowIndex.multiplied(
            by: balance.scaledDebt, rounding: model.pool.rounding.debtBalance)
        try post(.debt(key), try WideArithmetic.add(owed, -balance.debt, "a debt"), .caused(cause))
    }

    /// Takes the scaled units of an amount off a deposit; all of them where the amount is all of it.
    mutating func burnDeposit(_ key: ReserveKey, _ amount: Int128) throws(ArithmeticOverflow) {
        let balance = state.lending[key.index]
        let burnt =
            amount == balance.deposit
            ? balance.scaledDeposit
            : try market.reserves[key.index].liquidityIndex.dividing(
                amount, rounding: model.pool.rounding.depositBurnt)
        state.lending[key.index].scaledDeposit = max(0, balance.scaledDeposit - burnt)
    }

    /// Takes the scaled units of an amount off a debt; all of them where the amount is all of it.
    mutating func burnDebt(_ key: ReserveKey, _ amount: Int128) throws(ArithmeticOverflow) {
        let balance = state.lending[key.index]
        let burnt =
            amount == balance.debt
            ? balance.scaledDebt
            : try market.reserves[key.index].borrowIndex.dividing(
                amount, rounding: model.pool.rounding.debtBurnt)
        state.lending[key.index].scaledDebt = max(0, balance.scaledDebt - burnt)
    }
}
