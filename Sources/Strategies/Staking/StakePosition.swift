internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// What a stake is at a moment. Amounts are wei, of staking tokens their own units of 18 decimals.
struct StakePosition {
    /// ETH in the wallet.
    let free: Int128
    /// Staking tokens, in the wallet without a loan, else supplied.
    let staked: Int128
    /// ETH owed.
    let debt: Int128
    /// ETH that waits in the protocol's queue.
    let waiting: Int128
    /// The part of it that can be taken out.
    let claimable: Int128
    /// ETH for a staking token at its protocol: what it is worth.
    let ratio: Wad
    /// ETH for a staking token in the pool, before costs: what it is sold at.
    let rate: Wad
    /// Worth of the tokens at ``ratio``.
    let collateral: Int128

    /// The position as it stands; nil while a ratio, rate or index is not known yet.
    init?(_ context: borrowing StrategyContext, _ legs: StakeLegs) throws(ArithmeticOverflow) {
        guard let ratio = context.stakingRatio(of: legs.staking), let rate = context.swapRate(of: legs.pool)
        else { return nil }
        let held: Amount
        if let loan = legs.loan {
            guard context.growthIndex(of: loan.collateral) != nil,
                context.growthIndex(of: loan.debt) != nil
            else { return nil }
            held = context.holding(of: loan.collateral)
            debt = context.holding(of: loan.debt).units
        } else {
            held = context.holding(of: legs.staking)
            debt = 0
        }
        let queue = context.unstaking(of: legs.staking)
        free = context.balance(of: .ether, at: .wallet).units
        (staked, waiting, claimable) = (held.units, queue.waiting.units, queue.claimable.units)
        (self.ratio, self.rate) = (ratio, rate)
        collateral = try ratio.multiplied(by: held.units, rounding: .down)
    }

    /// What would be left of the tokens at ``ratio`` with the debt repaid.
    var net: Int128 { collateral - debt }

    /// Everything, in ETH.
    var equity: Int128 {
        get throws(ArithmeticOverflow) {
            try WideArithmetic.add(try WideArithmetic.add(free, waiting, "equity"), net, "equity")
        }
    }
}
