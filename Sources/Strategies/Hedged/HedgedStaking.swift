public import Markets
public import StrategyKit
public import Trading
public import Units

/// How a hedged stake is financed.
public protocol HedgedStakeMode: Sendable {
    /// Registered name of the strategy.
    static var strategyName: String { get }
    /// Whether ETH is borrowed against the stake.
    static var hasLoan: Bool { get }
}

/// Staked ETH without a loan: `usdt-market-neutral-unlevered`.
public enum PlainHedgedStake: HedgedStakeMode {
    /// `usdt-market-neutral-unlevered`.
    public static let strategyName = "usdt-market-neutral-unlevered"
    /// No.
    public static let hasLoan = false
}

/// Staked ETH with a loan of ETH against it: `usdt-market-neutral`.
public enum LeveredHedgedStake: HedgedStakeMode {
    /// `usdt-market-neutral`.
    public static let strategyName = "usdt-market-neutral"
    /// Yes.
    public static let hasLoan = true
}

/// Stakes ETH and sells as much of it short in perpetuals of several venues: it earns staking and funding,
/// and the price of ETH does not matter.
///
/// Equity less the reserve is divided between the stake and the margin of the shorts, which is USDT: with a
/// margin of m for each unit of short, spot = D / (1 + m) and margin = D m / (1 + m). At entry all venues are
/// funded first; then ETH is bought and all shorts are sold at one time; then ETH goes to the wallet and is
/// staked, with a loan as a group of five operations. The hedge is the net delta of ETH: staked, supplied,
/// free and waiting ETH less what is owed.
///
/// Each step with new data, in this order:
///
/// 1. Risk. Below `critical-ratio` a venue's short is bought back at once; below `reduce-ratio`, and while a
///    monitor overrides, both legs are only reduced to the size that equity carries.
/// 2. A change under way goes on once its orders, transfers and groups have ended.
/// 3. Otherwise both legs are sized anew: when capital came or is asked for, when a margin ratio is below
///    0.44 or above (target + 0.2) / 0.8, when net exposure is above `delta-tolerance`, when equity moved by
///    more than `position-deviation-threshold`, or when the staked leg is off its size by more than
///    `leg-deviation-threshold`. Then capital goes from the leg that won to the one that lost.
/// 4. Otherwise the loan is brought back to its target, rewards are sold above `dust-delta`, and ETH that
///    lies idle is staked.
///
/// Withdrawals are paid one to one: the position is sized for what remains, and the money waits in the
/// wallet. With `withdrawal: slow` ETH comes back through the protocol's queue, hedged while it waits, and
/// the position is sized when it is paid; a reduction on risk never waits for it.
public struct HedgedStaking<Mode: HedgedStakeMode>: Strategy {
    /// Name, parameters and needs.
    public static var descriptor: StrategyDescriptor {
        StrategyDescriptor(
            name: Mode.strategyName,
            summary: Mode.hasLoan
                ? "Stakes ETH with a loan against it and sells it short in perpetuals."
                : "Stakes ETH and sells it short in perpetuals.",
            exposure: .neutral, parameters: HedgedParameters.all(hasLoan: Mode.hasLoan),
            needs: [.bars, .funding])
    }

    private var desk: HedgedDesk

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        HedgedSettings.read(parameters, hasLoan: Mode.hasLoan).problems
    }

    /// The series of the stake, and of each market that it trades.
    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        let settings = HedgedSettings.read(parameters, hasLoan: Mode.hasLoan).settings.basis
        return BasisLegs.needs(settings, asset: .ether)
            + StakeLegs.needs(parameters, hasLoan: Mode.hasLoan)
    }

    public static func operates(_ parameters: Parameters, shareClass: Asset) -> [InstrumentID] {
        StakeLegs.operated(parameters, hasLoan: Mode.hasLoan)
    }

    /// The share class must be USDT, and the capital must carry an order of 10 USDT at each venue and a stake
    /// of 0.01 ETH: 1,000 USDT do.
    public static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] {
        var problems: [String] = []
        if shareClass.symbol != "USDT" {
            problems.append(
                "\(Mode.strategyName) keeps its margin in USDT, and the share class is \(shareClass)")
        }
        if capital < ExactDecimal(1_000) {
            problems.append(
                "a capital of \(capital) is below 1000, which orders of 10 USDT at each venue and a stake "
                    + "of 0.01 ETH need")
        }
        return problems
    }

    /// It decides by what it holds, and by the last bars of its markets.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp { .everything }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let (settings, problems) = HedgedSettings.read(setup.parameters, hasLoan: Mode.hasLoan)
        if let problem = problems.first { throw problem }
        desk = HedgedDesk(
            legs: try BasisLegs(setup, settings.basis, asset: .ether),
            stakeLegs: try StakeLegs(setup, hasLoan: Mode.hasLoan), settings: settings,
            shareClass: setup.shareClass)
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        desk.receive(bar, of: instrument)
    }

    public mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        desk.receive(update)
    }

    public mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        desk.receive(update)
    }

    public mutating func stepEnded(_ context: inout StrategyContext) {
        do throws(ArithmeticOverflow) {
            try desk.step(&context)
        } catch {
            // Figures beyond 128 bits end the run at the ledger; until then nothing is traded on them.
            desk.forgetPlan()
        }
    }
}

/// `usdt-market-neutral-unlevered`.
public typealias USDTMarketNeutralUnlevered = HedgedStaking<PlainHedgedStake>
/// `usdt-market-neutral`.
public typealias USDTMarketNeutral = HedgedStaking<LeveredHedgedStake>
