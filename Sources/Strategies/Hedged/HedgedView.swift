internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// What a hedged stake sees of itself at one step.
///
/// ``basis`` is the position as its shorts see it: all ETH, staked or not and less what is owed, stands there
/// as held, so that sizes, net exposure and transfers of money follow the rules of a basis position. Capital
/// that is to be paid out is no part of it.
struct HedgedView {
    let basis: BasisView
    let stake: StakePosition
    /// ETH at the spot venue.
    let atVenue: Int128
    /// Whether the exposure and risk monitors let the account only reduce.
    let isOverridden: Bool

    /// The present view; nil while a price, ratio or index is not known yet.
    init?(
        _ context: borrowing StrategyContext, _ legs: BasisLegs, _ stakeLegs: StakeLegs, owed: Int128
    ) throws(ArithmeticOverflow) {
        guard let own = BasisView(context, legs), let stake = try StakePosition(context, stakeLegs) else {
            return nil
        }
        self.stake = stake
        atVenue = own.heldAtVenue
        isOverridden = context.isRiskOverridden
        var cash = own.cash
        cash[0] -= owed
        basis = BasisView(
            now: own.now, equity: own.equity - owed, heldAtVenue: own.heldAtVenue,
            heldInWallet: try stake.equity, shorts: own.shorts, spotPrice: own.spotPrice, marks: own.marks,
            cash: cash, margins: own.margins)
    }

    /// ETH of the whole long side, less what is owed.
    var long: Int128 { basis.held }
    /// ETH that is neither staked nor waits.
    var free: Int128 { stake.free + atVenue }
}
