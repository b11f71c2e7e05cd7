internal import Accounting
internal import Units

/// The user's calls of the lending pool.
///
/// Source: Aave v3 `ValidationLogic.validateSupply`, `validateWithdraw`, `validateBorrow`, `validateRepay`
/// and the library `TokenMath` (aave-dao/aave-v3-origin, read 2026-11-21).
extension GroupRun {
    mutating func supply(
        _ key: ReserveKey, _ quantity: ChainQuantity
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let reserve = model.reserves[key.index]
        let (amount, refusal) = taken(quantity, of: reserve.token)
        if let refusal { return refusal }
        if let cap = reserve.caps?.supply {
            let own = state.lending[key.index].deposit
            let others = market.reserves[key.index].totalSupplied ?? 0
            let total = try sum(try sum(own, others), amount)
            if total > cap { return .overSupplyCap(token: model.name(reserve.token), cap: cap) }
        }
        let index = market.reserves[key.index].liquidityIndex
        let minted = try index.dividing(amount, rounding: model.pool.rounding.depositMinted)
        if minted <= 0 { return .zeroAmount("supply of \(model.name(reserve.token))") }
        try post(.wallet(reserve.token), -amount, .moved)
        try post(.deposit(key), amount, .moved)
        state.lending[key.index].scaledDeposit = try sum(state.lending[key.index].scaledDeposit, minted)
        try roundDeposit(key, cause: .dust)
        return nil
    }

    mutating func withdraw(
        _ key: ReserveKey, _ quantity: ChainQuantity
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let token = model.reserves[key.index].token
        let held = state.lending[key.index].deposit
        let amount = asked(quantity) ?? held
        if amount <= 0 { return .zeroAmount("withdrawal of \(model.name(token))") }
        if amount > held {
            return .depositTooSmall(token: model.name(token), has: held, needs: amount)
        }
        if let refusal = try refusalOfLiquidity(key, amount) { return refusal }
        try burnDeposit(key, amount)
        try post(.deposit(key), -amount, .moved)
        try post(.wallet(token), amount, .moved)
        try roundDeposit(key, cause: .dust)
        return try refusalOfHealth()
    }

    mutating func borrow(_ key: ReserveKey, _ amount: Int128) throws(ArithmeticOverflow) -> ChainRefusal? {
        let reserve = model.reserves[key.index]
        let name = model.name(reserve.token)
        if amount <= 0 { return .zeroAmount("loan of \(name)") }
        if !reserve.isBorrowable { return .notBorrowable(token: name) }
        if state.usesEfficiencyMode && !reserve.isInEfficiencyMode {
            return .outsideEfficiencyMode(token: name)
        }
        if let cap = reserve.caps?.borrow {
            let others = market.reserves[key.index].totalBorrowed ?? 0
            let total = try sum(try sum(state.lending[key.index].debt, others), amount)
            if total > cap { return .overBorrowCap(token: name, cap: cap) }
        }
        if let refusal = try refusalOfLiquidity(key, amount) { return refusal }
        guard market.oraclePrices[reserve.token.index] > 0 else {
            return .missingPrice("oracle price of \(name)")
        }
        let (standing, unpriced) = try standing()
        if let unpriced { return unpriced }
        if let health = standing.healthFactor, health <= .one { return .unhealthy(healthFactor: health) }
        let value = try market.value(
            amount, of: reserve.token, model: model, rounding: model.pool.rounding.debtValue)
        let debt = try sum(standing.debt, value)
        let limit = standing.maximumLoanToValue.wholeBasisPoints
        // percentDiv of the contract, half up: the collateral that the debt needs.
        guard limit > 0,
            try WideArithmetic.multiply(debt, by: 10_000, dividedBy: limit, rounding: .halfUp)
                <= standing.collateral
        else {
            return .overLoanToValue(
                collateral: standing.collateral, debt: debt, maximum: standing.maximumLoanToValue)
        }
        let minted = try market.reserves[key.index].borrowIndex.dividing(
            amount, rounding: model.pool.rounding.debtMinted)
        if minted <= 0 { return .zeroAmount("loan of \(name)") }
        try post(.debt(key), amount, .moved)
        try post(.wallet(reserve.token), amount, .moved)
        state.lending[key.index].scaledDebt = try sum(state.lending[key.index].scaledDebt, minted)
        try roundDebt(key, cause: .dust)
        return nil
    }

    mutating func repay(
        _ key: ReserveKey, _ quantity: ChainQuantity
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let token = model.reserves[key.index].token
        let owed = state.lending[key.index].debt
        if owed <= 0 { return .noDebt(token: model.name(token)) }
        let amount = min(asked(quantity) ?? owed, owed)
        if amount <= 0 { return .zeroAmount("repayment of \(model.name(token))") }
        let has = state.wallet[token.index]
        if has < amount { return .walletTooSmall(token: model.name(token), has: has, needs: amount) }
        try burnDebt(key, amount)
        try post(.wallet(token), -amount, .moved)
        try post(.debt(key), -amount, .moved)
        try roundDebt(key, cause: .dust)
        return nil
    }

    /// As Aave v3's `setUserEMode`: all debt must be in the category that is entered, and the position
    /// healthy afterwards.
    mutating func setEfficiencyMode(_ isOn: Bool) throws(ArithmeticOverflow) -> ChainRefusal? {
        if isOn == state.usesEfficiencyMode { return nil }
        if isOn {
            if model.pool.efficiencyMode == nil { return .unknown("an efficiency mode") }
            for (place, reserve) in model.reserves.enumerated()
            where state.lending[place].debt > 0 && !reserve.isInEfficiencyMode {
                return .outsideEfficiencyMode(token: model.name(reserve.token))
            }
        }
        state.usesEfficiencyMode = isOn
        return try refusalOfHealth()
    }

    private func sum(_ a: Int128, _ b: Int128) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.add(a, b, "a balance of the lending pool")
    }

    /// What is left in the pool after the lenders' and our own share.
    private func refusalOfLiquidity(
        _ key: ReserveKey, _ amount: Int128
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let there = market.reserves[key.index]
        guard let supplied = there.totalSupplied, let borrowed = there.totalBorrowed else { return nil }
        let own = state.lending[key.index]
        let others = try sum(max(0, supplied), -max(0, borrowed))
        let available = try sum(others, try sum(own.deposit, -own.debt))
        if amount <= available { return nil }
        let name = model.name(model.reserves[key.index].token)
        return .noLiquidity(token: name, available: max(0, available), needs: amount)
    }

    /// Why a position that owes may not be left as it now is.
    private func refusalOfHealth() throws(ArithmeticOverflow) -> ChainRefusal? {
        guard state.lending.contains(where: { $0.debt > 0 }) else { return nil }
        let (standing, refusal) = try standing()
        if let refusal { return refusal }
        guard let health = standing.healthFactor, health < .one else { return nil }
        return .unhealthy(healthFactor: health)
    }
}
