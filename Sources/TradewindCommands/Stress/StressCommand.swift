internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import RunFiles
internal import Units

/// `tradewind stress`: a run under shocks.
struct StressCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "stress",
        abstract: "Run a backtest under shocks: what it does, and what it loses.",
        discussion: """
            Shocks change the recorded data of a run, or take a venue away: prices fall within an hour, \
            liquid staking tokens lose their peg, funding changes its sign, debts and gas become dear, a \
            venue is out. For each, what the run did, its worst health factor and margin ratio, and what was \
            lost against the run as it is. Shocks that mean nothing to the run are named with the reason.

            Shocks: price=-30% price=+30% depeg=5% funding-flip borrow-rate=80% gas=20 outage=VENUE. Several \
            with commas between them hit the run together, as price=-30%,gas=20,outage=binance. With \
            --output the report is also written as stress.json and stress.html.
            """)

    @OptionGroup var runFile: RunFileOptions

    @Option(
        name: .customLong("shock"), parsing: .singleValue,
        help: ArgumentHelp(
            "A shock, or several together with commas, in place of the usual ones; may be given several "
                + "times.", valueName: "name=size"))
    var shocks: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When the shocks begin, as 2024-08-05T12:00:00Z; the middle of what the run holds when left out.",
            valueName: "time"))
    var at: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long they last, as 12h or 3d; price stays. Left out: depeg and funding-flip 7d, borrow-rate "
                + "3d, gas and outage 1d.", valueName: "span"))
    var span: String?

    @Option(name: .long, help: "Folder to write the report to; an older stress test there is replaced.")
    var output: String?

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let options = try options()
        let run = try runFile.load(context)
        try report.check(context)
        let data = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
        let found = try stress(run, data, options, context)
        try report.deliver(
            found.summary,
            page: { StressPage(found, producer: "tradewind \(ProductVersion.text)").render() },
            text: { StressTerminalText(found, style: FinishedRun.style(context.output)).render() }, context)
    }

    private var report: ReportOutput {
        ReportOutput(
            folder: output, mark: ResultFolder.stressMark, page: "stress.html", json: format.json)
    }

    private func options() throws(CommandFailure) -> StressOptions {
        var options = StressOptions()
        var problems: [FailureProblem] = []
        func refuse(_ message: String, _ remedy: String) {
            problems.append(FailureProblem(code: "usage", message: message, remedy: remedy))
        }
        for text in shocks {
            do throws(ShockProblem) {
                options.scenarios.append(try ShockScenario(text))
            } catch {
                refuse("--shock: \(error)", "see tradewind stress --help for the shocks there are")
            }
        }
        if let at {
            options.moment = Instant(iso8601: at)
            if options.moment == nil {
                refuse("--at \"\(at)\" is not a moment", "write for example 2024-08-05T12:00:00Z")
            }
        }
        if let span {
            options.span = Timespan(span)
            if options.span.map({ $0 < .hour || $0 > 3_650 * .day }) ?? true {
                options.span = nil
                refuse("--for \"\(span)\" is not a span from 1h to 3650d", "write for example 12h or 3d")
            }
        }
        if !problems.isEmpty { throw CommandFailure(.usage, problems: problems) }
        return options
    }

    private func stress(
        _ run: RunFile, _ data: RunSeries, _ options: StressOptions, _ context: CommandContext
    ) throws -> StressReport {
        do {
            return try context.output.followed { progress in
                try StressTest.run(
                    plan: run.plan, series: data.series, calendars: data.calendars,
                    registry: context.strategies, options: options, progress: progress)
            }
        } catch let error as ShockProblem {
            throw CommandFailure(
                .usage, code: "usage", message: "--at: \(error)", remedy: "name a moment within the run")
        } catch {
            throw RunExecution(context: context).translate(error, run)
        }
    }
}
