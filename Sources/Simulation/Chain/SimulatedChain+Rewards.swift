internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Rewards that series announce and that are credited on Mondays.
struct PendingRewards {
    /// A row of a series of rewards.
    struct Row {
        let instrument: InstrumentIndex
        var earned: ExactDecimal?
        var restaked: ExactDecimal?
        var notRestaked: ExactDecimal?
        var perStaked: ExactDecimal?

        /// Whole reward tokens for one whole ETH staked: what was earned over all that was staked where both
        /// are told, else as announced; nil where neither is.
        var share: Wad? {
            if let earned, let restaked, let notRestaked, earned > .zero {
                do throws(ArithmeticOverflow) {
                    let (one, two) = (
                        try restaked.mantissa(at: Wad.scale, rounding: .halfUp),
                        try notRestaked.mantissa(at: Wad.scale, rounding: .halfUp)
                    )
                    let all = try WideArithmetic.add(one, two, "staked ETH")
                    return all > 0
                        ? try Wad(
                            earned.mantissa(at: Wad.scale, rounding: .halfUp), over: all, rounding: .down)
                        : nil
                } catch { return nil }
            }
            return perStaked.flatMap { Wad($0) }
        }
    }

    /// Rows that became known since the last step.
    var rows: [Row] = []
    /// Announced and not yet credited.
    var due: [(instrument: InstrumentIndex, distribution: RewardDistribution)] = []

    /// Takes a value of a row; whether it belongs to rewards.
    mutating func learn(_ instrument: InstrumentIndex, _ name: String, _ value: ExactDecimal) -> Bool {
        guard ["earned", "restaked", "not-restaked", "per-eeth"].contains(name) else { return false }
        if rows.last?.instrument != instrument { rows.append(Row(instrument: instrument)) }
        let last = rows.count - 1
        switch name {
        case "earned": rows[last].earned = value
        case "restaked": rows[last].restaked = value
        case "not-restaked": rows[last].notRestaked = value
        default: rows[last].perStaked = value
        }
        return true
    }
}

extension SimulatedChain {
    /// Notes the rewards that were announced in this step.
    func announceRewards() {
        news.hasReward = false
        for row in rewards.rows {
            let one = instruments[row.instrument.position]
            guard let share = row.share, share > .zero, let token = model.token(of: one.base),
                let protocolKey = staking(at: one.id.venue)
            else { continue }
            rewards.due.append(
                (
                    row.instrument,
                    RewardDistribution(
                        staking: protocolKey, token: token, perStaked: share, announced: engine.now)
                ))
        }
        rewards.rows.removeAll()
    }

    /// The staking protocol of a venue.
    private func staking(at venue: Venue) -> StakingKey? {
        for (place, one) in instruments.enumerated() where one.id.venue == venue {
            if let key = keys.staking(of: InstrumentIndex(place)) { return key }
        }
        return nil
    }

    /// Credits the rewards whose Monday has come, on what is held of the protocol's token now.
    func creditRewards() throws {
        guard let first = rewards.due.first, first.distribution.creditTime <= engine.now else {
            // Announced in order, and so credited in order.
            return
        }
        let due = rewards.due.filter { $0.distribution.creditTime <= engine.now }
        rewards.due.removeAll { $0.distribution.creditTime <= engine.now }
        for (instrument, distribution) in due {
            for book in states.indices {
                try readWallet(of: book)
                guard let effect = try states[book].credit(distribution, model: model, market: market)
                else { continue }
                try engine.creditReward(
                    of: instrument, try amount(effect), try postings([effect]), book: book)
            }
        }
    }
}
