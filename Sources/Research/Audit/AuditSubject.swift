internal import Accounting
internal import Markets
internal import StrategyKit
internal import Units

/// The run that is audited, with everything that checks look at, and the means to run it again.
final class AuditSubject {
    let plan: BacktestPlan
    let options: AuditOptions
    /// The run as it is, the first in this process, with its fills and round trips.
    let result: BacktestResult
    let statistics: BacktestStatistics
    /// What its strategies asked for.
    let decisions: [Decision]
    /// Where it stood in each instrument.
    let holdings: Holdings
    /// Backtests so far.
    private(set) var runs = 0

    private let evaluator: RunEvaluator
    private let calendars: [InstrumentID: SessionCalendar]

    init(
        plan: BacktestPlan, series: [MarketSeries], calendars: [InstrumentID: SessionCalendar],
        registry: StrategyRegistry, options: AuditOptions
    ) throws {
        (self.plan, self.options, self.calendars) = (plan, options, calendars)
        evaluator = try RunEvaluator(plan: plan, series: series, calendars: calendars, registry: registry)
        let recorder = DecisionRecorder()
        var wanted = BacktestOptions(keepsRecords: true, keepsLedger: false)
        wanted.logSink = recorder.take
        result = try evaluator.result(of: RunVariation(), wanted)
        runs = 1
        decisions = recorder.decisions
        statistics = BacktestStatistics(result)
        holdings = Holdings(result)
    }

    /// The data of the run, sorted by instrument, then kind.
    var series: [MarketSeries] { evaluator.series }

    var instruments: [Instrument] { result.instruments }

    /// First moment of trading.
    var start: Instant { result.start ?? .epoch }

    /// End of the last step.
    var end: Instant { result.end ?? .epoch }

    /// Asset in which profit is counted.
    var unit: String { plan.shareClass.symbol }

    /// Runs the plan varied, over the data as they are.
    func evaluate(_ variation: RunVariation) throws -> PointResult {
        runs += 1
        return try evaluator.evaluate(variation)
    }

    /// Runs the plan over other data and gives what its strategies asked for.
    func decisions(over series: [MarketSeries]) throws -> [Decision] {
        runs += 1
        let recorder = DecisionRecorder()
        var wanted = BacktestOptions()
        wanted.logSink = recorder.take
        _ = try other(series).result(of: RunVariation(), wanted)
        return recorder.decisions
    }

    /// Runs the plan over other data.
    func evaluate(over series: [MarketSeries]) throws -> PointResult {
        runs += 1
        return try other(series).evaluate(RunVariation())
    }

    private func other(_ series: [MarketSeries]) throws -> RunEvaluator {
        try RunEvaluator(plan: plan, series: series, calendars: calendars, registry: evaluator.registry)
    }

    /// The instrument that a series belongs to.
    func index(of series: MarketSeries) -> InstrumentIndex? {
        instruments.firstIndex { $0.id == series.instrument }.map(InstrumentIndex.init)
    }

    /// Sessions of an instrument whose market closes.
    func calendar(of instrument: InstrumentIndex) -> SessionCalendar? {
        instruments[instrument.position].calendar
    }

    /// Change of equity without deposits and withdrawals, in the share class.
    var profit: Double {
        result.finalEquity.approximateDouble - result.initialEquity.approximateDouble
            - result.netFlows.approximateDouble
    }

    /// Whether every instrument is priced in the share class, so that profits of single trades add up.
    var isInShareClass: Bool { instruments.allSatisfy { $0.quote == plan.shareClass } }

    /// Whether every strategy hedges what it holds, so that its legs gain and lose against each other.
    var isHedged: Bool { evaluator.isHedged }

    /// Equity of the run at a moment: that of the last point of its curve at or before it.
    func equity(at time: Instant) -> Double {
        let points = result.equity.points
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        let unit = WideArithmetic.approximateDouble(result.equity.scale.unit)
        guard let point = low > 0 ? points[low - 1] : points.first else { return 0 }
        return WideArithmetic.approximateDouble(point.equity - point.netFlows) / unit
    }
}
