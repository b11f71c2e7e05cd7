public import Markets
public import StrategyKit
public import Trading
public import Units

/// Holds an asset and sells as much of it short in perpetuals, to earn their funding.
///
/// Enters when the mean of the last settled funding rates, weighted by the venues' shares of the hedge, is at
/// least `entry-funding`; leaves when it is below `exit-funding`. Each step with new data, in this order:
///
/// 1. Margin. Below `half-exit-ratio` half of the position is closed, below `full-exit-ratio` all of it,
/// below `critical-ratio` the venue's short at once. This only reduces, and waits for no throttle.
/// 2. A change under way goes on once its orders and transfers have ended.
/// 3. Otherwise the position is entered, left, or sized anew: when net exposure is above `delta-tolerance`,
///    when equity moved by more than `position-deviation-threshold`, when a margin ratio left its band
///    (below 0.44, or above (target + 0.2) / 0.8).
///
/// A venue whose last bar is older than a bar is closed, and then the whole group waits: no leg is changed
/// while another cannot be.
///
/// With the asset itself as share class, `unhedged` of it (the capital, when not given) is kept as it is, and
/// only what equity is above that is hedged.
public struct BasisStrategy<Market: BasisMarket>: Strategy {
    /// Name, parameters and needs.
    public static var descriptor: StrategyDescriptor {
        StrategyDescriptor(
            name: Market.strategyName,
            summary: "Holds \(Market.asset) and sells it short in perpetuals, to earn their funding.",
            exposure: .neutral, parameters: BasisParameters.all, needs: [.bars, .funding])
    }

    private var desk: BasisDesk

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        BasisSettings.read(parameters).problems
    }

    /// The series of the spot and of each perpetual that it sells.
    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        BasisLegs.needs(BasisSettings.read(parameters).settings, asset: Market.asset)
    }

    /// The share class must be USDT, or the asset itself.
    public static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] {
        if shareClass == BasisLegs.money || shareClass == Market.asset { return [] }
        return [BasisLegs.problem(ofShareClass: shareClass, Market.asset)]
    }

    /// The settled rates of the mean, and a few bars, after which a throttle of at most a minute has
    /// forgotten decisions that could not be carried out; with a longer one, everything.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp {
        let settings = BasisSettings.read(parameters).settings
        return settings.throttle <= .minute ? .moments(settings.intervals + 8) : .everything
    }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let (settings, problems) = BasisSettings.read(setup.parameters)
        if let problem = problems.first { throw problem }
        desk = BasisDesk(
            legs: try BasisLegs(setup, settings, asset: Market.asset), settings: settings,
            shareClass: setup.shareClass)
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        desk.receive(bar, of: instrument)
    }

    public mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {
        desk.receive(observation)
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

/// `btc-basis`.
public typealias BTCBasis = BasisStrategy<BitcoinBasis>
/// `eth-basis`.
public typealias ETHBasis = BasisStrategy<EtherBasis>
