internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The groups of operations that build a stake up and take it down, with a loan against it or without.
///
/// With equity `E` and a target `l = debt / collateral`: leverage `1 / (1 - l)`, collateral `E / (1 - l)`,
/// debt `E l / (1 - l)`. Each group is one transaction; a flash loan stands in for the loan until the
/// collateral is there, or for the repayment until the collateral is sold:
///
/// - up: flash borrow, stake, supply, borrow, flash repay;
/// - down: flash borrow, repay, withdraw, swap, flash repay.
///
/// A target of zero, or legs without a loan, is a plain stake. It decides nothing: any strategy with a staked
/// leg may use it.
struct LeverageLoop {
    let legs: StakeLegs
    /// Debt over collateral; zero without a loan.
    let target: Ratio
    /// Most that a swap may give less than its market ratio says.
    let slippageLimit: BasisPoints

    /// What is not the target, `1 - l`.
    private var rest: Int128 { Ratio.one.mantissa - target.mantissa }

    /// The debt that goes with an equity.
    func debt(of equity: Int128) throws(ArithmeticOverflow) -> Int128 {
        if legs.loan == nil || rest <= 0 { return 0 }
        return try WideArithmetic.multiply(
            equity, by: target.mantissa, dividedBy: rest, rounding: .down)
    }

    /// What comes once before the first loan; nil without one.
    var preparation: OperationGroup? {
        legs.loan.map { group(.entryFull, [DeFiOperation(.enterEfficiencyMode, .all, through: $0.debt)]) }
    }

    /// Stakes an equity that the wallet holds, and what is borrowed against it.
    func entry(
        equity: Int128, action: PositionAction = .entryFull
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        try entry(equity: equity, borrowing: try debt(of: equity), action)
    }

    /// Stakes an equity and a loan of a given size.
    func entry(
        equity: Int128, borrowing debt: Int128, _ action: PositionAction
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        let staked = try WideArithmetic.add(equity, debt, "a stake")
        guard equity >= 0, debt >= 0, staked > 0 else { return nil }
        let stake = DeFiOperation(.stake, exact(staked), through: legs.staking)
        guard let loan = legs.loan else { return group(action, [stake]) }
        let supply = DeFiOperation(.supply, .produced, through: loan.collateral)
        if debt == 0 { return group(action, [stake, supply]) }
        return group(
            action,
            [
                DeFiOperation(.flashBorrow, exact(debt), through: loan.flashLoan), stake, supply,
                DeFiOperation(.borrow, exact(debt), through: loan.debt),
                DeFiOperation(.flashRepay, .all, through: loan.flashLoan),
            ])
    }

    /// Ends a position: repays all debt, sells all tokens.
    func fullExit(_ position: StakePosition) -> OperationGroup? {
        guard position.staked > 0 else { return nil }
        let sale = DeFiOperation(.swap, legs.loan == nil ? .all : .produced, through: legs.pool)
        guard let loan = legs.loan else { return group(.exitFull, [sale]) }
        let withdrawal = DeFiOperation(.withdraw, .all, through: loan.collateral)
        if position.debt <= 0 { return group(.exitFull, [withdrawal, sale]) }
        return group(
            .exitFull,
            [
                DeFiOperation(.flashBorrow, exact(position.debt), through: loan.flashLoan),
                DeFiOperation(.repay, .all, through: loan.debt), withdrawal, sale,
                DeFiOperation(.flashRepay, .all, through: loan.flashLoan),
            ])
    }

    /// Takes a part of the net worth out, debt and collateral in proportion; all of it where that is less.
    func exit(
        _ amount: Int128, of position: StakePosition
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        guard amount > 0, position.staked > 0 else { return nil }
        if amount >= position.net { return fullExit(position) }
        let sold = try WideArithmetic.multiply(
            position.staked, by: amount, dividedBy: position.net, rounding: .up)
        let repaid = try WideArithmetic.multiply(
            position.debt, by: amount, dividedBy: position.net, rounding: .up)
        return reduction(repaying: repaid, selling: sold)
    }

    /// Repays a debt out of collateral that is sold for it; what is left over comes into the wallet.
    func reduction(repaying debt: Int128, selling tokens: Int128) -> OperationGroup? {
        guard tokens > 0 else { return nil }
        guard let loan = legs.loan else {
            return group(.exitPartial, [DeFiOperation(.swap, exact(tokens), through: legs.pool)])
        }
        let steps = [
            DeFiOperation(.withdraw, exact(tokens), through: loan.collateral),
            DeFiOperation(.swap, .produced, through: legs.pool),
        ]
        if debt <= 0 { return group(.exitPartial, steps) }
        return group(
            .exitPartial,
            [
                DeFiOperation(.flashBorrow, exact(debt), through: loan.flashLoan),
                DeFiOperation(.repay, exact(debt), through: loan.debt),
            ] + steps + [DeFiOperation(.flashRepay, .all, through: loan.flashLoan)])
    }

    /// Brings debt over collateral to the target without money from outside; nil where nothing is to do.
    ///
    /// Below it `x = (l collateral - debt) / (1 - l)` is borrowed and staked, above it about as much is
    /// repaid out of collateral.
    func adjustment(
        _ position: StakePosition, mayOpen: Bool
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        guard legs.loan != nil, rest > 0 else { return nil }
        let wanted = try target.of(position.collateral, rounding: .down)
        if position.debt < wanted {
            guard mayOpen else { return nil }
            let more = try WideArithmetic.multiply(
                wanted - position.debt, by: Ratio.one.mantissa, dividedBy: rest, rounding: .down)
            return try entry(equity: 0, borrowing: more, .entryPartial)
        }
        // Selling for x takes x k off the collateral, k being what a sale may cost: (debt - x) is to be
        // l (collateral - x k).
        let cost = try saleCost(position)
        let left = Ratio.one.mantissa - (try target.of(cost.mantissa, rounding: .up))
        guard left > 0 else { return fullExit(position) }
        let repaid = try WideArithmetic.multiply(
            position.debt - wanted, by: Ratio.one.mantissa, dividedBy: left, rounding: .up)
        if repaid <= 0 { return nil }
        if repaid >= position.debt { return fullExit(position) }
        let worth = try cost.of(repaid, rounding: .up)
        let sold = try position.ratio.dividing(worth, rounding: .up)
        return sold >= position.staked ? fullExit(position) : reduction(repaying: repaid, selling: sold)
    }

    /// What must be unwound so that at least an amount of ETH comes out of it; everything where sales may
    /// cost all there is.
    func gross(_ amount: Int128, of position: StakePosition) throws(ArithmeticOverflow) -> Int128 {
        let worth = try saleCost(position).of(position.collateral, rounding: .up)
        let kept = position.net - (worth - position.collateral)
        if kept <= 0 || amount >= kept { return max(position.net, 1) }
        return try WideArithmetic.multiply(amount, by: position.net, dividedBy: kept, rounding: .up)
    }

    /// Worth of tokens that is sold for one ETH at most: the pool's rate against the protocol's ratio, and
    /// the slippage limit.
    private func saleCost(_ position: StakePosition) throws(ArithmeticOverflow) -> Ratio {
        let kept = max(1, BasisPoints.whole - Int128(slippageLimit.millionths))
        let received = try WideArithmetic.multiply(
            position.rate.mantissa, by: kept, dividedBy: BasisPoints.whole, rounding: .down)
        guard received > 0 else { throw ArithmeticOverflow("a sale for nothing") }
        return Ratio(
            mantissa: try WideArithmetic.multiply(
                position.ratio.mantissa, by: Ratio.one.mantissa, dividedBy: received, rounding: .up))
    }

    private func exact(_ units: Int128) -> OperationAmount { .exact(Amount(units: units)) }

    private func group(_ action: PositionAction, _ operations: [DeFiOperation]) -> OperationGroup {
        OperationGroup(action, operations, slippageLimit: slippageLimit)
    }
}
