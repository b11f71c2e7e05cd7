import Accounting
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Units

/// Rows of one series as plain numbers, so that tests can change them.
struct RawSeries {
    let id: String
    let kind: SeriesKind
    let priceScale: Int
    let sizeScale: Int
    /// Minutes of a bar.
    let minutes: Int
    /// Bars: open time, open, high, low, close, volume. Quotes: time, bid, ask, sizes. Trades: time, price,
    /// quantity, aggressor. Times are nanoseconds.
    var rows: [[Int64]]

    var barLength: Int64 { Int64(minutes) * 60_000_000_000 }

    /// When a row becomes visible.
    func visible(_ row: [Int64]) -> Int64 { kind == .bars ? row[0] + barLength : row[0] }

    var series: MarketSeries {
        func column(_ index: Int) -> Column { Column(rows.map { $0[index] }) }
        let columns: SeriesColumns
        switch kind {
        case .bars:
            columns = .bars(
                BarColumns(
                    openTime: column(0), closeTime: Column(rows.map(visible)), open: column(1),
                    high: column(2),
                    low: column(3), close: column(4), volume: column(5)), .fixed(minutes * .minute))
        case .quotes:
            columns = .quotes(
                QuoteColumns(
                    time: column(0), bid: column(1), ask: column(2), bidSize: column(3), askSize: column(4)))
        default:
            columns = .trades(
                TradeColumns(time: column(0), price: column(1), quantity: column(2), aggressor: column(3)))
        }
        return TestSeries.series(id, kind, columns, priceScale, sizeScale)
    }
}

/// A small run drawn from a seed: markets, orders of every kind, fees, slippage, latency, caps.
struct RandomRun {
    /// What may be drawn.
    struct Shape {
        var strategies = 1...1
        var barsOnly = false
        var allowsDraws = true
        var allowsCap = true
        var crossPairs = false
    }

    private(set) var random: SplitMix64
    var raw: [RawSeries] = []
    var plan: BacktestPlan

    static let registry = StrategyRegistry([RandomTrader.self] + BuiltInStrategies.all)
    private static let markets: [(id: String, scale: Int, price: Int64)] = [
        ("test:spot:BTCUSDT", 2, 5_000_000), ("test:spot:ETHUSDT", 2, 300_000),
        ("other:spot:BTCUSDT", 3, 50_000_000), ("test:spot:SOLUSDT", 4, 1_500_000),
    ]
    /// 23:00 of a day, so that runs go over midnight.
    private static let start: Int64 = (19_700 * 24 + 23) * 3_600_000_000_000

    init(seed: UInt64, shape: Shape = Shape()) {
        random = SplitMix64(seed: seed, purpose: "random run")
        plan = BacktestPlan(
            name: "random", strategies: [], capital: .zero, shareClass: Asset("USDT")!, seed: seed)
        let count = Int(pick(Int64(shape.strategies.lowerBound)...Int64(shape.strategies.upperBound)))
        plan.strategies = (0..<count).map { _ in
            PlannedStrategy(
                account: "", strategy: "random-trader",
                parameters: [NamedParameter("seed", .number(ExactDecimal(Int(pick(1...1_000_000_000)))))],
                capital: ExactDecimal(Int(pick(1...20)) * 50_000))
        }
        name()
        plan.execution = execution(shape)
        var chosen = Self.markets
        while chosen.count > 1, pick(0...2) != 0 { chosen.remove(at: Int(pick(0...Int64(chosen.count - 1)))) }
        if shape.crossPairs {
            chosen =
                [Self.markets[0], ("test:spot:ETHBTC", 5, 6_000)] + chosen.filter { $0.id.hasPrefix("o") }
        }
        for market in chosen { addSeries(market, shape) }
    }

    private mutating func name() {
        plan.strategies = plan.strategies.enumerated().map { place, one in
            PlannedStrategy(
                account: "book-\(place)", strategy: one.strategy, parameters: one.parameters,
                capital: one.capital)
        }
        let units = plan.strategies.reduce(Int128(0)) { $0 + $1.capital.mantissa }
        plan.capital = ExactDecimal(mantissa: units, scale: Scale(0))
    }

    mutating func pick(_ range: ClosedRange<Int64>) -> Int64 { random.integer(in: range) }

    private mutating func execution(_ shape: Shape) -> ExecutionModel {
        let rate = BasisPoints(millionths: pick(-2_000_000...20_000_000))
        var model = ExecutionModel(
            fill: BarFillRule.allCases[Int(pick(0...3))],
            commission: CommissionModel(
                taker: rate, maker: rate,
                perUnit: ExactDecimal(mantissa: Int128(pick(0...3)), scale: Scale(3)),
                minimum: ExactDecimal(mantissa: Int128(pick(0...1) * pick(0...300)), scale: Scale(2))))
        switch pick(0...3) {
        case 0: model.slippage = .fixed(BasisPoints(millionths: pick(0...40_000_000)))
        case 1: model.slippage = .squareRoot(coefficient: BasisPoints(millionths: pick(0...90_000_000)))
        case 2:
            model.slippage = .buckets([
                SlippageBucket(size: ExactDecimal(50_000), cost: BasisPoints(millionths: 1_000_000)),
                SlippageBucket(size: ExactDecimal(900_000), cost: BasisPoints(millionths: 7_000_000)),
            ])
        default: break
        }
        model.orderLatency = latency(shape)
        model.reportLatency = latency(shape)
        if shape.allowsCap, pick(0...3) == 0 {
            model.participation = ExactDecimal(mantissa: Int128(pick(1...100)), scale: Scale(2))
        }
        model.allowsShortSpot = pick(0...4) != 0
        model.allowsOverdraft = pick(0...4) != 0
        return model
    }

    private mutating func latency(_ shape: Shape) -> LatencyModel {
        switch pick(0...5) {
        case 0: return .constant(Timespan(nanoseconds: pick(1...90_000_000_000)))
        case 1 where shape.allowsDraws:
            return .uniform(pick(0...1_000_000_000)...pick(1_000_000_000...90_000_000_000))
        default: return .none
        }
    }

    private mutating func addSeries(_ market: (id: String, scale: Int, price: Int64), _ shape: Shape) {
        let kinds: [[SeriesKind]] = [
            [.bars], [.bars], [.quotes], [.trades], [.quotes, .trades], [.bars, .quotes], [.bars, .trades],
        ]
        for kind in shape.barsOnly ? [.bars] : kinds[Int(pick(0...6))] {
            let minutes = kind == .bars ? [1, 1, 5, 60][Int(pick(0...3))] : 1
            var one = RawSeries(
                id: market.id, kind: kind, priceScale: market.scale,
                sizeScale: [0, 4, 8, 10][Int(pick(0...3))],
                minutes: minutes, rows: [])
            let count = minutes == 60 ? pick(2...6) : pick(6...40)
            let first = Self.start + pick(0...10) * one.barLength
            extend(&one, count: Int(count), from: first, price: market.price)
            raw.append(one)
        }
    }

    /// Adds rows from a time and near a price on.
    mutating func extend(_ one: inout RawSeries, count: Int, from start: Int64, price: Int64) {
        var (time, price) = (start, price)
        let unit = (0..<one.sizeScale).reduce(Int64(1)) { power, _ in power * 10 }
        for _ in 0..<count {
            price = max(100, price + pick(-price / 80...price / 80))
            switch one.kind {
            case .bars:
                let close = max(50, price + pick(-price / 100...price / 100))
                let (high, low) = (
                    max(price, close) + pick(0...price / 150), min(price, close) - pick(0...20)
                )
                one.rows.append([time, price, high, low, close, pick(0...40) * unit])
                price = close
                time += one.barLength * (pick(0...5) == 0 ? pick(2...3) : 1)
            case .quotes:
                var row = [
                    time, price, price + pick(1...price / 400 + 1), pick(0...9) * unit, pick(0...9) * unit,
                ]
                if pick(0...9) == 0 { (row[1], row[3]) = (0, 0) }
                if pick(0...9) == 0 { (row[2], row[4]) = (0, 0) }
                one.rows.append(row)
                time += pick(0...70) * 1_000_000_000
            default:
                one.rows.append([time, price, pick(1...9) * unit, pick(-1...1)])
                time += pick(0...70) * 1_000_000_000
            }
        }
    }

    var series: [MarketSeries] { raw.filter { !$0.rows.isEmpty }.map(\.series) }

    func run(keepsRecords: Bool = true) throws -> BacktestResult {
        try run(series, keepsRecords: keepsRecords)
    }

    func run(_ series: [MarketSeries], keepsRecords: Bool = true) throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: series, registry: Self.registry,
            options: BacktestOptions(keepsRecords: keepsRecords))
    }
}
