import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// The directional modes beside a plain loop, and what they refuse.
@Suite struct DirectionalTests {
    private static let perp = "binance:perp:BTCUSDT"
    private static let span: Int64 = 300_000_000_000

    private static func rows(_ random: inout SplitMix64, _ count: Int) -> [PlainDirectional.Row] {
        var last: Int64 = 4_000_000
        return (0..<count).map { _ in
            let open = max(100_000, last + random.integer(in: -1_000...1_000))
            let close = max(100_000, open + random.integer(in: -20_000...20_000))
            last = close
            return PlainDirectional.Row(
                open: open, high: max(open, close) + random.integer(in: 0...9_000),
                low: min(open, close) - random.integer(in: 0...9_000), close: close)
        }
    }

    private static func signals(
        _ random: inout SplitMix64, _ rows: [PlainDirectional.Row]
    ) -> [PlainDirectional.Signal?] {
        var last = 0
        return rows.map { row in
            if random.next() % 6 == 0 { return nil }
            if random.next() % 3 != 0 { last = Int(random.integer(in: -1...2)) }
            var signal = PlainDirectional.Signal(
                side: last, confidence: Int(random.integer(in: 60...100)))
            if random.next() % 3 == 0 { signal.deviation = random.integer(in: 500...4_000) }
            if random.next() % 3 == 0 {
                let sign: Int64 = last == -1 ? -1 : 1
                signal.stop = row.close - sign * random.integer(in: 1...30_000)
                signal.target = row.close + sign * random.integer(in: 1...30_000)
            }
            return signal
        }
    }

    private static func series(
        _ rows: [PlainDirectional.Row], _ signals: [PlainDirectional.Signal?], key: String = perp
    ) -> [MarketSeries] {
        let bars = rows.enumerated().map { place, row in
            Bar(
                openTime: Instant(nanoseconds: Int64(place) * span),
                closeTime: Instant(nanoseconds: Int64(place + 1) * span), open: Price(mantissa: row.open),
                high: Price(mantissa: row.high), low: Price(mantissa: row.low),
                close: Price(mantissa: row.close), volume: Quantity(mantissa: 1_000))
        }
        let known = signals.enumerated().compactMap { place, signal in signal.map { (place, $0) } }
        func column(_ value: (PlainDirectional.Signal) -> Int64) -> Column {
            Column(known.map { value($0.1) })
        }
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(known.map { Int64($0.0 + 1) * span }), names: MarketSignal.valueNames,
                values: [
                    column { Int64($0.side) * 1_000_000 }, column { Int64($0.confidence) * 10_000 },
                    column { $0.stop * 10_000 }, column { $0.target * 10_000 }, column { $0.deviation },
                ]))
        return [
            RandomMarket.series(key, bars, span: Timespan(nanoseconds: span)),
            MarketSeries(
                instrument: InstrumentID(key)!, kind: .signals, columns: columns, priceScale: Scale(6),
                quantityScale: Scale(0),
                digest: columns.digest(kind: .signals, priceScale: Scale(6), quantityScale: Scale(0)),
                warnings: []),
        ]
    }

    private static func plan(
        _ strategy: String = "ml-directional-usdt", _ parameters: [(String, ParameterValue)] = [],
        capital: (String, String) = ("100000", "USDT"), key: String = perp, lot: String = "0.001",
        contract: ContractTerms? = nil
    ) -> BacktestPlan {
        let amount = ExactDecimal(capital.0)!
        return BacktestPlan(
            name: "test",
            strategies: [
                PlannedStrategy(
                    account: "ml", strategy: strategy,
                    parameters: parameters.map { NamedParameter($0.0, $0.1) }, capital: amount)
            ], capital: amount, shareClass: Asset(capital.1)!,
            execution: ExecutionModel(commission: CommissionModel()),
            instruments: [
                InstrumentOverride(
                    instrument: InstrumentID(key)!, lotSize: ExactDecimal(lot)!, contract: contract)
            ])
    }

    private static func run(_ plan: BacktestPlan, _ series: [MarketSeries]) throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: series, registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(keepsRecords: true))
    }

    @Test func fillsAndEquityAreThoseOfAPlainLoop() throws {
        var random = SplitMix64(seed: 71)
        for round in 0..<12 {
            let rows = Self.rows(&random, 1_500)
            let signals = Self.signals(&random, rows)
            var plain = PlainDirectional(rows: rows, signals: signals)
            plain.usesStops = round % 4 != 3
            plain.exitsWithCandle = round % 2 == 0
            plain.run()
            let result = try Self.run(
                Self.plan(
                    "ml-directional-usdt",
                    [
                        ("stops", .text(plain.usesStops ? "signal" : "none")),
                        ("candle-exit", .flag(plain.exitsWithCandle)),
                    ]), Self.series(rows, signals))
            let fills = result.fills.map { fill in
                let place = Int(fill.time.nanoseconds / Self.span)
                let isOpen =
                    fill.cause == "market"
                    || rows.indices.contains(place)
                        && rows[place].open * 10_000 == fill.price.mantissa
                        && plain.fills.contains { $0.bar == place && $0.atOpen }
                return PlainDirectional.Fill(
                    bar: isOpen ? place : place - 1, atOpen: isOpen,
                    signed: fill.side.sign * fill.quantity.mantissa / 100_000,
                    price: fill.price.mantissa / 10_000)
            }
            #expect(fills.count == plain.fills.count && fills.count > 100, "round \(round)")
            if let place = zip(fills, plain.fills).enumerated().first(where: { $0.element.0 != $0.element.1 })
            {
                Issue.record("round \(round): fill \(place.offset): \(place.element)")
            }
            let equity = ExactDecimal(mantissa: Int128(plain.equity), scale: Scale(5))
            #expect(result.finalEquity == equity, "round \(round)")
            #expect(result.attributionResidual.isZero)
            #expect(result.fills.contains { $0.cause == "stop" } == plain.usesStops)
        }
    }

    @Test func anInverseContractIsTradedForTheWorthOfTheCoinsHeld() throws {
        // 2 BTC less a tenth at 40,000: 72,000 USD are 720 contracts of 100.
        let rows = Array(
            repeating: PlainDirectional.Row(
                open: 4_000_000, high: 4_000_000, low: 4_000_000, close: 4_000_000),
            count: 8)
        var signals = [PlainDirectional.Signal?](repeating: nil, count: 8)
        signals[1] = PlainDirectional.Signal(side: -1, confidence: 90)
        let key = "binance:perp:BTCUSD"
        let plan = Self.plan(
            "ml-directional-btc", capital: ("2", "BTC"), key: key, lot: "1",
            contract: try ContractTerms(settlement: .inverse, size: ExactDecimal(100)))
        let result = try Self.run(plan, Self.series(rows, signals, key: key))
        let units = result.fills.map { $0.side.sign * $0.quantity.mantissa / 100_000_000 }
        #expect(units == [-720, 720])
        #expect(result.fills.map { $0.time.nanoseconds / Self.span } == [2, 3], "one candle")
        #expect(result.finalEquity == ExactDecimal(2) && result.attributionResidual.isZero)
    }

    @Test func aSignalActsFromItsOwnTimeOn() throws {
        var random = SplitMix64(seed: 72)
        let rows = Self.rows(&random, 400)
        let signals = Self.signals(&random, rows)
        let whole = try Self.run(Self.plan(), Self.series(rows, signals))
        for cut in stride(from: 40, to: 400, by: 30) {
            // Signals from the close of bar `cut` on are turned; what filled before the next open stays.
            var other = signals
            for place in cut..<other.count where other[place] != nil {
                if let side = other[place]?.side, abs(side) == 1 { other[place]?.side = -side }
                other[place]?.stop = 0
                other[place]?.target = 0
            }
            let end = Int64(cut + 1) * Self.span
            let turned = try Self.run(Self.plan(), Self.series(rows, other))
            func early(_ result: BacktestResult) -> [FillRecord] {
                result.fills.filter { $0.time.nanoseconds < end }
            }
            #expect(early(whole) == early(turned))
        }
    }

    @Test func whatCannotBeTradedIsRefusedWithEveryReason() throws {
        var random = SplitMix64(seed: 73)
        let rows = Self.rows(&random, 30)
        let series = Self.series(rows, Self.signals(&random, rows))
        func message(_ plan: BacktestPlan, _ series: [MarketSeries]) -> String {
            do {
                _ = try Self.run(plan, series)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message(Self.plan(), [series[0]]).contains("signals"))
        let wrong = message(Self.plan("ml-directional-btc", [("instrument", .text(Self.perp))]), series)
        #expect(wrong.contains("counts in BTC") && wrong.contains("settles linear"), "\(wrong)")
        let high = message(Self.plan("ml-directional-usdt", [("leverage", .number(ExactDecimal(4)))]), series)
        #expect(high.contains("above max-leverage 3"), "\(high)")
        let deviations = [
            ("least-deviation", ParameterValue.number(ExactDecimal("0.2")!)),
            ("most-deviation", .number(ExactDecimal("0.1")!)),
        ]
        #expect(
            message(Self.plan("ml-directional-usdt", deviations), series).contains("above most-deviation"))
    }
}
