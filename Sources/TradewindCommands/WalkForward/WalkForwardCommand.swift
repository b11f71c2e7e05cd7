internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import RunFiles

/// `tradewind walk-forward`: parameters chosen on one part of the data and judged on the next.
struct WalkForwardCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "walk-forward",
        abstract: "Choose parameters on past data, judge them on what follows, again and again.",
        discussion: """
            The headline is what was earned out of sample: the test windows put together. Parameters to try \
            stand in the section sweep of the run file or behind --grid, as fast=5..24 or mode=a,b; how the \
            data are split in the section walk-forward, or behind the options here. --train and --test roll \
            forward through the data; --folds makes a purged k-fold instead.
            """)

    @OptionGroup var runFile: RunFileOptions

    @OptionGroup var grid: GridOptions

    @Option(name: .long, help: "Length of a training window, as 30d.")
    var train: String?

    @Option(name: .long, help: "Length of a test window, as 10d.")
    var test: String?

    @Option(name: .long, help: "From one fold to the next; the length of a test window when left out.")
    var step: String?

    @Option(name: .long, help: "Parts of a purged k-fold, instead of --train and --test.")
    var folds: String?

    @Flag(name: .long, help: "Begin every training window with the data.")
    var anchored = false

    @Option(name: .long, help: "How long outcomes take: left out between training and test, as 1d.")
    var purge: String?

    @Option(name: .long, help: "What is left out besides, as 1d; with --folds also a share, as 1%.")
    var embargo: String?

    @Option(name: .long, help: "best: the best point; plateau: the best together with its neighbours.")
    var choose: String?

    @Option(
        name: .customLong("warm-up"),
        help: "How much data before a window warms up indicators; what the strategy needs when left out.")
    var warmUp: String?

    @Option(name: .customLong("monte-carlo"), help: "Scenarios of trades and of paths, as 100.")
    var monteCarlo: String?

    @Option(name: .long, help: "Seed of the scenarios.")
    var seed: String?

    @Option(name: .long, help: "Folder to write the results to; an older result there is replaced.")
    var output: String?

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let run = try runFile.load(context, changes: try changes(), purpose: .walkForward)
        let (sweep, settings) = try sections(of: run)
        if let output { _ = try ResultFolder.isReplaceable(output, context.files) }
        let series = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
        let execution = WalkForwardExecution(context: context, run: run)
        let result = try execution.execute(sweep, settings, series, on: grid.threads)
        let identity = RunIdentity(
            runID: RunIdentifier.make(), elapsedSeconds: context.clock.elapsedSeconds)
        let summary = result.summary(identity)
        if let output { try execution.write(result, summary, to: output) }
        if format.json { return try context.output.result(summary.pretty) }
        let style = FinishedRun.style(context.output)
        try context.output.result(WalkForwardTerminal(result, style: style).render())
        if let output { try context.output.result("\n Written to \(output)\n") }
    }

    /// What the options change in the run file.
    private func changes() throws(CommandFailure) -> [RunFileSetting] {
        try grid.changes(
            "walk-forward",
            [
                ("train", train), ("test", test), ("step", step), ("folds", folds),
                ("anchored", anchored ? "true" : nil), ("purge", purge), ("embargo", embargo),
                ("choose", choose), ("warm-up", warmUp), ("monte-carlo", monteCarlo), ("seed", seed),
            ])
    }

    private func sections(
        of run: RunFile
    ) throws(CommandFailure) -> (sweep: SweepPlan, settings: WalkForwardSettings) {
        var problems: [FailureProblem] = []
        if run.sweep == nil {
            problems.append(
                FailureProblem(
                    code: "run-file", message: RunPurpose.missingSweep.message, file: runFile.file,
                    remedy: RunPurpose.missingSweep.remedy))
        }
        if run.walkForward == nil {
            problems.append(
                FailureProblem(
                    code: "run-file", message: RunPurpose.missingWalkForward.message, file: runFile.file,
                    remedy: RunPurpose.missingWalkForward.remedy))
        }
        guard let sweep = run.sweep, let settings = run.walkForward else {
            throw CommandFailure(.wrongConfiguration, problems: problems)
        }
        return (sweep, settings)
    }
}
