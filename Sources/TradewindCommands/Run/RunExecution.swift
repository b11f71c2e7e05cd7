internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import Simulation
internal import StrategyKit
internal import TradingEngine
internal import Units

/// Executes runs and translates what stops them.
struct RunExecution {
    let context: CommandContext

    /// Runs a run over its series.
    ///
    /// - Parameters:
    ///   - keepsRecords: whether fills and round trips are kept, for reports.
    ///   - keepsFolder: whether postings and the log are kept too, for the result folder.
    ///   - runID: how the execution is called; nil makes a name.
    ///   - adjust: changes the options, to watch the run.
    func execute(
        _ run: RunFile, _ data: RunSeries, keepsRecords: Bool, keepsFolder: Bool, runID: String? = nil,
        adjust: (inout BacktestOptions) -> Void = { _ in }
    ) throws(CommandFailure) -> FinishedRun {
        let log = RunLogBuffer()
        var options = BacktestOptions(
            keepsRecords: keepsRecords, keepsLedger: keepsFolder,
            logSink: keepsFolder ? { log.append($0) } : nil, clock: ProcessClock.nanoseconds)
        adjust(&options)
        do {
            var result = try Backtest.run(
                plan: run.plan, series: data.series, calendars: data.calendars,
                registry: context.strategies, options: options)
            // Bars that are no part of the run itself.
            if let bars = data.benchmark, !data.series.contains(where: { $0.isSame(as: bars) }) {
                result.setBenchmark(bars)
            }
            for yield in data.yields {
                result.addYield(yield.name, yield.series, over: yield.divisor)
            }
            return FinishedRun(
                result: result, statistics: BacktestStatistics(result), series: data.series, log: log,
                identity: RunIdentity(
                    runID: runID ?? RunIdentifier.make(), elapsedSeconds: context.clock.elapsedSeconds))
        } catch {
            throw translate(error, run)
        }
    }

    /// What an error of a run means to its user.
    func translate(_ error: any Error, _ run: RunFile) -> CommandFailure {
        switch error {
        case let error as BacktestError: return translate(error, run)
        case let error as ChainDataError:
            return wrong("data", error.description, run, .badData)
        case let error as EngineError:
            switch error {
            case .noPricePath, .badCapital: return wrong("capital.asset", error.description, run)
            case .strategyRefused(_, let problem):
                let single = "parameters.\(problem.name)"
                return wrong(
                    run.plan.strategies.count == 1 ? single : "strategies", error.description, run)
            case .unknownOrder, .noChainAccount:
                return CommandFailure(.failed, code: "engine", message: error.description)
            }
        default:
            return CommandFailure(translating: error)
                ?? CommandFailure(
                    .failed, code: "engine", message: "the run was stopped: \(error)", file: run.path,
                    remedy: "run it again over a shorter window to find where it happens")
        }
    }

    private func translate(_ error: BacktestError, _ run: RunFile) -> CommandFailure {
        switch error {
        case .missingSeries: wrong("data", error.description, run, .badData)
        case .unfitSeries(let problems): StartFailures(run: run).failure(problems)
        case .noRows: wrong("window", error.description, run, .badData)
        case .interrupted:
            CommandFailure(.interrupted, code: "interrupted", message: error.description)
        case .unknownStrategy: wrong("strategy", error.description, run)
        case .badParameters: wrong("parameters", error.description, run)
        case .duplicateSeries: wrong("data", error.description, run)
        case .badInstrument: wrong("instruments", error.description, run)
        case .badCommission(_, _, .fineMinimum):
            wrong("execution.commission.minimum", error.description, run)
        case .badCommission(_, _, .largePerUnit):
            wrong("execution.commission.per-unit", error.description, run)
        }
    }

    /// A failure at the place of a key of the run file.
    private func wrong(
        _ key: String, _ message: String, _ run: RunFile, _ status: ExitStatus = .wrongConfiguration
    ) -> CommandFailure {
        let place = run.place(of: key)
        return CommandFailure(
            status, code: status == .badData ? "missing-series" : "run-file", message: message,
            file: place.file, line: place.line)
    }
}

extension MarketSeries {
    fileprivate func isSame(as other: MarketSeries) -> Bool {
        instrument == other.instrument && kind == other.kind
    }
}

/// The blocks of a run's log, kept until they are written.
final class RunLogBuffer {
    private var blocks: [FileBytes] = []

    /// Adds a copy of a block.
    func append(_ block: UnsafeRawBufferPointer) { blocks.append(FileBytes(copying: block)) }

    /// Hands the blocks over in order.
    func write(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
        for block in blocks { try block.withBytes(body) }
    }
}
