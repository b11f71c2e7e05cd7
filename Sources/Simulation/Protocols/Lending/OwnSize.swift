internal import Units

/// What our own size does to the interest of a reserve.
///
/// Recorded indices hold the interest of a pool without us. With our deposit `d` and debt `b` in it the use
/// is `(borrowed + b) / (supplied + d)`, and interest is the recorded one times `rate with us / rate without
/// us`, both by ``TwoSlopeRates``: so the recorded level stays, and the model tells how it moves. The share
/// is fixed when a balance or a total changes and holds until the next: nothing is known early.
extension GroupRun {
    /// Takes off the scaled balances what the recorded indices credit beyond our share, or adds what is short
    /// of it, since interest was last posted.
    mutating func bearOwnSize(_ key: ReserveKey) throws(ArithmeticOverflow) {
        let there = market.reserves[key.index]
        let balance = state.lending[key.index]
        if balance.scaledDeposit != 0, balance.depositShare != .one {
            let worth = try there.liquidityIndex.multiplied(
                by: balance.scaledDeposit, rounding: model.pool.rounding.depositBalance)
            let surplus = try excess(
                of: worth, over: balance.deposit, share: balance.depositShare)
            let units = try there.liquidityIndex.dividing(surplus)
            state.lending[key.index].scaledDeposit = max(
                0, try WideArithmetic.add(balance.scaledDeposit, 0 - units, "a scaled deposit"))
        }
        if balance.scaledDebt != 0, balance.debtShare != .one {
            let owed = try there.borrowIndex.multiplied(
                by: balance.scaledDebt, rounding: model.pool.rounding.debtBalance)
            let surplus = try excess(of: owed, over: balance.debt, share: balance.debtShare)
            let units = try there.borrowIndex.dividing(surplus)
            state.lending[key.index].scaledDebt = max(
                0, try WideArithmetic.add(balance.scaledDebt, 0 - units, "a scaled debt"))
        }
    }

    /// Interest beyond our share of it: what was credited less that times the share, half up.
    private func excess(
        of worth: Int128, over posted: Int128, share: Ray
    ) throws(ArithmeticOverflow) -> Int128 {
        let interest = try WideArithmetic.add(worth, 0 - posted, "interest")
        if interest <= 0 { return 0 }
        return try WideArithmetic.add(interest, 0 - (try share.multiplied(by: interest)), "interest")
    }

    /// Fixes the shares for the interest to come, at the totals and our balances of this moment.
    mutating func noteOwnSize() throws(ArithmeticOverflow) {
        for (place, reserve) in model.reserves.enumerated() where reserve.feelsOwnSize {
            let there = market.reserves[place]
            let own = state.lending[place]
            guard let rates = reserve.rates, let supplied = there.totalSupplied,
                let borrowed = there.totalBorrowed
            else { continue }
            let without = try rates.rates(supplied: supplied, borrowed: borrowed)
            let with = try rates.rates(
                supplied: WideArithmetic.add(supplied, own.deposit, "deposits of a reserve"),
                borrowed: WideArithmetic.add(borrowed, own.debt, "debts of a reserve"))
            state.lending[place].depositShare = try share(with.supply, of: without.supply)
            state.lending[place].debtShare = try share(with.borrow, of: without.borrow)
        }
    }

    /// One rate over another, half up; 1 where there is no interest to share.
    private func share(_ rate: Ray, of whole: Ray) throws(ArithmeticOverflow) -> Ray {
        whole > .zero ? try rate.over(whole) : .one
    }
}
