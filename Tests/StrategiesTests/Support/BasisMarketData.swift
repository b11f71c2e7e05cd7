import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Trading
import Units

/// Hourly markets of one path of prices: spot on binance, perpetuals with funding on two venues.
struct BasisMarketData {
    static let perps = ["binance:perp:BTCUSDT", "bybit:perp:BTCUSDT"]
    static let spot = "binance:spot:BTCUSDT"

    /// Close of each hour, in hundredths.
    var closes: [Int64]
    /// Funding rate of each interval of eight hours, in hundred-millionths.
    var rates: [Int64]
    /// Hours without bars, by instrument.
    var holes: [String: Range<Int>] = [:]
    /// Distance of the perpetuals from the spot, in hundredths, by hour.
    var premium: (Int) -> Int64 = { _ in 0 }

    /// Constant funding over a path.
    init(closes: [Int64], rate: Int64 = 20_000) {
        self.closes = closes
        rates = Array(repeating: rate, count: closes.count / 8 + 1)
    }

    static func time(hour: Int) -> Instant { HourlySeries.time(hour: hour) }

    /// A path that stays for some hours, goes to a multiple (in percent) in equal steps of a number of
    /// hours, and stays there.
    static func shock(_ percent: Int64, over hours: Int, from first: Int64 = 5_000_000) -> [Int64] {
        HourlySeries.path(from: first, calm: 120, to: percent, over: hours, rest: 96)
    }

    var series: [MarketSeries] {
        var all = [bars(BasisMarketData.spot) { _ in 0 }]
        for perp in BasisMarketData.perps {
            all.append(bars(perp, premium))
            all.append(HourlySeries.funding(perp, rates))
        }
        return all
    }

    private func bars(_ id: String, _ distance: (Int) -> Int64) -> MarketSeries {
        HourlySeries.bars(id, closes.indices.map { closes[$0] + distance($0) }, without: holes[id])
    }

    /// A run of 100,000 USDT without costs, lots of a thousandth; every step is told to the probe.
    func run(
        _ parameters: [(String, String)] = [], lot: String = "0.001", unwind: String = "together"
    ) throws -> (
        result: BacktestResult, steps: [BasisProbe.Step]
    ) {
        let plan = BacktestPlan(
            name: "test",
            strategies: [
                PlannedStrategy(
                    account: "basis", strategy: ProbedBasis.descriptor.name,
                    parameters: [
                        NamedParameter("hedge", HourlySeries.hedge),
                        NamedParameter("reserve-ratio", .number(.zero)),
                        NamedParameter("unwind", .text(unwind)),
                    ] + parameters.map { NamedParameter($0.0, .number(ExactDecimal($0.1)!)) },
                    capital: ExactDecimal(100_000))
            ], capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel()),
            instruments: (BasisMarketData.perps + [BasisMarketData.spot]).map {
                InstrumentOverride(instrument: InstrumentID($0)!, lotSize: ExactDecimal(lot)!)
            })
        let probe = BasisProbe()
        let result = try BasisProbe.$current.withValue(probe) {
            try Backtest.run(
                plan: plan, series: series, registry: StrategyRegistry([ProbedBasis.self]),
                options: BacktestOptions(keepsRecords: true))
        }
        return (result, probe.steps)
    }
}

/// Takes note of what a basis strategy saw at each step.
final class BasisProbe: @unchecked Sendable {
    // Sendable: only the run that it was handed to, which has one thread, writes it.
    @TaskLocal static var current: BasisProbe?

    /// One step, as the strategy saw it before it acted.
    struct Step {
        let time: Instant
        let held: Int128
        let shorts: [Int64]
        let isWorking: Bool
        let margins: [MarginView?]
        let equity: Amount
        let cash: [Amount]
    }

    var steps: [Step] = []
}

/// The strategy under test, with a probe.
struct ProbedBasis: Strategy {
    static var descriptor: StrategyDescriptor {
        let basis = BTCBasis.descriptor
        return StrategyDescriptor(
            name: "probed-basis", summary: basis.summary, exposure: basis.exposure,
            parameters: basis.parameters, needs: basis.needs)
    }

    private var basis: BTCBasis
    private let perps: [InstrumentIndex]
    private let spot: InstrumentIndex
    private let probe: BasisProbe?

    static func check(_ parameters: Parameters) -> [ParameterProblem] { BTCBasis.check(parameters) }

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        basis = try BTCBasis(setup)
        perps = BasisMarketData.perps.map { setup.index(of: InstrumentID($0)!)! }
        spot = setup.index(of: InstrumentID(BasisMarketData.spot)!)!
        probe = BasisProbe.current
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        basis.receive(bar: bar, of: instrument, &context)
    }

    mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {
        basis.receive(observation: observation, &context)
    }

    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        basis.receive(update: update, &context)
    }

    mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        basis.receive(account: update, &context)
    }

    mutating func stepEnded(_ context: inout StrategyContext) {
        let venues = ["binance", "bybit"].map { Venue($0)! }
        var (shorts, margins): ([Int64], [MarginView?]) = ([], [])
        var cash = [context.balance(of: Asset("USDT")!, at: .wallet)]
        var isWorking = context.working(of: spot) != .zero
        for perp in perps {
            shorts.append(-context.position(of: perp).mantissa)
            isWorking = isWorking || context.working(of: perp) != .zero
        }
        for venue in venues {
            margins.append(context.margin(at: venue))
            cash.append(context.balance(of: Asset("USDT")!, at: venue))
        }
        probe?.steps.append(
            BasisProbe.Step(
                time: context.now, held: context.balance(of: Asset("BTC")!, at: venues[0]).units,
                shorts: shorts, isWorking: isWorking, margins: margins, equity: context.equity(), cash: cash))
        basis.stepEnded(&context)
    }
}
