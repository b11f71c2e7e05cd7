public import Markets
public import StrategyKit
internal import Units

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
        run = try RunInstruments(
            series, operated: plan.operatedInstruments(registry), overrides: plan.instruments,
            calendars: calendars)
    }

    /// Whether every strategy of the plan hedges what it holds.
    var isHedged: Bool {
        plan.strategies.allSatisfy { planned in
            registry.strategy(named: planned.strategy)?.descriptor.exposure == .neutral
        }
    }

    /// The series of the runs, sorted by instrument, then kind.
    public var series: [MarketSeries] { run.series }

    /// The instruments of the runs, sorted by key.
    public var instruments: [Instrument] { run.instruments }

    /// The canonical text of the plan's own run over the data; see ``RunInputs``.
    var inputsText: String {
        let resolved = plan.strategies.map { planned in
            let schema = registry.strategy(named: planned.strategy)?.descriptor.parameters ?? []
            return Parameters.resolve(planned.parameters, schema: schema).parameters
        }
        let inputs = RunInputs(
            plan: plan, series: run.series, instruments: run.instruments, parameters: resolved)
        return inputs.text + "days-per-year \(plan.annualisation.map(String.init) ?? "-")\n"
    }

    /// The data that runs of the plan see, warm-up included, with what their readers had to say.
    public var dataSummary: DataSummary {
        let ends = plan.end?.nanoseconds ?? Int64.max
        var (rows, first, last) = (0, Int64.max, Int64.min)
        for one in run.series {
            let times = one.columns.visibleTime
            let count = times.lowerBound(of: ends)
            if count == 0 { continue }
            rows += count
            (first, last) = (min(first, times[0]), max(last, times[count - 1]))
        }
        return DataSummary(
            series: run.series.count, rows: rows, first: rows == 0 ? nil : Instant(nanoseconds: first),
            last: rows == 0 ? nil : Instant(nanoseconds: last), warnings: run.series.flatMap(\.warnings))
    }

    /// What is wrong with the parameters of a variation, without running it.
    public func problems(of variation: RunVariation) -> [ParameterProblem] {
        registry.problems(of: variation.applied(to: plan))
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
        var options = options
        options.leavesOutEarlyRows = variation.leavesOutEarlyRows
        return try BacktestRunner(
            plan: variation.applied(to: plan), run: run, registry: registry, options: options
        ).drive()
    }
}
