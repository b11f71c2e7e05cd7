import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import Units

/// The guide's strategy, run through the whole engine.
@Suite struct ChannelBreakoutTests {
    struct Row {
        var open: Int64
        var high: Int64
        var low: Int64
        var close: Int64
    }

    struct Expected: Equatable {
        var row: Int
        var side: Side
        var price: Int64
    }

    @Test func itTradesAsTheTestOfThePackageExpects() throws {
        let closes: [Int64] = [100, 101, 99, 100, 101, 100, 105, 106, 90, 89]
        let rows = closes.map { Row(open: $0, high: $0 + 1, low: $0 - 1, close: $0) }
        let result = try run(rows, lookback: 4)
        #expect(
            fills(of: result) == [
                Expected(row: 7, side: .buy, price: 106), Expected(row: 9, side: .sell, price: 89),
            ])
        #expect(result.finalEquity.description == "983")
        #expect(result.tradeCount == 1)
    }

    @Test func itAgreesWithTheRuleReadOutLoudOverRandomMarkets() throws {
        var filled = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let lookback = Int(random.integer(in: 2...20))
            let rows = market(count: Int(random.integer(in: 1...300)), &random)
            let result = try run(rows, lookback: lookback)
            let expected = naive(rows, lookback: lookback)
            #expect(fills(of: result) == expected, "seed \(seed), lookback \(lookback), \(rows.count) bars")
            #expect(result.attributionResidual.isZero)
            filled += expected.count
        }
        #expect(filled > 100, "the markets make it trade")
    }

    @Test func aLookbackOutOfRangeIsRefusedBeforeTheRun() {
        let rows = [Row(open: 1, high: 1, low: 1, close: 1)]
        #expect(throws: BacktestError.self) { _ = try run(rows, lookback: 1) }
        #expect(throws: BacktestError.self) { _ = try run(rows, lookback: 501) }
    }

    /// The rule by the book: after each close, look at the bars before it; trade at the next open.
    private func naive(_ rows: [Row], lookback: Int) -> [Expected] {
        var fills: [Expected] = []
        var isLong = false
        for index in rows.indices where index >= lookback && index + 1 < rows.count {
            let channel = rows[(index - lookback)..<index]
            let isAbove = channel.allSatisfy { rows[index].close > $0.high }
            let isBelow = channel.allSatisfy { rows[index].close < $0.low }
            if isAbove && !isLong {
                fills.append(Expected(row: index + 1, side: .buy, price: rows[index + 1].open))
                isLong = true
            } else if isBelow && isLong {
                fills.append(Expected(row: index + 1, side: .sell, price: rows[index + 1].open))
                isLong = false
            }
        }
        return fills
    }

    private func market(count: Int, _ random: inout SplitMix64) -> [Row] {
        var price: Int64 = 10_000
        return (0..<count).map { _ in
            let open = price + random.integer(in: -5...5)
            let close = open + random.integer(in: -40...40)
            price = close
            return Row(
                open: open, high: max(open, close) + random.integer(in: 0...10),
                low: min(open, close) - random.integer(in: 0...10), close: close)
        }
    }

    private func run(_ rows: [Row], lookback: Int) throws -> BacktestResult {
        let times = rows.indices.map { Int64($0) * Timespan.hour.nanoseconds }
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(times), closeTime: Column(times.map { $0 + Timespan.hour.nanoseconds }),
                open: Column(rows.map(\.open)), high: Column(rows.map(\.high)), low: Column(rows.map(\.low)),
                close: Column(rows.map(\.close)), volume: Column(rows.map { _ in 1_000 })),
            .fixed(.hour))
        let scale = Scale(0)
        let series = MarketSeries(
            instrument: try #require(InstrumentID("sim:spot:BTCUSDT")), kind: .bars, columns: columns,
            priceScale: scale, quantityScale: scale,
            digest: columns.digest(kind: .bars, priceScale: scale, quantityScale: scale), warnings: [])
        let name = ChannelBreakoutStrategy.descriptor.name
        let plan = BacktestPlan(
            name: "guide",
            strategies: [
                PlannedStrategy(
                    account: name, strategy: name,
                    parameters: [NamedParameter("lookback", .number(ExactDecimal(lookback)))],
                    capital: ExactDecimal(1000))
            ], capital: ExactDecimal(1000), shareClass: try #require(Asset("USDT")),
            execution: ExecutionModel(commission: CommissionModel()))
        return try Backtest.run(
            plan: plan, series: [series], registry: StrategyRegistry([ChannelBreakoutStrategy.self]),
            options: BacktestOptions(keepsRecords: true))
    }

    private func fills(of result: BacktestResult) -> [Expected] {
        result.fills.map { fill in
            let unit = (0..<Int(result.instruments[0].fillPriceScale.decimals)).reduce(Int64(1)) { n, _ in
                n * 10
            }
            return Expected(
                row: Int(fill.time.nanoseconds / Timespan.hour.nanoseconds), side: fill.side,
                price: fill.price.mantissa / unit)
        }
    }
}
