public import Markets
public import StrategyKit
public import Trading
public import Units

/// Supplies the share class to a lending pool and keeps it there.
///
/// All but `reserve-ratio` of what the wallet holds at the start and of every deposit is supplied; every
/// withdrawal is taken out of the pool one to one, and what the deposit lacks out of the reserve. There is
/// nothing to rebalance: the deposit grows with the pool's index.
///
/// Of its five actions it uses entry (full at the start, partial after a deposit) and exit (partial for a
/// withdrawal, full where a withdrawal takes all there is).
public struct PureLending: Strategy {
    public static var descriptor: StrategyDescriptor {
        StrategyDescriptor(
            name: "pure-lending", summary: "Lends the share class, USDT or ETH, on Aave v3.",
            parameters: [
                ParameterDescription(
                    "reserve-ratio",
                    .decimal(minimum: .zero, maximum: ExactDecimal(mantissa: 9, scale: Scale(1))),
                    default: .number(ExactDecimal(mantissa: 1, scale: Scale(1))),
                    summary: "Share of the capital, and of each deposit, that stays in the wallet.")
            ], needs: [])
    }

    /// Share classes it knows, with the aToken that each is lent for.
    private static let pools: [(shareClass: String, token: String)] = [
        ("USDT", "aave-v3:aToken:USDT"), ("ETH", "aave-v3:aToken:WETH"),
    ]

    private static func pool(of shareClass: Asset) -> InstrumentID? {
        pools.first { $0.shareClass == shareClass.symbol }.flatMap { InstrumentID($0.token) }
    }

    /// The index of the pool.
    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        pool(of: shareClass).map { [SeriesNeed($0, .index)] } ?? []
    }

    /// The share class must be one that it lends.
    public static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] {
        pool(of: shareClass) == nil ? [problem(of: shareClass)] : []
    }

    private static func problem(of shareClass: Asset) -> String {
        "pure-lending lends USDT or ETH, and the share class is \(shareClass)"
    }

    /// It decides by what it holds, not by the past.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp { .moments(1) }

    private let pool: InstrumentIndex
    private let asset: Asset
    /// Of the capital, by which is supplied: 1 less the reserve.
    private let share: ExactDecimal
    /// What is to be supplied of the wallet once it can be, and what is to be taken out.
    private var toSupply: Amount?
    private var toWithdraw = Amount.zero
    private var hasEntered = false
    /// The group under way, and what it means to move: taken up again where it does not execute.
    private var group: GroupID?
    private var isEntering = false
    private var supplying = Amount.zero
    private var withdrawing = Amount.zero

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        guard let id = PureLending.pool(of: setup.shareClass) else {
            throw ParameterProblem("capital.asset", PureLending.problem(of: setup.shareClass))
        }
        guard let index = setup.index(of: id) else {
            throw ParameterProblem("data", "the run holds no index of \(id)")
        }
        (pool, asset) = (index, setup.shareClass)
        let reserve = try setup.parameters.decimal("reserve-ratio")
        let unit = reserve.scale.unit
        share = ExactDecimal(mantissa: unit - reserve.mantissa, scale: reserve.scale)
    }

    public mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        switch update {
        case .capitalDeposited(let amount) where hasEntered: add(amount)
        case .withdrawalRequested(let amount):
            let (sum, overflow) = toWithdraw.units.addingReportingOverflow(amount.units)
            if !overflow { toWithdraw = Amount(units: sum) }
        case .groupEnded(let report) where report.group.id == group: ended(report.group.status == .executed)
        default: return
        }
    }

    public mutating func stepEnded(_ context: inout StrategyContext) {
        guard context.growthIndex(of: pool) != nil, group == nil else { return }
        if !hasEntered {
            toSupply = nil
            add(context.balance(of: asset, at: .wallet))
        }
        if toWithdraw.units > 0 { withdraw(&context) }
        guard let amount = toSupply, toWithdraw.units == 0, group == nil else { return }
        toSupply = nil
        guard amount.units > 0 else { return }
        group = context.operate(
            OperationGroup(
                hasEntered ? .entryPartial : .entryFull,
                [DeFiOperation(.supply, .exact(amount), through: pool)]))
        (isEntering, hasEntered, supplying) = (!hasEntered, true, amount)
    }

    /// A group ended; what did not happen is tried again with the next data.
    private mutating func ended(_ isExecuted: Bool) {
        if !isExecuted {
            if isEntering { hasEntered = false }
            let (supply, one) = (toSupply?.units ?? 0).addingReportingOverflow(supplying.units)
            let (withdrawal, two) = toWithdraw.units.addingReportingOverflow(withdrawing.units)
            if !one && supplying.units > 0 { toSupply = Amount(units: supply) }
            if !two { toWithdraw = Amount(units: withdrawal) }
        }
        (group, isEntering, supplying, withdrawing) = (nil, false, .zero, .zero)
    }

    /// Takes what is asked for out of the pool, as far as it is there; the reserve has to give the rest.
    private mutating func withdraw(_ context: inout StrategyContext) {
        let held = context.holding(of: pool)
        let isAll = toWithdraw >= held
        let amount = OperationAmount.exact(isAll ? held : roundedUp(toWithdraw))
        let asked = toWithdraw
        toWithdraw = .zero
        guard held.units > 0 else { return }
        withdrawing = asked
        group = context.operate(
            OperationGroup(
                isAll ? .exitFull : .exitPartial,
                [DeFiOperation(.withdraw, isAll ? .all : amount, through: pool)]))
    }

    /// A token amount that is at least the amount.
    private func roundedUp(_ amount: Amount) -> Amount {
        let unit = Scale.power(Int(asset.ledgerScale.decimals) - Int(asset.tokenScale.decimals))
        let rest = amount.units % unit
        let (sum, overflow) = amount.units.addingReportingOverflow(rest == 0 ? 0 : unit - rest)
        return overflow ? amount : Amount(units: sum)
    }

    private mutating func add(_ amount: Amount) {
        do throws(ArithmeticOverflow) {
            let part = try WideArithmetic.multiply(
                amount.units, by: share.mantissa, dividedBy: share.scale.unit, rounding: .down)
            let (sum, overflow) = (toSupply?.units ?? 0).addingReportingOverflow(part)
            if !overflow { toSupply = Amount(units: sum) }
        } catch {
            // A wallet beyond 128 bits ends the run at the ledger.
            return
        }
    }
}
