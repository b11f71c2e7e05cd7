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
            let bought = orders.buyBackShorts(view.basis.shorts, to: plan.target, &context)
            let surplus = min(view.long - plan.target.spot, view.atVenue)
            return orders.sellSpot(surplus, &context) || bought
        case .move: return try moveMoney(plan, view, &context)
        case .extend:
            guard plan.purpose == .size else { return false }
            hasEntered = true
            let asked = orders.extend(
                spot: plan.target.spot - view.long, shorts: view.basis.shorts, to: plan.target, &context)
            openings += asked
            return !asked.isEmpty
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
        let isAll = plan.purpose == .close
        let surplus = isAll ? view.stake.net : view.long - plan.target.spot - view.free
        // What is less than a lot stays where it is.
        guard isAll || surplus >= legs.spot.lot else { return false }
        if try isForQueue(surplus, plan, view) {
            try queue(surplus, plan, view, &context)
            return true
        }
        let loop = try loop()
        let exit = isAll ? loop.fullExit(view.stake) : try loop.exit(surplus, of: view.stake)
        guard let exit else { return false }
        group = context.operate(exit)
        return true
    }

    /// Whether ETH is asked back from the protocol: where parameters say so, there is time, and it is more
    /// than `position-deviation-threshold` of the long side; a sale of less costs little.
    private func isForQueue(
        _ surplus: Int128, _ plan: HedgedPlan, _ view: HedgedView
    ) throws(ArithmeticOverflow) -> Bool {
        guard settings.stake.isSlow, stakeLegs.loan == nil, plan.purpose != .reduce else { return false }
        guard view.stake.staked > 0 else { return false }
        return try settings.basis.deviation.isExceeded(by: surplus, of: view.long)
    }

    /// Asks the protocol for ETH, which pays after its delay: then the change goes on, for what is there.
    private mutating func queue(
        _ surplus: Int128, _ plan: HedgedPlan, _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        let tokens = try view.stake.ratio.dividing(surplus, rounding: .up)
        let isAll = plan.purpose == .close || tokens >= view.stake.staked
        let amount: OperationAmount = isAll ? .all : .exact(Amount(units: tokens))
        group = context.operate(
            OperationGroup(
                isAll ? .exitFull : .exitPartial,
                [DeFiOperation(.unstake, amount, through: stakeLegs.staking)]))
        (queued, self.plan) = (plan.reason, nil)
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
        transfers += orders.transfer(moves, &context)
        return !moves.isEmpty
    }
}
