import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// Buys one unit of an instrument at every bar of another, and writes down what it is told.
private struct EveryBar: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "every-bar", summary: "Buys at every bar.",
        parameters: [
            ParameterDescription("page", .integer(0...Int64.max), summary: "Where it writes."),
            ParameterDescription("buys", .instrument, summary: "What it buys."),
            ParameterDescription("from", .integer(0...1_000_000), summary: "Minute of its first order."),
            ParameterDescription("to", .integer(0...1_000_000), summary: "Minute of its last order."),
            ParameterDescription("sees", .instrument, summary: "Whose bars it counts."),
        ])

    let page: Int
    let buys: InstrumentIndex
    let sees: InstrumentIndex
    let minutes: ClosedRange<Int>

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        page = try setup.parameters.integer("page")
        minutes = try setup.parameters.integer("from")...setup.parameters.integer("to")
        buys = try setup.chosenInstruments(with: .bars, parameter: "buys")[0]
        sees = try setup.chosenInstruments(with: .bars, parameter: "sees")[0]
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        guard instrument == sees else { return }
        DecisionBook.add(Decision(time: context.now, text: "bar"), to: page)
        if minutes.contains(Int(context.now.nanoseconds / 60_000_000_000)) {
            context.submit(OrderRequest(.buy, Quantity(mantissa: 100_000_000), of: buys))
        }
    }

    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        if update.order.status == .rejected {
            DecisionBook.add(Decision(time: context.now, text: update.reason.name), to: page)
        }
    }
}

@Suite struct WindowTests {
    private static let minuteID = "test:spot:BTCUSDT"

    private func minuteBars(_ count: Int64) -> MarketSeries {
        TestSeries.bars(
            Self.minuteID, (0..<count).map { [$0, 10_000 + $0, 10_050 + $0, 9_950 + $0, 10_020 + $0, 9] })
    }

    private func run(
        _ series: [MarketSeries], sees: String = minuteID, buys: String = minuteID, from: Int = 0,
        to: Int = 1_000_000, start: Int64? = nil, end: Int64? = nil, fill: BarFillRule = .nextOpen
    ) throws -> (BacktestResult, [Decision]) {
        let page = DecisionBook.open()
        let plan = BacktestPlan(
            name: "window",
            strategies: [
                PlannedStrategy(
                    account: "a", strategy: "every-bar",
                    parameters: [
                        NamedParameter("page", .number(ExactDecimal(page))),
                        NamedParameter("buys", .text(buys)), NamedParameter("sees", .text(sees)),
                        NamedParameter("from", .number(ExactDecimal(from))),
                        NamedParameter("to", .number(ExactDecimal(to))),
                    ], capital: ExactDecimal(100_000))
            ], capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            start: start.map { Instant(nanoseconds: $0 * 60_000_000_000) },
            end: end.map { Instant(nanoseconds: $0 * 60_000_000_000) },
            execution: ExecutionModel(fill: fill, commission: CommissionModel()))
        let result = try Backtest.run(
            plan: plan, series: series, registry: StrategyRegistry([EveryBar.self]),
            options: BacktestOptions(keepsRecords: true))
        return (result, DecisionBook.close(page))
    }

    private func minutes(_ result: BacktestResult) -> [Int64] {
        result.fills.map { $0.time.nanoseconds / 60_000_000_000 }
    }

    @Test func barsBeforeTheWindowWarmUpAndDoNotTradeAndItsEndIsNotPartOfIt() throws {
        let (result, told) = try run([minuteBars(12)], start: 3, end: 8)
        // The first bar of the window closes at 4, and the order fills there, at the next open; the last bar
        // of the window is that of minute 7, whose order has no bar after it.
        #expect(minutes(result) == [4, 5, 6, 7])
        #expect(result.fills.map(\.price.mantissa) == [10_004, 10_005, 10_006, 10_007].map { $0 * 10_000 })
        #expect(told.filter { $0.text == "bar" }.count == 8, "bars of minutes 0 to 7")
        #expect(told.filter { $0.text == "not-trading" }.count == 3, "orders of minutes 0 to 2")
        #expect(result.steps == 5)
        #expect(result.data.rows == 8)
        #expect(result.start == Instant(nanoseconds: 3 * 60_000_000_000))
        #expect(result.end == Instant(nanoseconds: 8 * 60_000_000_000))
        // Four bought at 100.04 to 100.07, marked at the close of minute 7, 100.27.
        #expect(result.finalEquity.description == "100000.86")
    }

    @Test func underCloseTheLastBarOfTheWindowTrades() throws {
        let (result, _) = try run([minuteBars(12)], start: 3, end: 8, fill: .close)
        #expect(minutes(result) == [4, 5, 6, 7, 8])
    }

    @Test func withoutAWindowEveryBarTrades() throws {
        let (result, told) = try run([minuteBars(6)])
        #expect(minutes(result) == [1, 2, 3, 4, 5])
        #expect(told.allSatisfy { $0.text == "bar" })
    }

    @Test func anEmptyWindowIsRefused() throws {
        #expect(throws: BacktestError.self) { _ = try run([minuteBars(6)], start: 6) }
        #expect(throws: BacktestError.self) { _ = try run([minuteBars(6)], end: 0) }
    }

    @Test func cuttingTheDataAtTheEndOfTheWindowChangesNothing() throws {
        for seed in 0..<UInt64(200) {
            var run = RandomRun(seed: seed)
            let times = run.raw.flatMap { $0.rows.map { $0[0] } }.sorted()
            let end = times[times.count * 2 / 3]
            run.plan.start = Instant(nanoseconds: times[times.count / 3])
            run.plan.end = Instant(nanoseconds: end)
            var cut = run
            for place in cut.raw.indices { cut.raw[place].rows.removeAll { $0[0] >= end } }
            guard cut.raw.allSatisfy({ !$0.rows.isEmpty }), let one = try? run.run(), let two = try? cut.run()
            else { continue }
            #expect(one.fills == two.fills && one.finalEquity == two.finalEquity, "seed \(seed)")
            #expect(one.steps == two.steps, "seed \(seed)")
            #expect(one.fills.allSatisfy { $0.time >= run.plan.start! }, "seed \(seed)")
        }
    }

    @Test func anOrderFromAMinuteFillsAtTheNextHoursOpen() throws {
        let hour = "test:spot:ETHUSDT"
        let hours = TestSeries.bars(
            hour, (0..<4).map { [$0 * 60, 2_000 + $0, 2_100, 1_900, 2_050, 5] }, timeframe: .fixed(.hour))
        let series = [minuteBars(200), hours]
        let (result, _) = try run(series, buys: hour, from: 91, to: 91)
        #expect(minutes(result) == [120])
        #expect(result.fills.map(\.price.mantissa) == [20_020_000])
        // Decided at the very close of an hour, it fills at once.
        let (atOnce, _) = try run(series, buys: hour, from: 120, to: 120)
        #expect(minutes(atOnce) == [120])
        // Under close, it waits for the hour's close.
        let (close, _) = try run(series, buys: hour, from: 91, to: 91, fill: .close)
        #expect(minutes(close) == [120])
        #expect(close.fills.map(\.price.mantissa) == [20_500_000])
        // From the hours to the minutes: the next minute's open.
        let (down, _) = try run(series, sees: hour, from: 120, to: 120)
        #expect(minutes(down) == [120])
        #expect(down.fills.map(\.price.mantissa) == [101_200_000])
    }

    @Test func aQuoterThatWarmedUpQuotesOnceItMay() throws {
        let second: Int64 = 1_000_000_000
        var (quotes, trades): ([[Int64]], [[Int64]]) = ([], [])
        for step in Int64(0)..<40 { quotes.append([step * second, 9_900, 10_000, 500_000_000, 500_000_000]) }
        for step in Int64(20)..<40 {
            let isSell = step % 2 == 0
            trades.append([step * second + 1, isSell ? 9_890 : 10_010, 100_000_000, isSell ? 1 : 0])
        }
        let raw = [
            RawSeries(
                id: Self.minuteID, kind: .quotes, priceScale: 2, sizeScale: 8, minutes: 1, rows: quotes),
            RawSeries(
                id: Self.minuteID, kind: .trades, priceScale: 2, sizeScale: 8, minutes: 1, rows: trades),
        ]
        let plan = BacktestPlan(
            name: "quoter",
            strategies: [
                PlannedStrategy(
                    account: "quoter", strategy: "quoter",
                    parameters: [NamedParameter("every", .number(ExactDecimal(1)))],
                    capital: ExactDecimal(100_000))
            ], capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            start: Instant(nanoseconds: 10_000_000_000),
            execution: ExecutionModel(commission: CommissionModel()))
        let result = try Backtest.run(
            plan: plan, series: raw.map(\.series), registry: StrategyRegistry(BuiltInStrategies.all))
        #expect(result.fillCount == 20)
    }
}
