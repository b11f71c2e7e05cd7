import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// A small run to audit: bars around given closes, one strategy, chosen checks.
struct AuditScene {
    static let instrument = "test:spot:BTCUSDT"
    static let hour = Timespan.hour.nanoseconds
    /// Monday 2024-01-01.
    static let start = Instant(day: 19_723)

    var strategy: String
    var parameters: [NamedParameter] = []
    var series: [MarketSeries]
    var calendars: [InstrumentID: SessionCalendar] = [:]
    var capital = 100_000
    var execution = ExecutionModel(commission: CommissionModel())
    var end: Instant?

    static let registry = StrategyRegistry(
        BuiltInStrategies.all + [
            ScriptedTrader.self, HedgedTrader.self, RunCachePeeker.self, PrefixPeeker.self, TablePeeker.self,
            DigitPeeker.self,
            CoinFlipper.self,
            ClockTrader.self, UnseededTrader.self, RandomTrader.self,
        ])

    var plan: BacktestPlan {
        BacktestPlan(
            name: "scene",
            strategies: [
                PlannedStrategy(
                    account: strategy, strategy: strategy, parameters: parameters,
                    capital: ExactDecimal(capital))
            ], capital: ExactDecimal(capital), shareClass: Asset("USDT")!, end: end, execution: execution)
    }

    /// Findings of some checks, or of all.
    func audit(_ checks: String..., seed: UInt64 = 1, with change: (inout AuditOptions) -> Void = { _ in })
        throws -> AuditReport
    {
        var options = AuditOptions()
        options.seed = seed
        options.cuts = 8
        if !checks.isEmpty { options.only = checks }
        change(&options)
        return try BacktestAudit.run(
            plan: plan, series: series, calendars: calendars, registry: Self.registry, options: options)
    }

    /// The only finding of one check.
    func finding(_ check: String, with change: (inout AuditOptions) -> Void = { _ in }) throws -> AuditFinding
    {
        let report = try audit(check, with: change)
        try #require(report.findings.count == 1, "\(report.findings)")
        return report.findings[0]
    }

    /// A run of the scripted trader: `"3:1 7:0"` holds 1 from the close of the third bar to that of the
    /// seventh.
    static func scripted(_ script: String, closes: [Int64], volume: Int64 = 1_000) -> AuditScene {
        AuditScene(
            strategy: "scripted-trader", parameters: [NamedParameter("script", .text(script))],
            series: [bars(closes, volume: volume)])
    }

    /// Hourly bars with closes in hundredths; each opens at the close before it.
    static func bars(
        _ closes: [Int64], volume: Int64 = 1_000, id: String = instrument, span: Int64 = hour,
        skipping skipped: Range<Int> = 0..<0
    ) -> MarketSeries {
        let rows = closes.indices.filter { !skipped.contains($0) }
        let opens = rows.map { start.nanoseconds + Int64($0) * span }
        func before(_ row: Int) -> Int64 { closes[max(0, row - 1)] }
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(opens), closeTime: Column(opens.map { $0 + span }),
                open: Column(rows.map(before)),
                high: Column(rows.map { max(before($0), closes[$0]) }),
                low: Column(rows.map { min(before($0), closes[$0]) }), close: Column(rows.map { closes[$0] }),
                volume: Column(rows.map { _ in volume })), .fixed(Timespan(nanoseconds: span)))
        return TestSeries.series(id, .bars, columns, 2, 0)
    }

    /// A random walk with fat tails around 1,000.00, never below 10.00.
    static func walk(_ count: Int, seed: UInt64, drift: Int64 = 0) -> [Int64] {
        var dice = SplitMix64(seed: seed, purpose: "walk")
        var price: Int64 = 100_000
        return (0..<count).map { _ in
            let size: Int64 = dice.integer(in: 0...9) == 0 ? 3_000 : 500
            price = max(1_000, price + dice.integer(in: -size...size) + drift)
            return price
        }
    }

    /// A walk that alternates quickly enough for a rule to trade often: a sine in steps with noise.
    static func waves(_ count: Int, seed: UInt64, period: Int = 20) -> [Int64] {
        var dice = SplitMix64(seed: seed, purpose: "waves")
        return (0..<count).map { row in
            let phase = row % period
            let height = Int64(phase < period / 2 ? phase : period - phase)
            return 100_000 + height * 1_000 + dice.integer(in: -200...200)
        }
    }
}
