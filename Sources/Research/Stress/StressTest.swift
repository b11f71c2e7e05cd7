internal import Accounting
internal import Events
public import Markets
internal import Simulation
public import StrategyKit
internal import TradingEngine
internal import Units

/// Runs a plan as it is and under shocks.
///
/// A shock changes recorded series before the run begins, or takes a venue away for a while; everything else
/// of the run stays. Equal plan, data and options give equal reports.
public enum StressTest {
    /// The most actions told of each shock.
    static let actionLimit = 24

    /// Runs a stress test.
    ///
    /// - Parameters:
    ///   - plan: the run.
    ///   - series: its data.
    ///   - calendars: sessions of the instruments whose markets close.
    ///   - registry: the strategies that the plan may name.
    ///   - progress: called before each run with the share done and what comes.
    /// - Throws: what stops the run itself; a shock that stops it is an outcome. ``ShockProblem`` for a
    ///   moment outside the run.
    public static func run(
        plan: BacktestPlan, series: [MarketSeries], calendars: [InstrumentID: SessionCalendar] = [:],
        registry: StrategyRegistry, options: StressOptions = StressOptions(),
        progress: (Double, String) -> Void = { _, _ in }
    ) throws -> StressReport {
        progress(0, "the run itself")
        let unshocked = try Backtest.run(
            plan: plan, series: series, calendars: calendars, registry: registry,
            options: BacktestOptions(keepsRecords: true, keepsLedger: false))
        let moment = options.moment ?? StressMoment.choose(unshocked)
        if let start = unshocked.start, let end = unshocked.end, moment < start || moment >= end {
            throw ShockProblem("\(moment) is outside the run, which goes from \(start) to \(end)")
        }
        let run = try RunInstruments(
            series, operated: plan.operatedInstruments(registry), overrides: plan.instruments,
            calendars: calendars)
        let scenarios =
            options.scenarios.isEmpty ? usual(run).map { ShockScenario($0) } : options.scenarios
        let bench = StressBench(
            plan: plan, run: run, calendars: calendars, registry: registry, unshocked: unshocked)
        var outcomes: [StressOutcome] = []
        for (place, scenario) in scenarios.enumerated() {
            progress(Double(place + 1) / Double(scenarios.count + 1), scenario.text)
            outcomes.append(try bench.outcome(of: scenario, at: moment, for: options.span))
        }
        progress(1, "done")
        return StressReport(
            result: unshocked, statistics: BacktestStatistics(unshocked), moment: moment, outcomes: outcomes)
    }

    /// The shocks of a stress test that names none.
    private static func usual(_ run: RunInstruments) -> [Shock] {
        func percent(_ value: Int64) -> BasisPoints { BasisPoints(millionths: value * 100_000_000) }
        return [-10, -20, -30, -50, 30].map { Shock.price(percent($0)) }
            + [2, 5].map { Shock.depeg(percent($0)) }
            + [.fundingFlip, .borrowRate(percent(80)), .gas(20)]
            + ShockedRun.venues(of: run).map { Shock.outage($0) }
    }
}

/// Runs one plan again under shocks.
private final class StressBench {
    let plan: BacktestPlan
    let run: RunInstruments
    let calendars: [InstrumentID: SessionCalendar]
    let registry: StrategyRegistry
    let unshocked: BacktestResult
    /// What the run did without a shock, by the end of the span.
    private var usual: [Instant: StressActivity] = [:]

    init(
        plan: BacktestPlan, run: RunInstruments, calendars: [InstrumentID: SessionCalendar],
        registry: StrategyRegistry, unshocked: BacktestResult
    ) {
        (self.plan, self.run, self.calendars) = (plan, run, calendars)
        (self.registry, self.unshocked) = (registry, unshocked)
    }

    func outcome(
        of scenario: ShockScenario, at moment: Instant, for span: Timespan?
    ) throws -> StressOutcome {
        let course: StressOutcome.Course
        do {
            switch try ShockedRun.make(scenario, at: moment, for: span, plan, run) {
            case .success(let shocked): course = .ran(try ran(shocked))
            case .failure(let unfit): course = .unfit(unfit.reason)
            }
        } catch BacktestError.interrupted {
            throw BacktestError.interrupted
        } catch {
            course = .stopped("\(error)")
        }
        return StressOutcome(
            scenario: scenario, start: moment, end: scenario.end(from: moment, for: span), course: course)
    }

    private func ran(_ shocked: ShockedRun) throws -> StressedRun {
        let watched = (shocked.end ?? shocked.start + .hour) + .day
        let (result, recorder) = try execute(shocked.plan, shocked.series, from: shocked.start, to: watched)
        let usual = try usualActivity(from: shocked.start, to: watched)
        let words = ActivityWords(
            instruments: result.instruments,
            balances: plan.execution.contracts.balances(
                of: result.instruments, shareClass: plan.shareClass),
            recorder: recorder)
        return StressedRun(
            result: result, statistics: BacktestStatistics(result),
            lost: try difference(unshocked.finalEquity, result.finalEquity),
            attributionChange: try zip(result.attribution, unshocked.attribution).map(difference),
            changed: shocked.changed, watchedUntil: watched, activity: recorder.activity,
            usualActivity: usual,
            actions: recorder.records.compactMap { record in
                words.sentence(record.event).map { StressAction(time: record.time, text: $0) }
            }, omittedActions: recorder.omitted)
    }

    private func usualActivity(from start: Instant, to end: Instant) throws -> StressActivity {
        if let known = usual[end] { return known }
        let activity = try execute(plan, run.series, from: start, to: end).1.activity
        usual[end] = activity
        return activity
    }

    private func execute(
        _ plan: BacktestPlan, _ series: [MarketSeries], from start: Instant, to end: Instant
    ) throws -> (BacktestResult, ActivityRecorder) {
        let recorder = ActivityRecorder(from: start, to: end, limit: StressTest.actionLimit)
        var options = BacktestOptions(keepsRecords: true, keepsLedger: false)
        options.logSink = recorder.take
        let result = try Backtest.run(
            plan: plan, series: series, calendars: calendars, registry: registry, options: options)
        return (result, recorder)
    }

    /// The difference of two figures of one ledger, exact.
    private func difference(_ a: ExactDecimal, _ b: ExactDecimal) throws(ArithmeticOverflow) -> ExactDecimal {
        let scale = max(a.scale, b.scale)
        let one = try a.mantissa(at: scale, rounding: .towardZero)
        let other = try b.mantissa(at: scale, rounding: .towardZero)
        let (result, overflow) = one.subtractingReportingOverflow(other)
        if overflow { throw ArithmeticOverflow("a difference of two runs") }
        return ExactDecimal(mantissa: result, scale: scale).normalized
    }
}
