internal import Events
internal import MarketData
internal import Research
internal import RunFiles

/// Executes sweeps: with a checkpoint where there is a folder, a bar where there is a terminal, and a tidy
/// end on Ctrl-C.
struct SweepExecution {
    let context: CommandContext
    let run: RunFile
    let plan: SweepPlan

    /// A sweep that came to its end.
    struct Finished {
        let result: SweepResult
        let summary: JSONText
    }

    /// Runs a sweep and writes its folder.
    ///
    /// - Parameters:
    ///   - folder: where to; nil keeps nothing.
    ///   - command: what to do to go on after an interruption.
    func execute(
        _ data: RunSeries, on workers: some Workers, folder: SweepFolder?, resumes: Bool, command: String
    ) throws -> Finished {
        do {
            let evaluator = try RunEvaluator(
                plan: run.plan, series: data.series, calendars: data.calendars, registry: context.strategies)
            let sweep = Sweep(plan, evaluator)
            let identity = sweep.identity(producer: "tradewind \(ProductVersion.text)")
            let opened = try folder?.open(identity: identity, resumes: resumes)
            if resumes, let opened {
                context.output.remark("\(opened.points.count) points were done before")
            }
            let result = try drive(sweep, on: workers, opened, command)
            let summary = result.summary(
                RunIdentity(
                    runID: RunIdentifier.make(), elapsedSeconds: context.clock.elapsedSeconds))
            if let folder, let opened { try folder.write(result, summary, opened) }
            return Finished(result: result, summary: summary)
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as SweepError {
            throw CommandFailure(
                .wrongConfiguration, code: "sweep-parameters", message: error.description, file: run.path,
                remedy: "choose other ranges")
        } catch {
            throw RunExecution(context: context).translate(error, run)
        }
    }

    private func drive(
        _ sweep: Sweep, on workers: some Workers, _ opened: SweepFolder.Opened?, _ command: String
    ) throws -> SweepResult {
        let bar = SweepProgressBar(context.output)
        Interruption.note()
        defer { Interruption.install() }
        do {
            let result = try sweep.run(
                on: workers, known: opened?.points ?? [],
                keep: { try opened?.file.append(SweepCheckpoint.record($0)) }, progress: bar.show,
                continues: { !Interruption.isRequested })
            bar.clear()
            return result
        } catch {
            bar.clear()
            guard case SweepError.interrupted(let done, let total)? = error as? SweepError else {
                throw error
            }
            try opened?.file.force()
            let kept = opened.map { "\(done) of \(total) points are kept in \($0.file.path)" }
            throw CommandFailure(
                .interrupted, code: "interrupted",
                message: "interrupted: " + (kept ?? "\(done) of \(total) points were done"),
                remedy: "go on with " + command)
        }
    }
}
