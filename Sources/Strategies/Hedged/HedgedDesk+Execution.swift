internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

extension HedgedDesk {
    /// Carries a plan on, until it waits for something or is done.
    mutating func advance(
        _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        while var now = plan {
            if !now.isExplained {
                now.isExplained = true
                context.explain(now.action, because: now.reason)
            }
            let stage = now.stage
            now.advance()
            plan = now
            if stage == .done {
                plan = nil
                return
            }
            if try act(stage, now, view, &context) { return }
        }
    }

    /// Does one stage; whether something was asked for that is to be waited for.
    private mutating func act(
        _ stage: HedgedPlan.Stage, _ plan: HedgedPlan, _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        switch stage {
        case .exit: return try exitStake(plan, view, &context)
        case .bringOut:
            let lacking = min(view.long - plan.target.spot - view.atVenue, view.stake.free)
            return move(lacking, from: .wallet, to: legs.spot.venue, plan, &context)
        case .reduce:
            let bought = buyBackShorts(plan.target, view, &context)
            return sellSpot(plan.target, view, &context) || bought
        case .move: return try moveMoney(plan, view, &context)
        case .extend:
            guard plan.purpose == .size else { return false }
            hasEntered = true
            let bought = buySpot(plan.target, view, &context)
            return sellShorts(plan.target, view, &context) || bought
        case .bringIn:
            guard plan.purpose == .size || plan.purpose == .stake else { return false }
            return move(view.atVenue, from: legs.spot.venue, to: .wallet, plan, &context)
        case .stake:
            guard plan.purpose == .size || plan.purpose == .stake else { return false }
            return try stake(view, &context)
        case .done: return false
        }
    }

    // MARK: The stake

    /// Turns as much of the stake into ETH as the target leaves over and is not free already.
    private mutating func exitStake(
        _ plan: HedgedPlan, _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        let loop = try loop()
        let group: OperationGroup?
        if plan.purpose == .close {
            group = loop.fullExit(view.stake)
        } else {
            let surplus = view.long - plan.target.spot - view.free
            // What is less than a lot stays where it is.
            group = surplus >= legs.spot.lot ? try loop.exit(surplus, of: view.stake) : nil
        }
        guard let group else { return false }
        self.group = context.operate(group)
        return true
    }

    /// Stakes what the wallet holds, with its loan.
    private mutating func stake(
        _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        guard view.stake.free >= HedgedDesk.leastStake else { return false }
        if let first = try preparation() { _ = context.operate(first) }
        let action: PositionAction = view.stake.staked > 0 ? .entryPartial : .entryFull
        guard let group = try loop().entry(equity: view.stake.free, action: action) else { return false }
        self.group = context.operate(group)
        return true
    }

    /// The least that is staked: 0.01 ETH.
    private static let leastStake: Int128 = 10_000_000_000_000_000

    // MARK: Money

    private mutating func move(
        _ units: Int128, from source: Venue, to target: Venue, _ plan: HedgedPlan,
        _ context: inout StrategyContext
    ) -> Bool {
        guard units >= legs.spot.lot else { return false }
        transfers.append(
            context.transfer(Amount(units: units), of: legs.asset, from: source, to: target))
        return true
    }

    private mutating func moveMoney(
        _ plan: HedgedPlan, _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        if plan.purpose == .stake { return false }
        let moves = try sizing.moves(view.basis, to: plan.target, isClosing: plan.purpose == .close)
        for move in moves {
            transfers.append(
                context.transfer(
                    Amount(units: move.amount), of: legs.money, from: legs.places[move.from],
                    to: legs.places[move.to]))
        }
        return !moves.isEmpty
    }

    // MARK: Orders

    private func buyBackShorts(
        _ target: BasisTarget, _ view: HedgedView, _ context: inout StrategyContext
    ) -> Bool {
        var asked = false
        for (number, leg) in legs.shorts.enumerated() {
            if buyBack(leg, view.basis.shorts[number] - target.shorts[number], &context) { asked = true }
        }
        return asked
    }

    @discardableResult
    func buyBack(_ leg: BasisLeg, _ units: Int128, _ context: inout StrategyContext) -> Bool {
        guard units > 0, let quantity = leg.quantity(of: units), quantity > .zero else { return false }
        context.submit(OrderRequest(.buy, quantity, of: leg.instrument, isReduceOnly: true))
        return true
    }

    private func sellSpot(
        _ target: BasisTarget, _ view: HedgedView, _ context: inout StrategyContext
    ) -> Bool {
        let units = min(view.long - target.spot, view.atVenue)
        guard units > 0, let quantity = legs.spot.quantity(of: units), quantity > .zero else { return false }
        context.submit(OrderRequest(.sell, quantity, of: legs.spot.instrument))
        return true
    }

    private mutating func buySpot(
        _ target: BasisTarget, _ view: HedgedView, _ context: inout StrategyContext
    ) -> Bool {
        let units = target.spot - view.long
        guard units > 0, let quantity = legs.spot.quantity(of: units), quantity > .zero else { return false }
        openings.append(context.submit(OrderRequest(.buy, quantity, of: legs.spot.instrument)))
        return true
    }

    private mutating func sellShorts(
        _ target: BasisTarget, _ view: HedgedView, _ context: inout StrategyContext
    ) -> Bool {
        var asked = false
        for (number, leg) in legs.shorts.enumerated() {
            let units = target.shorts[number] - view.basis.shorts[number]
            guard units > 0, let quantity = leg.quantity(of: units), quantity > .zero else { continue }
            openings.append(context.submit(OrderRequest(.sell, quantity, of: leg.instrument)))
            asked = true
        }
        return asked
    }
}
