import Events
import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import Units

/// Asks at its first bar for an order far from the market, for the day.
private struct OneDayOrder: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "one-day-order", summary: "One resting order for the day.", parameters: [])
    private var hasAsked = false

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        if hasAsked { return }
        hasAsked = true
        context.submit(
            OrderRequest(
                .buy, Quantity(mantissa: 100_000_000), of: instrument, type: .limit(Price(mantissa: 1)),
                timeInForce: .day))
    }
}

@Suite struct DayOrderTests {
    private static let open = Instant(iso8601: "2024-01-08T14:30:00Z")!

    /// When the order of a run over hourly bars through the night was said to have ended.
    private func end(_ calendars: [InstrumentID: SessionCalendar]) throws -> Instant? {
        let hour = Timespan.hour.nanoseconds
        let times = (0..<48).map { Self.open.nanoseconds + Int64($0) * hour }
        let prices = Column(times.map { _ in Int64(100) })
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(times), closeTime: Column(times.map { $0 + hour }), open: prices,
                high: prices, low: prices, close: prices, volume: prices), .fixed(.hour))
        let scale = Scale(0)
        let series = MarketSeries(
            instrument: try #require(InstrumentID("us:spot:SPYUSD")), kind: .bars, columns: columns,
            priceScale: scale, quantityScale: scale,
            digest: columns.digest(kind: .bars, priceScale: scale, quantityScale: scale), warnings: [])
        let name = OneDayOrder.descriptor.name
        let plan = BacktestPlan(
            name: "day",
            strategies: [
                PlannedStrategy(account: name, strategy: name, parameters: [], capital: ExactDecimal(1000))
            ], capital: ExactDecimal(1000), shareClass: try #require(Asset("USD")),
            execution: ExecutionModel(commission: CommissionModel()))
        var log: [UInt8] = []
        _ = try Backtest.run(
            plan: plan, series: [series], calendars: calendars,
            registry: StrategyRegistry([OneDayOrder.self]),
            options: BacktestOptions(keepsRecords: true, logSink: { log += $0 }))
        return try log.withUnsafeBytes { bytes in
            var reader = RunLogReader(bytes: bytes)
            while let record = try reader.next() {
                if case .orderMoved(_, .expired, .sessionEnded) = record.event { return record.time }
            }
            return nil
        }
    }

    @Test func aDayOrderEndsWithTheSessionOrElseWithTheDay() throws {
        let close = Self.open + Timespan(nanoseconds: 6 * Timespan.hour.nanoseconds)
        let next = Instant(nanoseconds: Self.open.nanoseconds + Timespan.day.nanoseconds)
        let session = MarketSession(day: Self.open.day, open: Self.open, close: close)
        let later = MarketSession(
            day: Self.open.day + 1, open: next, close: next + Timespan(nanoseconds: 1_000_000_000))
        let spy = try #require(InstrumentID("us:spot:SPYUSD"))
        let calendar = SessionCalendar(name: "us-equity", sessions: [session, later])
        let hour = Timespan.hour.nanoseconds
        // It is known at the first bar after the end at the latest.
        let early = try #require(try end([spy: calendar])).nanoseconds - close.nanoseconds
        #expect((0...hour).contains(early))
        let midnight = Instant(day: Self.open.day + 1).nanoseconds
        #expect((0...hour).contains(try #require(try end([:])).nanoseconds - midnight))
    }
}
