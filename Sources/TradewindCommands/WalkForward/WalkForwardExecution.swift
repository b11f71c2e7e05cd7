internal import Events
internal import MarketData
internal import Research
internal import RunFiles

/// Executes walk-forwards, with a bar where there is a terminal, and translates what stops them.
struct WalkForwardExecution {
    let context: CommandContext
    let run: RunFile

    /// Runs a walk-forward over the series of a run.
    func execute(
        _ sweep: SweepPlan, _ settings: WalkForwardSettings, _ data: RunSeries, on workers: some Workers
    ) throws(CommandFailure) -> WalkForwardResult {
        let bar = SweepProgressBar(context.output)
        defer { bar.clear() }
        do {
            let timeline = try FoldTimeline(data.series, start: run.plan.start, end: run.plan.end)
            let plan = try settings.plan(sweep, on: timeline)
            return try WalkForward(
                plan, base: run.plan, series: data.series, calendars: data.calendars,
                registry: context.strategies, workers: workers, progress: { bar.show($0) }
            ).run()
        } catch let error as FoldPlanError {
            throw CommandFailure(.wrongConfiguration, problems: error.problems.map(problem))
        } catch {
            throw RunExecution(context: context).translate(error, run)
        }
    }

    private func problem(_ problem: FoldProblem) -> FailureProblem {
        let key = problem.key == "grid" ? "sweep.parameters" : "walk-forward.\(problem.key)"
        let place = run.place(of: key)
        return FailureProblem(
            code: problem.key == "grid" ? "sweep-size" : "folds",
            message: place.line == nil ? problem.message : problem.description, file: place.file,
            line: place.line, remedy: problem.remedy)
    }

    /// Writes the result folder, whole or not at all; Ctrl-C meanwhile ends the process afterwards.
    func write(_ result: WalkForwardResult, _ summary: JSONText, to folder: String) throws(FileError) {
        let held = Interruption.hold()
        defer { Interruption.release(held) }
        try ResultFolder.write(
            [
                ResultFile("summary.json", text: summary.pretty),
                ResultFile("folds.csv") { result.foldTable() },
                ResultFile("oos-equity.csv") { ResultTables.equity(result.outOfSample.equity) },
                ResultFile("stability.csv") { result.stabilityTable() },
                ResultFile(
                    "report.html",
                    text: WalkForwardReport(result, producer: "tradewind \(ProductVersion.text)").render()),
            ], to: folder, context.files)
    }
}
