internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// Runs a stake, with a loan against it or without: enters, keeps the reserve and the target, takes deposits,
/// pays withdrawals, sells rewards, reduces on risk. One group of operations at a time; what did not happen
/// is tried again after an hour, then two, four and so on up to a week, as every try costs gas.
struct StakingDesk {
    let settings: StakeSettings
    let loop: LeverageLoop
    private var group: GroupID?
    /// What the group under way takes up of what was asked for, given back where it does not execute.
    private var staking: Int128 = 0
    private var unwinding: Int128 = 0
    private var isEntering = false
    private var isResizing = false
    /// What waits: of deposits to stake, of withdrawals to unwind one to one, of withdrawals to be paid.
    private var toStake: Int128 = 0
    private var toUnwind: Int128 = 0
    private var outstanding: Int128 = 0
    private var hasEntered = false
    private var preparation: GroupID?
    private var isPrepared = false
    /// After a liquidation it only reduces.
    private var isHalted = false
    private var sizedEquity: Int128?
    private var lastDecision: Instant?
    private var failures = 0
    private var retryAt: Instant?

    init(settings: StakeSettings, legs: StakeLegs) {
        self.settings = settings
        loop = LeverageLoop(legs: legs, target: settings.targetLTV, slippageLimit: settings.slippageLimit)
    }

    // MARK: News

    mutating func receive(_ update: AccountUpdate, at now: Instant) {
        switch update {
        case .groupEnded(let report) where report.group.id == group:
            let isTooEarly = report.group.failure == .notTrading
            ended(report.group.status == .executed, at: now)
            if isTooEarly { (failures, retryAt) = (0, nil) }
        case .groupEnded(let report) where report.group.id == preparation:
            (isPrepared, preparation) = (report.group.status == .executed, nil)
        case .capitalDeposited(let amount) where hasEntered: toStake = sum(toStake, amount.units)
        case .withdrawalRequested(let amount):
            toUnwind = sum(toUnwind, amount.units)
            outstanding = sum(outstanding, amount.units)
        case .capitalWithdrawn(let amount): outstanding = max(0, outstanding - amount.units)
        case .loanLiquidated: isHalted = true
        default: return
        }
    }

    private mutating func ended(_ isExecuted: Bool, at now: Instant) {
        if isExecuted {
            (failures, retryAt) = (0, nil)
        } else {
            if isEntering { hasEntered = false }
            toStake = sum(toStake, staking)
            toUnwind = sum(toUnwind, unwinding)
            // 2^8 hours are more than a week.
            retryAt = now + min(1 << min(failures, 8), 168) * Timespan.hour
            failures = min(failures + 1, 8)
        }
        if isResizing || isEntering { sizedEquity = nil }
        (group, staking, unwinding, isEntering, isResizing) = (nil, 0, 0, false, false)
    }

    private func sum(_ a: Int128, _ b: Int128) -> Int128 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? a : sum
    }

    // MARK: Decisions

    /// One step: risk, then what is due, then entry, deposits, rewards, and the target.
    mutating func step(_ context: inout StrategyContext) throws(ArithmeticOverflow) {
        guard group == nil, retryAt.map({ context.now >= $0 }) ?? true,
            let position = try StakePosition(context, loop.legs)
        else { return }
        if try reduce(position, &context) { return }
        if claim(position, &context) { return }
        if try withdraw(position, &context) { return }
        if try enter(position, &context) { return }
        guard hasEntered, outstanding == 0 else { return }
        if sizedEquity == nil { sizedEquity = try position.equity }
        if try deposit(position, &context) { return }
        if try sellRewards(position, &context) { return }
        try rebalance(position, &context)
    }

    /// A health factor below the bound reduces the loan to the target; it never opens.
    private mutating func reduce(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        guard loop.legs.loan != nil, position.debt > 0, let health = context.healthFactor(),
            health < settings.reduceHealth.decimal,
            let group = try loop.adjustment(position, mayOpen: false)
        else { return false }
        return operate(group, &context)
    }

    private mutating func claim(_ position: StakePosition, _ context: inout StrategyContext) -> Bool {
        guard position.claimable > 0 else { return false }
        return operate(
            OperationGroup(.exitPartial, [DeFiOperation(.claim, .all, through: loop.legs.staking)]), &context)
    }

    /// Unwinds one to one what is to be paid out; what the wallet then still lacks, as a sale gave less than
    /// its worth, once more with all
    /// that such a sale may cost.
    private mutating func withdraw(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        var amount = toUnwind
        if amount == 0 {
            let lacking = outstanding - position.free - position.waiting
            amount = lacking > 0 ? try loop.gross(lacking, of: position) : 0
        }
        guard amount > 0, let group = try exit(amount, position) else {
            toUnwind = 0
            return false
        }
        unwinding = toUnwind
        toUnwind = 0
        return operate(group, &context)
    }

    /// Out of the stake by the way that the parameters name.
    private func exit(
        _ amount: Int128, _ position: StakePosition
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        guard settings.isSlow, loop.legs.loan == nil, position.staked > 0 else {
            return try loop.exit(amount, of: position)
        }
        let isAll = amount >= position.collateral
        let tokens = try position.ratio.dividing(amount, rounding: .up)
        return OperationGroup(
            isAll ? .exitFull : .exitPartial,
            [
                DeFiOperation(
                    .unstake, isAll ? .all : .exact(Amount(units: tokens)), through: loop.legs.staking)
            ])
    }

    private mutating func enter(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        guard !hasEntered, outstanding == 0, !isHalted else { return false }
        let kept = try settings.reserve.of(position.free, rounding: .up)
        guard let entry = try loop.entry(equity: position.free - kept) else { return false }
        if !isPrepared, let first = loop.preparation { preparation = context.operate(first) }
        (isPrepared, hasEntered, isEntering) = (true, true, true)
        lastDecision = context.now
        return operate(entry, &context)
    }

    private mutating func deposit(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        guard toStake > 0, !isHalted else { return false }
        let kept = try settings.reserve.of(toStake, rounding: .up)
        guard let group = try loop.entry(equity: toStake - kept, action: .entryPartial) else { return false }
        (staking, toStake, isResizing) = (toStake, 0, true)
        return operate(group, &context)
    }

    /// Sells the rewards whose worth is above the share of equity that is no dust.
    private mutating func sellRewards(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) -> Bool {
        let least = try settings.dust.of(try position.equity, rounding: .down)
        var sales: [DeFiOperation] = []
        for reward in loop.legs.rewards {
            let asset = context.instrument(reward.token).base
            let held = context.balance(of: asset, at: .wallet).units
            guard held > 0, let rate = context.swapRate(of: reward.pool) else { continue }
            let worth = try asset.ledgerScale.convert(
                try rate.multiplied(by: held, rounding: .down), to: Asset.ether.ledgerScale, rounding: .down)
            if worth > least { sales.append(DeFiOperation(.swap, .all, through: reward.pool)) }
        }
        if sales.isEmpty { return false }
        return operate(
            OperationGroup(.sellDust, sales, slippageLimit: settings.slippageLimit), &context)
    }

    /// Brings the stake back to its share of equity, and debt over collateral back to the target.
    private mutating func rebalance(
        _ position: StakePosition, _ context: inout StrategyContext
    ) throws(ArithmeticOverflow) {
        if let lastDecision, context.now < lastDecision + settings.throttle { return }
        let equity = try position.equity
        guard equity > 0, let sized = sizedEquity else { return }
        let kept = try settings.reserve.of(equity, rounding: .up)
        let wanted = equity - kept
        let staked = position.net + position.waiting
        let moved = try settings.deviation.isExceeded(by: abs(equity - sized), of: sized)
        let strays = try settings.deviation.isExceeded(by: abs(staked - wanted), of: equity)
        lastDecision = context.now
        if moved || strays {
            sizedEquity = equity
            if let group = try resize(position, by: wanted - staked) {
                isResizing = true
                _ = operate(group, &context)
                return
            }
        }
        guard loop.legs.loan != nil, position.collateral > 0 else { return }
        let target = try loop.target.of(position.collateral, rounding: .down)
        guard
            try settings.deviation.isExceeded(by: abs(position.debt - target), of: position.collateral),
            let group = try loop.adjustment(position, mayOpen: !isHalted)
        else { return }
        isResizing = true
        _ = operate(group, &context)
    }

    private func resize(
        _ position: StakePosition, by change: Int128
    ) throws(ArithmeticOverflow) -> OperationGroup? {
        if change < 0 { return try exit(0 - change, position) }
        let available = min(change, position.free)
        guard available >= StakingDesk.leastStake, !isHalted else { return nil }
        return try loop.entry(equity: available, action: .entryPartial)
    }

    private mutating func operate(_ group: OperationGroup, _ context: inout StrategyContext) -> Bool {
        self.group = context.operate(group)
        return true
    }

    /// The least that the protocols take: 0.01 ETH.
    static let leastStake: Int128 = 10_000_000_000_000_000
}
