internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The state of a hedged stake and its decisions.
struct HedgedDesk {
    let sizing: BasisSizing
    let stakeLegs: StakeLegs
    let settings: HedgedSettings
    private let bands: MarginBands
    private var freshness: BarFreshness
    var plan: HedgedPlan?
    /// Transfers whose end was not heard of.
    var transfers: [TransferID] = []
    /// The group under way.
    var group: GroupID?
    /// Why the position is sized anew once the protocol's queue has paid; nil where nothing waits in it.
    var queued: RebalanceReason?
    /// Orders that make the position larger and still work.
    var openings: [OrderID] = []
    /// Capital that is to be paid out, in the share class.
    private var owed: Int128 = 0
    /// Why to size the position anew, where not for a figure: capital came or is asked for, a liquidation.
    private var pending: RebalanceReason?
    /// Whether the whole position was bought once.
    var hasEntered = false
    private var hasPrepared = false
    private var lastDecision = Instant.distantPast
    /// Equity in the share class when the position was last sized.
    private var sizedEquity: Int128 = 0
    /// The largest fall of the staking token's market price below its oracle so far.
    private var worstSpread = ExactDecimal.zero

    var legs: BasisLegs { sizing.legs }
    var orders: LegOrders { LegOrders(legs: legs) }

    init(legs: BasisLegs, stakeLegs: StakeLegs, settings: HedgedSettings, shareClass: Asset) {
        sizing = BasisSizing(legs: legs, settings: settings.basis, shareClass: shareClass)
        (self.stakeLegs, self.settings) = (stakeLegs, settings)
        bands = MarginBands(
            target: settings.basis.marginTarget, halfExit: settings.basis.halfExit,
            fullExit: settings.basis.fullExit, critical: settings.basis.critical)
        freshness = BarFreshness([legs.spot.instrument] + legs.shorts.map(\.instrument))
    }

    mutating func receive(_ bar: Bar, of instrument: InstrumentIndex) {
        freshness.receive(bar, of: instrument)
    }

    mutating func receive(_ update: OrderUpdate) {
        if update.order.status.isTerminal { openings.removeAll { $0 == update.order.id } }
    }

    mutating func receive(_ update: AccountUpdate) {
        switch update {
        case .transferArrived(let report): transfers.removeAll { $0 == report.id }
        case .transferRefused(let report, _):
            transfers.removeAll { $0 == report.id }
            plan = nil
        case .groupEnded(let report) where report.group.id == group:
            group = nil
            if report.group.status != .executed { plan = nil }
        case .capitalDeposited: if hasEntered { pending = .deposit }
        case .withdrawalRequested(let amount):
            owed += amount.units
            pending = .withdrawal
        case .capitalWithdrawn(let amount): owed = max(0, owed - amount.units)
        case .liquidated, .deleveraged, .expired, .loanLiquidated:
            pending = .liquidation
            plan = nil
        default: return
        }
    }

    mutating func forgetPlan() { plan = nil }

    /// One step: margin first, then the change under way, then new decisions.
    mutating func step(_ context: inout StrategyContext) throws(ArithmeticOverflow) {
        guard let view = try HedgedView(context, legs, stakeLegs, owed: owed) else { return }
        try watchSpread(view)
        try guardRisk(view, &context)
        if isWaiting(context) || claim(view, &context) { return }
        guard freshness.areOpen(at: context.now) else {
            plan = nil
            return
        }
        if plan == nil { try decide(view, &context) }
        try advance(view, &context)
    }

    /// Takes out what the protocol's queue has ready; when nothing is left in it, what it was asked for goes
    /// on.
    private mutating func claim(_ view: HedgedView, _ context: inout StrategyContext) -> Bool {
        if view.stake.claimable > 0 {
            group = context.operate(
                OperationGroup(
                    .exitPartial, [DeFiOperation(.claim, .all, through: stakeLegs.staking)]))
            return true
        }
        if queued != nil, view.stake.waiting == 0 { (pending, queued) = (pending ?? queued, nil) }
        return false
    }

    private func isWaiting(_ context: borrowing StrategyContext) -> Bool {
        if !transfers.isEmpty || group != nil { return true }
        if context.working(of: legs.spot.instrument) != .zero { return true }
        for leg in legs.shorts where context.working(of: leg.instrument) != .zero { return true }
        return false
    }

    /// Follows how far the market ever was below the oracle: the loan's target leaves room for that.
    private mutating func watchSpread(_ view: HedgedView) throws(ArithmeticOverflow) {
        guard stakeLegs.loan != nil else { return }
        let spread = try TargetLoanToValue.spread(
            market: view.stake.rate.decimal, oracle: view.stake.ratio.decimal)
        worstSpread = max(worstSpread, spread)
    }

    /// The groups of the stake, with the loan's target of this moment: at most what the parameters say, and
    /// what leaves room for the largest fall that is expected or was seen.
    func loop() throws(ArithmeticOverflow) -> LeverageLoop {
        var target = settings.stake.targetLTV
        if stakeLegs.loan != nil {
            let most = try TargetLoanToValue.after(
                maximum: settings.mostLTV, move: max(settings.spreadMove, worstSpread))
            if let most = Ratio(most) { target = min(target, most) }
        }
        return LeverageLoop(
            legs: stakeLegs, target: target, slippageLimit: settings.stake.slippageLimit)
    }
}

// MARK: - Risk

extension HedgedDesk {
    /// Below `critical-ratio` a venue's short is bought back at once; in the band above it, and while risk
    /// overrides, what is under way gives way to a reduction.
    private mutating func guardRisk(
        _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        let worst = view.basis.margins.compactMap { $0?.ratio }.map { bands.band(of: $0) }.max() ?? .enough
        guard worst >= .halfExit || view.isOverridden else { return }
        if worst == .critical { closeCritical(view, &context) }
        guard plan == nil || plan?.purpose == .size || plan?.purpose == .stake, group == nil else { return }
        for order in openings { context.cancel(order) }
        plan = try reduction(view)
    }

    private func closeCritical(_ view: HedgedView, _ context: inout StrategyContext) {
        for (number, leg) in legs.shorts.enumerated() {
            guard let place = legs.places.firstIndex(of: leg.venue),
                let ratio = view.basis.margins[place]?.ratio, bands.band(of: ratio) == .critical,
                context.working(of: leg.instrument) == .zero
            else { continue }
            orders.buyBack(leg, view.basis.shorts[number], &context)
        }
    }

    /// The size that equity carries, where that is less than what is there.
    private func reduction(_ view: HedgedView) throws(ArithmeticOverflow) -> HedgedPlan {
        let full: BasisTarget
        if let sized = try sizing.full(view.basis) {
            full = sized
        } else {
            full = try sizing.closed(view.basis)
        }
        var target = full
        for (number, short) in view.basis.shorts.enumerated() {
            target.shorts[number] = min(full.shorts[number], max(0, short))
        }
        target.spot = min(legs.spot.whole(target.short), max(0, view.long))
        return HedgedPlan(
            purpose: .reduce, reason: .riskOverride, action: .exitPartial, target: target)
    }
}

// MARK: - Decisions

extension HedgedDesk {
    /// Makes a plan when the position should change.
    private mutating func decide(
        _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        guard view.basis.now.since(lastDecision) >= settings.basis.throttle else { return }
        // What waits in a queue is hedged; it is sized once it is paid.
        if queued != nil { return }
        guard !view.isOverridden, let reason = try reason(view) else {
            return try decideStake(view, &context)
        }
        lastDecision = view.basis.now
        guard let target = try sizing.full(view.basis) else {
            if hasEntered { plan = try closing(view, because: reason) }
            return
        }
        let grows = target.spot >= view.long
        plan = HedgedPlan(
            purpose: .size, reason: reason,
            action: !hasEntered ? .entryFull : grows ? .entryPartial : .exitPartial, target: target)
        (pending, sizedEquity) = (nil, view.basis.equity)
    }

    /// Why the position should be sized anew; nil when it should not.
    private func reason(_ view: HedgedView) throws(ArithmeticOverflow) -> RebalanceReason? {
        if !hasEntered { return .entry }
        if let pending { return pending }
        let off = view.basis.margins.compactMap { $0?.ratio }.filter { bands.band(of: $0) == .restore }
        if let ratio = off.first { return ratio < MarginBands.least.decimal ? .marginLow : .marginHigh }
        if try sizing.isOffBalance(view.basis) { return .deltaDrift }
        let change = view.basis.equity - sizedEquity
        if try settings.basis.deviation.isExceeded(by: change < 0 ? -change : change, of: sizedEquity) {
            return .equityDeviation
        }
        guard let target = try sizing.full(view.basis) else { return nil }
        let distance = view.long - target.spot
        if try settings.legDeviation.isExceeded(by: distance < 0 ? -distance : distance, of: target.spot) {
            return distance > 0 ? .marginLow : .marginHigh
        }
        return nil
    }

    /// Between changes of size: brings the loan back to its target, sells rewards, stakes what lies idle.
    private mutating func decideStake(
        _ view: HedgedView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        guard hasEntered, view.stake.staked > 0 else { return }
        if let loan = try loanAdjustment(view) {
            lastDecision = view.basis.now
            context.explain(loan.action, because: view.isOverridden ? .riskOverride : .loanDrift)
            group = context.operate(loan)
            return
        }
        if view.isOverridden { return }
        if let sale = try rewardSale(view, context) {
            lastDecision = view.basis.now
            context.explain(.sellDust, because: .rewards)
            group = context.operate(sale)
            return
        }
        // ETH that lies idle, beyond a hundredth of the long side.
        if view.free > 0, view.free > view.long / 100 {
            lastDecision = view.basis.now
            plan = HedgedPlan(
                purpose: .stake, reason: .equityDeviation, action: .entryPartial,
                target: BasisTarget(spot: view.long, shorts: view.basis.shorts), stage: .bringIn)
        }
    }

    private func loanAdjustment(_ view: HedgedView) throws(ArithmeticOverflow) -> OperationGroup? {
        guard stakeLegs.loan != nil, view.stake.collateral > 0, view.stake.debt > 0 else { return nil }
        let loop = try loop()
        let wanted = try loop.target.of(view.stake.collateral, rounding: .down)
        let distance = view.stake.debt - wanted
        let isOff = try settings.basis.deviation.isExceeded(
            by: distance < 0 ? -distance : distance, of: view.stake.collateral)
        guard isOff || view.isOverridden && distance > 0 else { return nil }
        return try loop.adjustment(view.stake, mayOpen: !view.isOverridden)
    }

    /// The sale of the first reward token that is worth more than `dust-delta` of equity.
    private func rewardSale(
        _ view: HedgedView, _ context: borrowing StrategyContext
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        for reward in stakeLegs.rewards {
            let held = context.balance(of: context.instrument(reward.token).base, at: .wallet).units
            guard held > 0, let rate = context.swapRate(of: reward.pool) else { continue }
            let worth = try context.instrument(reward.token).base.ledgerScale.convert(
                try rate.multiplied(by: held, rounding: .down), to: legs.asset.ledgerScale, rounding: .down)
            guard try settings.stake.dust.isExceeded(by: worth, of: view.long) else { continue }
            return OperationGroup(
                .sellDust, [DeFiOperation(.swap, .all, through: reward.pool)],
                slippageLimit: settings.stake.slippageLimit)
        }
        return nil
    }

    private mutating func closing(
        _ view: HedgedView, because reason: RebalanceReason
    ) throws(ArithmeticOverflow) -> HedgedPlan {
        pending = nil
        return HedgedPlan(
            purpose: .close, reason: reason, action: .exitFull, target: try sizing.closed(view.basis))
    }

    /// What comes once before the first loan.
    mutating func preparation() throws(ArithmeticOverflow) -> OperationGroup? {
        if hasPrepared { return nil }
        hasPrepared = true
        return try loop().preparation
    }
}
