internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import RunFiles
internal import Units

/// `tradewind audit-backtest`: looks for self-deception in a run.
struct AuditBacktestCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-backtest",
        abstract: "Look for self-deception in a backtest: look-ahead, luck, costs, data.",
        discussion: """
            Runs the backtest, then runs it again some eighty times: over cut and altered data, from other \
            starts, at higher costs. Each finding has a weight (fatal, serious, notable, fine), the figure \
            behind it and a remedy. With --output the findings are also written as audit.json and \
            audit.html. Findings are results: the exit code is 0 unless --fail-on says otherwise.
            """)

    @OptionGroup var runFile: RunFileOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many combinations of parameters were tried before this one was chosen; as many as the "
                + "sweep has when left out."))
    var trials: Int?

    @Option(
        name: .long,
        help: "Folder that sweep --output wrote, from which the parameters were chosen.")
    var sweep: String?

    @Option(name: .long, help: "Moments at which the data are cut to look for look-ahead, 2 to 1000.")
    var cuts = 24

    @Option(name: .long, help: "Seed of the cuts and alterations.")
    var seed: UInt64 = 1

    @Option(
        name: .customLong("fail-on"),
        help: "Exit code 1 when a finding weighs as much or more: fatal, serious or notable.")
    var failOn: AuditThreshold?

    @Option(name: .long, help: "Folder to write the findings to; an older audit there is replaced.")
    var output: String?

    @OptionGroup var format: OutputFormat

    /// Weights that a pipeline may stop at.
    enum AuditThreshold: String, ExpressibleByArgument, CaseIterable {
        case fatal, serious, notable

        var weight: AuditWeight {
            switch self {
            case .fatal: .fatal
            case .serious: .serious
            case .notable: .notable
            }
        }
    }

    func validate() throws {
        if !(2...1_000).contains(cuts) { throw ValidationError("--cuts must be 2 to 1000, not \(cuts)") }
        if let trials, trials < 1 {
            throw ValidationError("--trials must be 1 or more, not \(trials): the run itself is one")
        }
    }

    func run(_ context: CommandContext) throws {
        let run = try runFile.load(context)
        try report.check(context)
        let options = try options(run, context)
        let data = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
        let found = try audit(run, data, options, context)
        try report.deliver(
            found.summary,
            page: { AuditPage(found, producer: "tradewind \(ProductVersion.text)").render() },
            text: { AuditTerminalText(found, style: FinishedRun.style(context.output)).render() }, context)
        if let failOn, found.reaches(failOn.weight) { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    /// What was tried before: as said, as the sweep's folder has it, or as the run file's section would.
    private func options(_ run: RunFile, _ context: CommandContext) throws -> AuditOptions {
        var options = AuditOptions()
        options.seed = seed
        options.cuts = cuts
        if let sweep {
            try ResultFolder.recoverAny(sweep, context.files)
            let search = try RecordedSearch(folder: sweep, plan: run.plan, context.files)
            options.axes = search.axes
            options.trials = AuditTrials(
                count: trials ?? search.trials.count, annualVariance: search.trials.annualVariance)
        } else if let plan = run.sweep {
            options.axes = plan.axes.compactMap { AuditAxis($0) }
            options.trials = AuditTrials(count: trials ?? max(1, plan.size))
        } else {
            options.trials = trials.map { AuditTrials(count: $0) }
        }
        return options
    }

    private func audit(
        _ run: RunFile, _ data: RunSeries, _ options: AuditOptions, _ context: CommandContext
    ) throws -> AuditReport {
        do {
            return try context.output.followed { progress in
                try BacktestAudit.run(
                    plan: run.plan, series: data.series, calendars: data.calendars,
                    registry: context.strategies, options: options, progress: progress)
            }
        } catch {
            throw RunExecution(context: context).translate(error, run)
        }
    }

    private var report: ReportOutput {
        ReportOutput(folder: output, mark: ResultFolder.auditMark, page: "audit.html", json: format.json)
    }
}
