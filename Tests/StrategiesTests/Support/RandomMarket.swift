import Events
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Units

/// Random bars and quotes, and runs over them without costs.
enum RandomMarket {
    /// Minute bars of a random walk in hundredths, some minutes missing, prices often equal.
    static func bars(seed: UInt64, count: Int, start: Int64 = 0) -> [Bar] {
        var random = SplitMix64(seed: seed)
        var (minute, close): (Int64, Int64) = (start, 10_000)
        return (0..<count).map { _ in
            minute += random.next() % 12 == 0 ? 3 : 1
            let open = max(100, close + random.integer(in: -40...40))
            close = max(100, (open + random.integer(in: -2...2) * 75) / 50 * 50)
            let opens = Instant(nanoseconds: minute * 60_000_000_000)
            return Bar(
                openTime: opens, closeTime: opens + .minute, open: Price(mantissa: open),
                high: Price(mantissa: max(open, close) + 10), low: Price(mantissa: min(open, close) - 10),
                close: Price(mantissa: close), volume: Quantity(mantissa: 1_000))
        }
    }

    static func series(_ id: String, _ bars: [Bar], span: Timespan = .minute) -> MarketSeries {
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(bars.map(\.openTime.nanoseconds)),
                closeTime: Column(bars.map(\.closeTime.nanoseconds)), open: Column(bars.map(\.open.mantissa)),
                high: Column(bars.map(\.high.mantissa)), low: Column(bars.map(\.low.mantissa)),
                close: Column(bars.map(\.close.mantissa)), volume: Column(bars.map(\.volume.mantissa))),
            .fixed(span))
        return series(id, .bars, columns)
    }

    /// Quotes a second apart, one to five hundredths wide, wandering.
    static func quotes(seed: UInt64, count: Int) -> [Quote] {
        var random = SplitMix64(seed: seed)
        var bid: Int64 = 10_000
        return (1...count).map { second in
            bid = max(50, bid + random.integer(in: -4...4))
            let isOneSided = random.next() % 40 == 0
            return Quote(
                time: Instant(nanoseconds: Int64(second) * 1_000_000_000),
                bid: Price(mantissa: isOneSided ? 0 : bid),
                ask: Price(mantissa: bid + random.integer(in: 1...5)),
                bidSize: Quantity(mantissa: isOneSided ? 0 : 3),
                askSize: Quantity(mantissa: random.integer(in: 1...4)))
        }
    }

    static func series(_ id: String, _ quotes: [Quote], priceScale: Int = 2) -> MarketSeries {
        let columns = SeriesColumns.quotes(
            QuoteColumns(
                time: Column(quotes.map(\.time.nanoseconds)), bid: Column(quotes.map(\.bid.mantissa)),
                ask: Column(quotes.map(\.ask.mantissa)), bidSize: Column(quotes.map(\.bidSize.mantissa)),
                askSize: Column(quotes.map(\.askSize.mantissa))))
        return series(id, .quotes, columns, priceScale)
    }

    private static func series(
        _ id: String, _ kind: SeriesKind, _ columns: SeriesColumns, _ priceScale: Int = 2
    ) -> MarketSeries {
        MarketSeries(
            instrument: InstrumentID(id)!, kind: kind, columns: columns, priceScale: Scale(priceScale),
            quantityScale: Scale(0),
            digest: columns.digest(kind: kind, priceScale: Scale(priceScale), quantityScale: Scale(0)),
            warnings: [])
    }

    /// A run of one built-in strategy at next-open without commission, and its log.
    static func run(
        _ strategy: String, _ parameters: [(String, ParameterValue)], over series: [MarketSeries],
        instruments: [InstrumentOverride] = []
    ) throws -> (result: BacktestResult, log: [RunRecord]) {
        let plan = BacktestPlan(
            name: "test",
            strategies: [
                PlannedStrategy(
                    account: strategy, strategy: strategy,
                    parameters: parameters.map { NamedParameter($0.0, $0.1) },
                    capital: ExactDecimal(1_000_000))
            ], capital: ExactDecimal(1_000_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel()), instruments: instruments)
        var bytes: [UInt8] = []
        let result = try Backtest.run(
            plan: plan, series: series, registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(keepsRecords: true, logSink: { bytes.append(contentsOf: $0) }))
        let records = try bytes.withUnsafeBytes { raw in
            var reader = RunLogReader(bytes: raw)
            var records: [RunRecord] = []
            while let record = try reader.next() { records.append(record) }
            return records
        }
        return (result, records)
    }
}

/// A fill as a plain loop expects it: price in hundredths, quantity in hundred-millionths with its sign.
struct ExpectedFill: Hashable {
    var time: Instant
    var signed: Int64
    var price: Int64

    init(time: Instant, signed: Int64, price: Int64) {
        (self.time, self.signed, self.price) = (time, signed, price)
    }

    init(_ fill: FillRecord) {
        self.init(
            time: fill.time, signed: fill.side.sign * fill.quantity.mantissa,
            price: fill.price.mantissa / 10_000)
    }
}
