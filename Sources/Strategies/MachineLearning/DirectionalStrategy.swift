public import Markets
public import StrategyKit
public import Trading
internal import Units

/// Follows the signals of a forecaster in one contract: full size long or short, or nothing.
///
/// A signal acts from its own time on, and only if its confidence is at least `signal-threshold`:
///
/// - `long` and `short` take the whole position, from the other side or from nothing, by a market order. The
///   size is `leverage` times the equity beside the reserve, in whole lots. One that repeats the side that is
///   held keeps it as it is.
/// - `neutral` closes it. `hold` keeps it.
///
/// Once the entry has filled, a stop loss and a take profit stand at the prices of the signal, where it names
/// them and they lie on the right sides of the entry; else at the entry plus and minus `deviation-multiple`
/// deviations (the signal's own, or that of the last returns), held between `least-deviation` and
/// `most-deviation`. Within a bar that reaches both, the stop loss counts. With `candle-exit` the position
/// ends at the first close at which no signal of its side, and no `hold`, is new.
public struct DirectionalStrategy<Market: DirectionalMarket>: Strategy {
    /// Name, parameters and needs.
    public static var descriptor: StrategyDescriptor {
        StrategyDescriptor(
            name: Market.strategyName,
            summary: "Follows a forecaster's signals long and short in BTC, with margin in "
                + "\(Market.shareClassSymbol).",
            parameters: DirectionalParameters.all(instrument: Market.usualInstrument),
            needs: [.bars, .signals])
    }

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            _ = try DirectionalSettings(parameters)
            return []
        } catch { return [error] }
    }

    /// Bars and signals of the contract.
    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        guard let id = parameters.text("instrument").flatMap({ InstrumentID($0) }) else { return [] }
        return [SeriesNeed(id, .bars), SeriesNeed(id, .signals)]
    }

    private var desk: DirectionalDesk

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let settings = try DirectionalSettings(setup.parameters)
        desk = DirectionalDesk(
            try DirectionalContract(
                setup, settings, shareClass: Market.shareClassSymbol, settlement: Market.settlement),
            settings)
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        desk.receive(bar, of: instrument)
    }

    public mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        desk.receive(update)
    }

    public mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {
        desk.receive(observation)
    }

    public mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        desk.receive(update, &context)
    }

    public mutating func stepEnded(_ context: inout StrategyContext) { desk.stepEnded(&context) }
}

/// `ml-directional-usdt`.
public typealias DirectionalUSDT = DirectionalStrategy<DollarMargin>
/// `ml-directional-btc`.
public typealias DirectionalBTC = DirectionalStrategy<BitcoinMargin>
