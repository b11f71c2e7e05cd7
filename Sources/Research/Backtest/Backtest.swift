internal import Accounting
internal import MarketData
public import Markets
internal import Simulation
public import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

/// Runs one plan over its data: prepares instruments, engine and exchange, then drives them step by step.
public enum Backtest {
    /// Runs a plan.
    ///
    /// - Parameters:
    ///   - plan: what to run.
    ///   - series: its data, each instrument and kind once, in any order.
    ///   - calendars: sessions of the instruments whose markets close; they decide the days of a year in
    ///     statistics and when day orders end.
    ///   - registry: the strategies that plans may name.
    ///   - options: what to keep beside the figures.
    /// - Throws: ``BacktestError`` for a plan that does not fit its data, `EngineError`, `LedgerError`, and
    ///   what the options' closures throw.
    public static func run(
        plan: BacktestPlan, series: [MarketSeries], calendars: [InstrumentID: SessionCalendar] = [:],
        registry: StrategyRegistry, options: BacktestOptions = BacktestOptions()
    ) throws -> BacktestResult {
        let run = try RunInstruments(
            series, operated: plan.operatedInstruments(registry), overrides: plan.instruments,
            calendars: calendars)
        let runner = try BacktestRunner(plan: plan, run: run, registry: registry, options: options)
        var result = try runner.drive()
        if let id = plan.benchmark,
            let bars = series.first(where: { $0.instrument == id && $0.kind == .bars })
        {
            result.setBenchmark(bars)
        }
        return result
    }
}

extension BacktestResult {
    /// Holds the result against the bars of a benchmark; one that ends early or has no bar is a warning.
    public mutating func setBenchmark(_ bars: MarketSeries) {
        benchmark = BenchmarkCurve(bars: bars, over: equity)
        let periods = equity.periods
        guard periods.count >= 2 else { return }
        guard let curve = benchmark else {
            warn("benchmark \(bars.instrument) has no bar in the run's window: nothing is held against it")
            return
        }
        if curve.lastClose ?? .distantPast <= periods[periods.count - 2].time {
            let end = curve.lastClose?.description ?? "the start"
            warn("benchmark \(bars.instrument) has no bar after \(end): it counts as unchanged from there")
        }
    }

    /// Draws a yield beside the result; one without values in the run's window is a warning.
    public mutating func addYield(_ name: String, _ series: MarketSeries, over divisor: MarketSeries? = nil) {
        if let curve = YieldCurve(name: name, series, over: divisor, in: equity) {
            yields.append(curve)
        } else {
            warn("yield \(name): \(series.instrument) tells nothing in the run's window")
        }
    }

    private mutating func warn(_ warning: String) {
        data = DataSummary(
            series: data.series, rows: data.rows, first: data.first, last: data.last,
            warnings: data.warnings + [warning])
    }
}

/// One run in progress: the edge around the engine.
final class BacktestRunner {
    let plan: BacktestPlan
    let run: RunInstruments
    let parameters: [Parameters]
    let inputs: RunInputs
    let options: BacktestOptions
    let cursors: [SeriesCursor]
    let table: RowTable
    /// Place of each instrument's bar series; -1 without one.
    let barSeries: [Int]
    let engine: Engine
    let exchange: SimulatedExchange
    /// Settles contracts; nil in runs without.
    let clearing: SimulatedClearing?
    /// The protocols of a chain; nil in runs without.
    let chain: SimulatedChain?
    let exposure: ExposureRecorder?
    /// Nil where no curve is drawn from the run.
    let risk: ContractRisk?
    let markKinds: [SeriesKind]
    let merge: TimeMerge
    let trades: TradeRecorder
    let warnings: [String]
    let rows = Cell(0)
    /// Rows whose open was already given to the exchange, by series.
    let openedRows: FixedArray<Int>
    var firstStamp: Instant?
    var lastTime: Instant?

    /// - Parameter run: instruments and series, made with the plan's overrides; many runs may share it.
    init(
        plan: BacktestPlan, run: RunInstruments, registry: StrategyRegistry, options: BacktestOptions
    ) throws {
        let (prepared, problems) = try BacktestRunner.books(plan, registry, run)
        let inputs = RunInputs(
            plan: plan, series: run.series, instruments: run.instruments,
            parameters: prepared.map(\.parameters))
        try BacktestRunner.check(plan, prepared, run, problems)
        let early = BacktestRunner.earlyRows(plan, prepared, options)
        var cursors: [SeriesCursor] = []
        for (place, one) in run.series.enumerated() {
            let index = run.indices[place]
            cursors.append(
                try SeriesCursor(one, run.instruments[index], index, end: plan.end, early: early))
        }
        if cursors.allSatisfy({ $0.range.isEmpty }) { throw BacktestError.noRows }
        let commissions = BacktestRunner.commissions(plan, run)
        for (instrument, model) in zip(run.instruments, commissions.models) {
            if let problem = model.problem(for: instrument) {
                throw BacktestError.badCommission(instrument, model, problem)
            }
        }
        var setup = EngineSetup(
            instruments: run.instruments, series: run.kinds, shareClass: plan.shareClass, books: prepared,
            limits: plan.limits, allowsShortSpot: plan.execution.allowsShortSpot,
            allowsOverdraft: plan.execution.allowsOverdraft, contractRules: plan.execution.contracts,
            recordsJournal: options.keepsLedger, inputs: inputs.text)
        setup.flows = plan.flows
        setup.bands = plan.bands
        setup.outages = plan.execution.outages
        let made = try Engine(setup: setup, logSink: options.logSink, keepsLog: options.keepsLog)
        self.plan = plan
        self.run = run
        self.options = options
        self.inputs = inputs
        self.cursors = cursors
        table = RowTable(cursors, times: run.series.map(\.columns.visibleTime))
        parameters = prepared.map(\.parameters)
        engine = made
        exchange = SimulatedExchange(
            instruments: run.instruments.indices.map {
                SimulatedInstrument(
                    instrument: run.instruments[$0], kinds: run.kinds[$0], volumeScale: run.volumeScales[$0],
                    commission: commissions.models[$0])
            }, strategyCount: prepared.count, model: plan.execution, seed: plan.seed)
        clearing = SimulatedClearing(engine: made, exchange: exchange)
        chain = try SimulatedChain(
            engine: made, paysGas: run.kinds.contains { $0.contains(.gas) }, rules: plan.execution.chain)
        markKinds = BacktestRunner.markKinds(run)
        exposure = clearing.map { _ in ExposureRecorder(made) }
        risk =
            exposure != nil && options.keepsRecords
            ? ContractRisk(made, run.instruments, books: prepared.count) : nil
        merge = TimeMerge(
            times: run.series.map(\.columns.visibleTime), ranges: cursors.map(\.range))
        trades = TradeRecorder(
            instruments: run.instruments, strategies: prepared.count, keeps: options.keepsRecords)
        barSeries = run.instruments.indices.map { index in
            run.series.indices.first { run.indices[$0] == index && run.series[$0].kind == .bars } ?? -1
        }
        openedRows = FixedArray(repeating: -1, count: run.series.count)
        warnings = commissions.warnings
    }

    private typealias StrategyProblems = (strategy: String, problems: [ParameterProblem])

    /// The books of a plan, and what is wrong with the parameters of their strategies.
    private static func books(
        _ plan: BacktestPlan, _ registry: StrategyRegistry, _ run: RunInstruments
    ) throws(BacktestError) -> (books: [EngineBook], problems: [StrategyProblems]) {
        var books: [EngineBook] = []
        var allProblems: [StrategyProblems] = []
        for planned in plan.strategies {
            guard let type = registry.strategy(named: planned.strategy) else {
                throw .unknownStrategy(
                    planned.strategy, nearest: registry.nearestName(to: planned.strategy),
                    known: registry.names)
            }
            var (parameters, problems) = Parameters.resolve(
                planned.parameters, schema: type.descriptor.parameters)
            if problems.isEmpty { problems = type.check(parameters) }
            if !problems.isEmpty { allProblems.append((planned.strategy, problems)) }
            for kind in type.descriptor.needs where !run.kinds.contains(where: { $0.contains(kind) }) {
                throw .missingSeries(strategy: planned.strategy, kind)
            }
            books.append(
                EngineBook(
                    name: planned.account, strategy: type, parameters: parameters, capital: planned.capital))
        }
        return (books, allProblems)
    }

    /// Refuses what cannot run: parameters that do not go together, series that are missing or do not last,
    /// a share class or a capital that a strategy cannot start with. Everything at once.
    private static func check(
        _ plan: BacktestPlan, _ books: [EngineBook], _ run: RunInstruments,
        _ parameters: [StrategyProblems]
    ) throws(BacktestError) {
        var unfit = startProblems(plan, books, run)
        if let first = parameters.first {
            if unfit.isEmpty { throw .badParameters(strategy: first.strategy, first.problems) }
            unfit =
                parameters.flatMap { one in
                    one.problems.map { StartProblem(.parameters, "parameters: \($0)") }
                } + unfit
        }
        if !unfit.isEmpty { throw .unfitSeries(unfit) }
    }

    private static func earlyRows(
        _ plan: BacktestPlan, _ books: [EngineBook], _ options: BacktestOptions
    ) -> EarlyRows {
        guard options.leavesOutEarlyRows, let start = plan.start else { return .all }
        let needs = books.map { book in
            // Parameters were checked; what cannot be read from them all the same needs everything.
            do throws(ParameterProblem) { return try book.strategy.warmUp(book.parameters) } catch {
                return WarmUp.everything
            }
        }
        guard case .moments(let count) = WarmUp.joined(needs) else { return .all }
        return .last(max(0, count), before: start)
    }

    private static func commissions(
        _ plan: BacktestPlan, _ run: RunInstruments
    ) -> (models: [CommissionModel], warnings: [String]) {
        var warnings: [String] = []
        var unknown: [Venue] = []
        let models = run.instruments.map { instrument in
            if let given = plan.execution.commission { return given }
            if instrument.isOnChain {
                return CommissionModel()
            }
            if let known = VenueFees.schedule(of: instrument.id.venue, type: instrument.id.type) {
                return known
            }
            if !unknown.contains(instrument.id.venue) {
                unknown.append(instrument.id.venue)
                warnings.append(
                    "no fee schedule is known for \(instrument.id.venue): its fills cost nothing; "
                        + "set execution.commission")
            }
            return CommissionModel()
        }
        return (models, warnings)
    }
}
