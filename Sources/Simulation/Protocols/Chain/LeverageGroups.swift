public import Units

/// What a leveraged staking position needs to be told.
///
/// With equity `E` and a target `debt / collateral` of `l`: leverage `1 / (1 - l)`, collateral
/// `E / (1 - l)`, debt `E * l / (1 - l)`.
public struct LeverageLegs: Hashable, Sendable {
    /// Which protocol stakes.
    public let staking: StakingKey
    /// Where its token is supplied.
    public let collateral: ReserveKey
    /// Where the native token is borrowed.
    public let debt: ReserveKey
    /// Where its token is sold for the native one on the way out.
    public let exit: PairKey

    /// Legs from their parts.
    public init(staking: StakingKey, collateral: ReserveKey, debt: ReserveKey, exit: PairKey) {
        (self.staking, self.collateral) = (staking, collateral)
        (self.debt, self.exit) = (debt, exit)
    }

    /// The debt of an equity at a target, `E * l / (1 - l)`, downward; nil where the target is not
    /// between 0 and 1.
    public static func debt(
        equity: Int128, loanToValue: BasisPoints
    ) throws(ArithmeticOverflow) -> Int128? {
        let share = Int128(loanToValue.millionths)
        guard share >= 0, share < BasisPoints.whole else { return nil }
        return try WideArithmetic.multiply(
            equity, by: share, dividedBy: BasisPoints.whole - share, rounding: .down)
    }

    /// Five operations that turn `equity` of the native token and a loan of `debt` into collateral and
    /// debt: flash borrow, stake, supply, borrow, flash repay.
    public func entry(
        equity: Int128, debt amount: Int128, model: ChainModel, deadline: Instant? = nil
    ) throws(ArithmeticOverflow) -> AtomicGroup {
        let staked = try WideArithmetic.add(equity, amount, "a leveraged stake")
        return AtomicGroup(
            [
                .flashBorrow(model.native, amount), .stake(staking, .exact(staked)),
                .supply(collateral, .produced), .borrow(debt, amount), .flashRepay(model.native),
            ], deadline: deadline)
    }

    /// Five operations that give `amount` of debt and `withdrawn` of collateral back: flash borrow,
    /// repay, withdraw, swap, flash repay. What is left over is in the wallet.
    ///
    /// - Parameters:
    ///   - amount: the debt that is repaid.
    ///   - withdrawn: the collateral that is sold for it; `all` ends the position.
    ///   - limit: on the swap.
    public func exit(
        debt amount: Int128, withdrawn: ChainQuantity, model: ChainModel, limit: SlippageLimit?,
        deadline: Instant? = nil
    ) -> AtomicGroup {
        AtomicGroup(
            [
                .flashBorrow(model.native, amount), .repay(debt, .exact(amount)),
                .withdraw(collateral, withdrawn),
                .swap(exit, .sellBase, .produced, limit: limit), .flashRepay(model.native),
            ], deadline: deadline)
    }
}
