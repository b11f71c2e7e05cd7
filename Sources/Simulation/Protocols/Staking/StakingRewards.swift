internal import Accounting
public import Units

/// One distribution of a season's rewards: so much of a token for each staked ETH.
public struct RewardDistribution: Hashable, Sendable {
    /// Whose holders get it.
    public let staking: StakingKey
    /// What they get: EIGEN, ETHFI; the parts of KING, of which it is a basket.
    public let token: TokenKey
    /// Whole reward tokens for one whole ETH staked.
    public let perStaked: Wad
    /// When it was announced or its period ended; it is credited at ``creditTime``.
    public let announced: Instant

    /// A distribution from its parts.
    public init(staking: StakingKey, token: TokenKey, perStaked: Wad, announced: Instant) {
        (self.staking, self.token, self.perStaked) = (staking, token, perStaked)
        self.announced = announced
    }

    /// The first Monday, 00:00 UTC, at or after ``announced``: never before it was known.
    public var creditTime: Instant {
        let midnight = announced.nanosecondOfDay == 0 ? announced.day : announced.day + 1
        // Day 0, 1970-01-01, was a Thursday; day 4 was the first Monday.
        let sinceMonday = ((midnight - 4) % 7 + 7) % 7
        return Instant(day: sinceMonday == 0 ? midnight : midnight + 7 - sinceMonday)
    }
}

extension ChainState {
    /// Credits a distribution on what is held of the protocol's token in the wallet and as a deposit.
    ///
    /// `reward = held * ratio * perStaked`, downward. What waits in the queue earns nothing.
    /// - Returns: the effect, cause `rewards`; nil where nothing comes of it.
    public mutating func credit(
        _ distribution: RewardDistribution, model: ChainModel, market: ChainMarket
    ) throws(ArithmeticOverflow) -> ChainEffect? {
        guard model.holds(distribution.staking), model.holds(distribution.token), fits(model),
            market.fits(model), distribution.perStaked > .zero
        else { return nil }
        let token = model.staking[distribution.staking.index].token
        var held = wallet[token.index]
        if let reserve = model.reserve(of: token) {
            held = try WideArithmetic.add(held, lending[reserve.index].deposit, "staked tokens")
        }
        let staked = try StakingProtocol.unwrapped(
            held, ratio: market.stakingRatios[distribution.staking.index])
        let native = model.tokens[model.native.index].scale
        let whole = try distribution.perStaked.multiplied(by: staked, rounding: .down)
        let reward = try native.convert(
            whole, to: model.tokens[distribution.token.index].scale, rounding: .down)
        guard reward > 0 else { return nil }
        wallet[distribution.token.index] = try WideArithmetic.add(
            wallet[distribution.token.index], reward, "rewards")
        return ChainEffect(
            account: .wallet(distribution.token), change: reward, kind: .caused(.rewards),
            operation: -1)
    }

    /// The rewards that are worth selling: balances of the tokens named whose value is above a threshold.
    ///
    /// - Parameters:
    ///   - tokens: the reward tokens.
    ///   - threshold: in USD at 8 decimals; dust is not sold below it.
    public func salable(
        _ tokens: [TokenKey], above threshold: Int128, model: ChainModel, market: ChainMarket
    ) throws(ArithmeticOverflow) -> [TokenKey] {
        var salable: [TokenKey] = []
        for token in tokens where model.holds(token) && wallet[token.index] > 0 {
            let value = try market.value(wallet[token.index], of: token, model: model, rounding: .down)
            if value > threshold { salable.append(token) }
        }
        return salable
    }
}
