public import Markets
public import StrategyKit

/// Runs one plan many times over the same data, each time varied: for sweeps, walk-forward and audits.
///
/// The data are prepared once and only read afterwards. ``evaluate(_:keepsPeriods:continues:)`` may be
/// called from several threads at once; a run owns everything that it changes, keeps no log, postings, fills
/// or curve, and gives exactly the figures of a single run.
public struct RunEvaluator: Sendable {
    /// The plan that runs vary.
    public let plan: BacktestPlan
    /// The strategies that it may name.
    public let registry: StrategyRegistry
    private let run: RunInstruments

    /// An evaluator of a plan over its data.
    ///
    /// - Parameters:
    ///   - series: its data, each instrument and kind once, in any order.
    ///   - calendars: sessions of the instruments whose markets close.
    /// - Throws: ``BacktestError`` for instruments that do not fit their data.
    public init(
        plan: BacktestPlan, series: [MarketSeries], calendars: [InstrumentID: SessionCalendar] = [:],
        registry: StrategyRegistry
    ) throws(BacktestError) {
        (self.plan, self.registry) = (plan, registry)
        run = try RunInstruments(series, overrides: plan.instruments, calendars: calendars)
    }

    /// The series of the runs, sorted by instrument, then kind.
    public var series: [MarketSeries] { run.series }

    /// The instruments of the runs, sorted by key.
    public var instruments: [Instrument] { run.instruments }

    /// What is wrong with the parameters of a variation, without running it.
    public func problems(of variation: RunVariation) -> [ParameterProblem] {
        var problems: [ParameterProblem] = []
        let varied = variation.applied(to: plan)
        for planned in varied.strategies {
            guard let type = registry.strategy(named: planned.strategy) else { continue }
            let schema = type.descriptor.parameters
            var (parameters, found) = Parameters.resolve(planned.parameters, schema: schema)
            if found.isEmpty { found = type.check(parameters) }
            problems += found
        }
        return problems
    }

    /// Runs one variation and gives its figures.
    ///
    /// - Parameters:
    ///   - keepsPeriods: whether the return of each period is kept too.
    ///   - continues: asked now and then, every 65,536 rows; false stops the run.
    /// - Throws: ``BacktestError``, `EngineError`, `LedgerError`; ``BacktestError/interrupted`` when it was
    ///   stopped.
    public func evaluate(
        _ variation: RunVariation, keepsPeriods: Bool = false, continues: (() -> Bool)? = nil
    ) throws -> PointResult {
        var options = BacktestOptions()
        options.keepsLog = false
        options.curvePoints = 16
        if let continues { options.progress = { _ in continues() } }
        return PointResult(try result(of: variation, options), keepsPeriods: keepsPeriods)
    }

    /// Runs one variation in full: with log and curve, and the records that the options ask for.
    ///
    /// - Throws: as ``evaluate(_:keepsPeriods:continues:)``.
    public func result(
        of variation: RunVariation, _ options: BacktestOptions = BacktestOptions()
    ) throws -> BacktestResult {
        try BacktestRunner(
            plan: variation.applied(to: plan), run: run, registry: registry, options: options
        ).drive()
    }
}
