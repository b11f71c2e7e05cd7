internal import Units

/// The calls of a staking protocol; see ``StakingProtocol`` for the sources.
extension GroupRun {
    mutating func stake(
        _ key: StakingKey, _ quantity: ChainQuantity
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let terms = model.staking[key.index]
        let (amount, refusal) = taken(quantity, of: model.native)
        if let refusal { return refusal }
        if amount < terms.minimum {
            return .belowMinimum(token: model.name(model.native), minimum: terms.minimum)
        }
        let ratio = market.stakingRatios[key.index]
        guard ratio > .zero else { return .missingPrice("ratio of \(model.name(terms.token))") }
        let wrapped = try StakingProtocol.wrapped(amount, ratio: ratio)
        if wrapped <= 0 { return .zeroAmount("stake for \(model.name(terms.token))") }
        try post(.wallet(model.native), -amount, .exchanged)
        try post(.wallet(terms.token), wrapped, .exchanged)
        return nil
    }

    mutating func unstake(
        _ key: StakingKey, _ quantity: ChainQuantity
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let terms = model.staking[key.index]
        let (amount, refusal) = taken(quantity, of: terms.token)
        if let refusal { return refusal }
        let ratio = market.stakingRatios[key.index]
        guard ratio > .zero else { return .missingPrice("ratio of \(model.name(terms.token))") }
        let native = try StakingProtocol.unwrapped(amount, ratio: ratio)
        if native <= 0 { return .zeroAmount("unstaking of \(model.name(terms.token))") }
        try post(.wallet(terms.token), -amount, .exchanged)
        try post(.unstaking(key), native, .exchanged)
        state.pending.append(
            PendingUnstake(staking: key, amount: native, due: market.time + terms.delay))
        return nil
    }

    mutating func claim(_ key: StakingKey) throws(ArithmeticOverflow) -> ChainRefusal? {
        var sum: Int128 = 0
        for entry in state.pending where entry.staking == key && entry.due <= market.time {
            sum = try WideArithmetic.add(sum, entry.amount, "claimed withdrawals")
        }
        guard sum > 0 else { return .nothingDue }
        let now = market.time
        state.pending.removeAll { $0.staking == key && $0.due <= now }
        try post(.unstaking(key), -sum, .moved)
        try post(.wallet(model.native), sum, .moved)
        return nil
    }
}
