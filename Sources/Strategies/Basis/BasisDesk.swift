internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The state of a basis strategy and its decisions.
struct BasisDesk {
    private var sizing: BasisSizing
    private let bands: MarginBands
    private var mean: FundingMean
    private var freshness: BarFreshness
    private var plan: BasisPlan?
    /// Orders that make the position larger and still work.
    private var openings: [OrderID] = []
    /// Transfers whose end was not heard of.
    private var transfers: [TransferID] = []
    /// Whether the position is to be closed, until it is.
    private var isLeaving = false
    /// Whether margin overrode the position since funding was last settled: nothing is opened before that.
    private var awaitsFunding = false
    /// Whether half of the position was closed, and it was not sized anew since.
    private var isHalved = false
    private var lastDecision = Instant.distantPast
    /// Equity in the share class when the position was last sized.
    private var sizedEquity: Int128 = 0
    private var knowsCapital = false

    private var legs: BasisLegs { sizing.legs }
    private var orders: LegOrders { LegOrders(legs: legs) }
    private var settings: BasisSettings { sizing.settings }

    init(legs: BasisLegs, settings: BasisSettings, shareClass: Asset) {
        sizing = BasisSizing(legs: legs, settings: settings, shareClass: shareClass)
        bands = MarginBands(
            target: settings.marginTarget, halfExit: settings.halfExit, fullExit: settings.fullExit,
            critical: settings.critical)
        mean = FundingMean(weights: legs.shorts.map(\.weight), intervals: settings.intervals)
        freshness = BarFreshness([legs.spot.instrument] + legs.shorts.map(\.instrument))
    }

    mutating func receive(_ bar: Bar, of instrument: InstrumentIndex) {
        freshness.receive(bar, of: instrument)
    }

    mutating func receive(_ observation: SeriesObservation) {
        guard observation.kind == .funding, observation.name == "rate",
            let place = legs.shorts.firstIndex(where: { $0.instrument == observation.instrument })
        else { return }
        if mean.append(observation.value, of: place, at: observation.time) { awaitsFunding = false }
    }

    mutating func receive(_ update: OrderUpdate) {
        if update.order.status.isTerminal { openings.removeAll { $0 == update.order.id } }
    }

    mutating func receive(_ update: AccountUpdate) {
        switch update {
        case .transferSent, .fundingSettled, .marginCalled, .rolled, .rollRefused, .groupEnded,
            .capitalDeposited, .withdrawalRequested, .capitalWithdrawn, .loanLiquidated, .rewardReceived:
            return
        case .transferArrived(let report): transfers.removeAll { $0 == report.id }
        case .transferRefused(let report, _):
            transfers.removeAll { $0 == report.id }
            plan = nil
        case .liquidated, .deleveraged, .expired: leave()
        }
    }

    mutating func forgetPlan() { plan = nil }

    /// One step: margin first, then the change under way, then new decisions.
    mutating func step(_ context: inout StrategyContext) throws(ArithmeticOverflow) {
        guard let view = BasisView(context, legs) else { return }
        learnCapital(view)
        try guardMargin(view, &context)
        if isWaiting(context) { return }
        guard freshness.areOpen(at: context.now) else {
            plan = nil
            return
        }
        if plan == nil { try decide(view) }
        try advance(view, &context)
    }

    /// Without `unhedged`, what is kept unhedged in the asset's own share class is the capital.
    private mutating func learnCapital(_ view: BasisView) {
        if knowsCapital { return }
        knowsCapital = true
        sizedEquity = view.equity
        guard sizing.isInAsset else { return }
        sizing.unhedged = settings.unhedged?.exactMantissa(at: legs.asset.ledgerScale) ?? view.equity
    }

    private func isWaiting(_ context: borrowing StrategyContext) -> Bool {
        if !transfers.isEmpty { return true }
        if context.working(of: legs.spot.instrument) != .zero { return true }
        for leg in legs.shorts where context.working(of: leg.instrument) != .zero { return true }
        return false
    }

    private mutating func leave() {
        isLeaving = true
        awaitsFunding = true
        plan = nil
    }
}

// MARK: - Margin

extension BasisDesk {
    /// Reduces the position when a venue's margin ratio asks for it.
    private mutating func guardMargin(
        _ view: BasisView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        let worst = view.margins.compactMap { $0?.ratio }.map { bands.band(of: $0) }.max() ?? .enough
        if worst < .halfExit { return }
        if worst == .critical { closeCritical(view, &context) }
        awaitsFunding = true
        if worst >= .fullExit {
            isLeaving = true
            if plan?.purpose != .close {
                cancelOpenings(&context)
                plan = try closing(view, because: .riskOverride)
            }
        } else if plan == nil || plan?.purpose == .size {
            cancelOpenings(&context)
            isHalved = true
            plan = BasisPlan(.half, sizing.half(view), because: .riskOverride)
        }
    }

    /// Buys back the shorts of venues in the critical band, whatever the other venues can do.
    private func closeCritical(_ view: BasisView, _ context: inout StrategyContext) {
        for (number, leg) in legs.shorts.enumerated() {
            guard let place = legs.places.firstIndex(of: leg.venue), let ratio = view.margins[place]?.ratio,
                bands.band(of: ratio) == .critical, context.working(of: leg.instrument) == .zero
            else { continue }
            orders.buyBack(leg, view.shorts[number], &context)
        }
    }

    private func cancelOpenings(_ context: inout StrategyContext) {
        for order in openings { context.cancel(order) }
    }
}

// MARK: - Decisions

extension BasisDesk {
    /// Makes a plan when the position should change.
    private mutating func decide(_ view: BasisView) throws(ArithmeticOverflow) {
        guard view.now.since(lastDecision) >= settings.throttle else { return }
        let isFlat = try sizing.isFlat(view)
        if isFlat { isLeaving = false }
        if !isFlat && !isLeaving && mean.isAtLeast(settings.exitFunding) == false { isLeaving = true }
        if isLeaving {
            make(try closing(view, because: awaitsFunding ? .riskOverride : .exit), view)
            return
        }
        let mayExtend = !awaitsFunding && mean.isAtLeast(settings.entryFunding) == true
        let off = isFlat ? nil : try reasonToSize(view)
        let isDue = isFlat || isHalved ? mayExtend || off != nil : off != nil
        if !isDue { return }
        if let target = try sizing.full(view) {
            make(BasisPlan(.size, target, because: off ?? .entry), view)
            sizedEquity = view.equity
            isHalved = false
        } else if !isFlat {
            isLeaving = true
            make(try closing(view, because: .exit), view)
        }
    }

    private func closing(
        _ view: BasisView, because reason: RebalanceReason
    ) throws(ArithmeticOverflow) -> BasisPlan {
        BasisPlan(
            .close, try sizing.closed(view), because: reason, shortsFirst: settings.closesShortsFirst)
    }

    private mutating func make(_ plan: BasisPlan, _ view: BasisView) {
        self.plan = plan
        lastDecision = view.now
    }

    /// Why a position in place should be sized anew; nil when it should not.
    private func reasonToSize(_ view: BasisView) throws(ArithmeticOverflow) -> RebalanceReason? {
        if try sizing.isOffBalance(view) { return .deltaDrift }
        let change = view.equity - sizedEquity
        if try settings.deviation.isExceeded(by: change < 0 ? -change : change, of: sizedEquity) {
            return .equityDeviation
        }
        let off = view.margins.compactMap { $0?.ratio }.filter { bands.band(of: $0) == .restore }
        return off.first.map { $0 < MarginBands.least.decimal ? .marginLow : .marginHigh }
    }
}

// MARK: - Execution

extension BasisDesk {
    /// Carries a plan on, until it waits for something or is done.
    private mutating func advance(
        _ view: BasisView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        while var now = plan {
            if !now.isExplained {
                now.isExplained = true
                plan = now
                context.explain(now.action, because: now.reason)
            }
            let asked: Bool
            switch now.stage {
            case .closeShorts:
                now.stage = .reduce
                asked = orders.buyBackShorts(view.shorts, to: now.target, &context)
            case .reduce:
                if supplySpot(now.target, view, &context) { return }
                now.stage = now.purpose == .half ? .done : .move
                let bought = orders.buyBackShorts(view.shorts, to: now.target, &context)
                let surplus = min(view.held - now.target.spot, view.heldAtVenue)
                asked = orders.sellSpot(surplus, &context) || bought
            case .move:
                now.stage = .extend
                asked = try moveMoney(now, view, &context)
            case .extend:
                now.stage = .done
                if now.purpose == .close { now.target = try sizing.closed(view) }
                let made = orders.extend(
                    spot: now.target.spot - view.held, shorts: view.shorts, to: now.target, &context)
                openings += made
                asked = !made.isEmpty
            case .done:
                plan = nil
                return
            }
            plan = now
            if asked { return }
        }
    }

    /// Brings units of the asset from the wallet to the venue where they are to be sold.
    private mutating func supplySpot(
        _ target: BasisTarget, _ view: BasisView, _ context: inout StrategyContext
    ) -> Bool {
        let lacking = min(view.held - target.spot - view.heldAtVenue, view.heldInWallet)
        guard lacking > 0 else { return false }
        transfers.append(
            context.transfer(
                Amount(units: lacking), of: legs.asset, from: .wallet, to: legs.spot.venue))
        return true
    }

    private mutating func moveMoney(
        _ plan: BasisPlan, _ view: BasisView, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        let moves = try sizing.moves(view, to: plan.target, isClosing: plan.purpose == .close)
        transfers += orders.transfer(moves, &context)
        return !moves.isEmpty
    }
}
