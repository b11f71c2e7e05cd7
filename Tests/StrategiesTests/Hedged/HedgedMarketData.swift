import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Trading
import Units

/// Hourly markets of ETH on one path: spot on binance, perpetuals with funding on two venues, the oracle's
/// prices, the pool of weETH and the indices of the lending pool.
struct HedgedMarketData {
    static let perps = ["binance:perp:ETHUSDT", "bybit:perp:ETHUSDT"]
    static let spot = "binance:spot:ETHUSDT"

    /// Close of each hour, in hundredths.
    var closes: [Int64]
    /// Funding rate of each interval of eight hours, in hundred-millionths.
    var rate: Int64 = 10_000
    /// ETH for one weETH at the oracle, in millionths, and in the pool.
    var ratio: (Int) -> Int64 = { _ in 1_050_000 }
    var poolRate: (Int) -> Int64 = { _ in 1_049_000 }
    /// Series left out, by instrument.
    var missing: [String] = []
    /// Price of gas in gwei, with the oracle's price of USDT; without it gas is free.
    var gas: Int64?
    /// EIGEN for each ETH staked, in thousandths, announced at hours of the path; its price is 0.02 ETH.
    var rewards: [(hour: Int, thousandths: Int64)] = []

    static func time(hour: Int) -> Instant { HourlySeries.time(hour: hour) }

    /// A path that is calm for some hours, goes to a percentage in equal steps, and stays there.
    static func move(to percent: Int64, over hours: Int, from first: Int64 = 300_000) -> [Int64] {
        HourlySeries.path(from: first, calm: 48, to: percent, over: hours, rest: 72)
    }

    var series: [MarketSeries] {
        var all = ([Self.spot] + Self.perps).map(bars)
        for perp in Self.perps {
            all.append(
                HourlySeries.funding(perp, Array(repeating: rate, count: max(1, closes.count / 8))))
        }
        let hours = Array(0..<closes.count)
        all += [
            values("aave-oracle:spot:WETH/USD", .ratio, "ratio", hours.map { ($0, closes[$0]) }, scale: 2),
            values(
                "aave-oracle:spot:weETH/USD", .ratio, "ratio",
                hours.map { ($0, closes[$0] * ratio($0)) }, scale: 8),
            values("curve:spot:weETH/ETH", .ratio, "ratio", hours.map { ($0, poolRate($0)) }, scale: 6),
        ]
        let days = Array(stride(from: 0, through: closes.count, by: 24))
        all += [
            values(
                "aave-v3:aToken:weETH", .index, "liquidity-index", days.map { ($0, 1_000_000) }, scale: 6),
            values(
                "aave-v3:debtToken:WETH", .index, "variable-borrow-index",
                days.map { ($0, 1_000_000 + Int64($0)) }, scale: 6),
        ]
        if let gas {
            all += [
                values("ethereum:base:ETH", .gas, "gas-price", hours.map { ($0, gas) }, scale: 0),
                values(
                    "aave-oracle:spot:USDT/USD", .ratio, "ratio", hours.map { ($0, 100_000_000) }, scale: 8),
            ]
        }
        if !rewards.isEmpty {
            all.append(
                values(
                    "etherfi:base:EIGEN", .ratio, "per-eeth", rewards.map { ($0.hour, $0.thousandths) },
                    scale: 3))
            all.append(HourlySeries.bars("uniswap-v3:spot:EIGEN/WETH", closes.map { _ in 2 }))
        }
        return all.filter { !missing.contains($0.instrument.description) }
    }

    private func bars(_ id: String) -> MarketSeries { HourlySeries.bars(id, closes) }

    private func values(
        _ id: String, _ kind: SeriesKind, _ name: String, _ rows: [(hour: Int, value: Int64)], scale: Int
    ) -> MarketSeries { HourlySeries.values(id, kind, name, rows, scale: scale) }

    /// A run of a market-neutral mode with 100,000 USDT; every step is told to the probe.
    func run(
        _ mode: String, _ parameters: [(String, ParameterValue)] = [], capital: Int = 100_000,
        shareClass: String = "USDT", flows: [CapitalFlow] = []
    ) throws -> (result: BacktestResult, steps: [HedgedProbe.Step]) {
        let plan = Self.plan(mode, parameters, capital: capital, shareClass: shareClass, flows: flows)
        let probe = HedgedProbe()
        let result = try HedgedProbe.$current.withValue(probe) {
            try Backtest.run(
                plan: plan, series: series, registry: Self.registry,
                options: BacktestOptions(keepsRecords: true, keepsLedger: true))
        }
        return (result, probe.steps)
    }

    static let registry = StrategyRegistry([
        ProbedHedge<USDTMarketNeutralUnlevered>.self, ProbedHedge<USDTMarketNeutral>.self,
    ])

    static func plan(
        _ mode: String, _ parameters: [(String, ParameterValue)] = [], capital: Int = 100_000,
        shareClass: String = "USDT", flows: [CapitalFlow] = []
    ) -> BacktestPlan {
        var given = [NamedParameter("hedge", HourlySeries.hedge)]
        given = given.filter { own in !parameters.contains { $0.0 == own.name } }
        return BacktestPlan(
            name: "test",
            strategies: [
                PlannedStrategy(
                    account: "book", strategy: "probed-" + mode,
                    parameters: given + parameters.map { NamedParameter($0.0, $0.1) },
                    capital: ExactDecimal(capital))
            ], capital: ExactDecimal(capital), shareClass: Asset(shareClass)!,
            execution: ExecutionModel(commission: CommissionModel()),
            instruments: (Self.perps + [Self.spot]).map {
                InstrumentOverride(instrument: InstrumentID($0)!, lotSize: ExactDecimal("0.001")!)
            }, flows: flows)
    }
}

/// Takes note of what a market-neutral strategy saw at each step.
final class HedgedProbe: @unchecked Sendable {
    // Sendable: only the run that it was handed to, which has one thread, writes it.
    @TaskLocal static var current: HedgedProbe?

    /// One step, as the strategy saw it before it acted.
    struct Step {
        let time: Instant
        let delta: Double
        let equity: Double
        let margins: [Double]
        /// Money at the venues of the shorts.
        let atVenues: Double
        /// Value of the staked side, in money.
        let staked: Double
        let isWorking: Bool
        let health: ExactDecimal?
        let band: RiskBand
        /// Whether monitors let it only reduce.
        let isOverridden: Bool
        /// Units sold short, by perpetual, and staking tokens held or supplied.
        let shorts: [Int64]
        let tokens: Int128
    }

    var steps: [Step] = []
}

/// A strategy under test, with a probe.
struct ProbedHedge<Own: Strategy>: Strategy {
    static var descriptor: StrategyDescriptor {
        let own = Own.descriptor
        return StrategyDescriptor(
            name: "probed-" + own.name, summary: own.summary, exposure: own.exposure,
            parameters: own.parameters, needs: own.needs)
    }

    private var own: Own
    private let probe: HedgedProbe?
    private let perps: [InstrumentIndex]
    private let tokens: [InstrumentIndex]

    static func check(_ parameters: Parameters) -> [ParameterProblem] { Own.check(parameters) }
    static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        Own.seriesNeeds(parameters, shareClass: shareClass)
    }
    static func operates(_ parameters: Parameters, shareClass: Asset) -> [InstrumentID] {
        Own.operates(parameters, shareClass: shareClass)
    }
    static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] {
        Own.startProblems(parameters, shareClass: shareClass, capital: capital)
    }

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        own = try Own(setup)
        probe = HedgedProbe.current
        perps = HedgedMarketData.perps.map { setup.index(of: InstrumentID($0)!)! }
        tokens = ["etherfi:lst:weETH", "aave-v3:aToken:weETH"].compactMap {
            setup.index(of: InstrumentID($0)!)
        }
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        own.receive(bar: bar, of: instrument, &context)
    }
    mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {
        own.receive(observation: observation, &context)
    }
    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        own.receive(update: update, &context)
    }
    mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        own.receive(account: update, &context)
    }

    mutating func stepEnded(_ context: inout StrategyContext) {
        let unit = 1e8
        func number(_ amount: Amount) -> Double { WideArithmetic.approximateDouble(amount.units) / unit }
        let snapshot = context.snapshot()
        var isWorking = false
        for perp in perps where context.working(of: perp) != .zero { isWorking = true }
        let venues = ["binance", "bybit"].map { Venue($0)! }
        var atVenues = 0.0
        for venue in venues {
            let balance = context.balance(of: Asset("USDT")!, at: venue)
            atVenues += number(context.margin(at: venue)?.equity ?? balance)
        }
        let delta = snapshot.map { number($0.netDelta) } ?? 0
        var short = 0.0
        var shorts: [Int64] = []
        for perp in perps {
            let mark = context.markPrice(of: perp)?.mantissa ?? 0
            shorts.append(-context.position(of: perp).mantissa)
            short -= Double(context.position(of: perp).mantissa) / 1e8 * Double(mark) / 100
        }
        probe?.steps.append(
            HedgedProbe.Step(
                time: context.now, delta: delta, equity: number(context.equity()),
                margins: snapshot?.margins.compactMap { $0.ratio?.decimal.approximateDouble } ?? [],
                atVenues: atVenues, staked: delta + short, isWorking: isWorking,
                health: context.healthFactor(), band: context.riskStanding().band,
                isOverridden: context.isRiskOverridden, shorts: shorts,
                tokens: tokens.reduce(0) { $0 + context.holding(of: $1).units }))
        own.stepEnded(&context)
    }
}
