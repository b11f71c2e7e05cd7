internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import RunFiles
internal import StrategyKit

/// `tradewind sweep`: one run file with many parameters.
struct SweepCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run one run file with many parameters and compare the results.",
        discussion: """
            Parameters to vary stand in the section sweep of the run file, or behind --grid, which goes \
            before it: a range as fast=5..24, one with a step as slow=30..125:5, or values as mode=a,b. \
            With --output every finished point is kept at once in a checkpoint, so that a sweep that was \
            stopped in any way goes on with --resume and gives the same table.
            """)

    @OptionGroup var runFile: RunFileOptions

    @OptionGroup var grid: GridOptions

    @Option(name: .long, help: "How points are chosen: grid, random or model.")
    var search: String?

    @Option(name: .long, help: "The most points to run.")
    var budget: String?

    @Option(name: .long, help: "Seed of drawn points.")
    var seed: String?

    @Option(name: .long, help: "Folder to write the results to; an older result there is replaced.")
    var output: String?

    @Flag(name: .long, help: "Go on with the sweep that was stopped in the output folder.")
    var resume = false

    @OptionGroup var format: OutputFormat

    func validate() throws {
        if resume && output == nil {
            throw ValidationError("--resume needs the folder of the stopped sweep: --output DIR")
        }
    }

    func run(_ context: CommandContext) throws {
        let changes = try grid.changes("sweep", [("search", search), ("budget", budget), ("seed", seed)])
        let run = try runFile.load(context, changes: changes, purpose: .sweep)
        let plan = try sweep(of: run)
        let space = SweepSpace(plan, plan: run.plan, registry: context.strategies)
        if space.isRefused { throw nothingValid(space, run) }
        let folder = output.map { SweepFolder(path: $0, files: context.files) }
        try folder?.check(resumes: resume)
        let execution = SweepExecution(context: context, run: run, plan: plan)
        let data = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
        let result = try execution.execute(
            data, on: grid.threads, folder: folder, resumes: resume, command: again)
        if format.json { return try context.output.result(result.summary.pretty) }
        let style = FinishedRun.style(context.output)
        try context.output.result(SweepTerminal(result.result, style: style).render())
        if let output { try context.output.result("\n Written to \(output)\n") }
    }

    private func sweep(of run: RunFile) throws(CommandFailure) -> SweepPlan {
        guard let plan = run.sweep else {
            throw CommandFailure(
                .wrongConfiguration, code: "run-file", message: RunPurpose.missingSweep.message,
                file: runFile.file,
                remedy: RunPurpose.missingSweep.remedy)
        }
        if let problem = plan.problem {
            let place = run.place(of: "sweep.parameters")
            throw CommandFailure(
                .wrongConfiguration, code: "sweep-size", message: problem.message, file: place.file,
                line: place.line, remedy: problem.remedy)
        }
        return plan
    }

    private func nothingValid(_ space: SweepSpace, _ run: RunFile) -> CommandFailure {
        let place = run.place(of: "sweep.parameters")
        let reasons = space.problems(of: 0).map(\.description).joined(separator: "; ")
        return CommandFailure(
            .wrongConfiguration, code: "sweep-parameters",
            message:
                "the strategy takes none of the \(space.count) combinations; the first because: \(reasons)",
            file: place.file, line: place.line, remedy: "choose other ranges")
    }

    /// The options with which this sweep goes on.
    private var again: String {
        "the same command with --resume" + (output == nil ? " and --output DIR from the beginning" : "")
    }
}
