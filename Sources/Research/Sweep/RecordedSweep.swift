internal import Accounting
public import Events
public import MarketData
internal import Markets
internal import Simulation
internal import StrategyKit
internal import Units

/// A sweep that was read back from its folder: all that its reports show.
public struct RecordedSweep: Sendable {
    /// The sweep; its plan holds names, capital, window and fill rule.
    public let result: SweepResult
    /// The object of `summary.json`.
    public let summary: JSONText

    /// Reads a folder that `sweep --output` wrote.
    ///
    /// - Throws: for a folder or file that is absent, damaged, of another version, or that does not fit the
    ///   others.
    public init(folder: String, _ files: some FileStore) throws(ResultReadError) {
        let summary = try RecordedSummary.any(folder, files)
        let path = FilePath.join(folder, SweepRecord.name)
        let record = try RecordedSummary.object(path, files)
        if try record.text("format") != SweepRecord.format {
            throw ResultReadError(
                path: path, "it is not of the format \"\(SweepRecord.format)\": another version wrote it",
                remedy: RecordedSweep.again)
        }
        let plan = try RecordedSweep.plan(summary, record)
        guard let search = SweepSearch(rawValue: try summary.text("search")) else {
            throw summary.wrong("search", "no search")
        }
        guard let objective = SweepObjective(rawValue: try summary.text("objective")) else {
            throw summary.wrong("objective", "no objective")
        }
        let budget = try summary.value("budget") == .null ? nil : try summary.count("budget")
        let sweep = SweepPlan(
            axes: try record.axes(), search: search, budget: budget, objective: objective,
            seed: UInt64(try summary.count("seed")))
        guard sweep.combinations != nil else { throw record.wrong("axes", "more than can be numbered") }
        let space = SweepSpace(sweep, plan: plan, registry: StrategyRegistry([]))
        let points = try RecordedSweep.points(folder, files, count: space.count)
        guard points.count == (try summary.count("points")) else {
            throw ResultReadError(
                path: FilePath.join(folder, SweepCheckpoint.fileName),
                "it has \(points.count) points, and summary.json says otherwise: they are of two sweeps",
                remedy: RecordedSweep.again)
        }
        result = SweepResult(
            sweep: sweep, plan: plan, space: space, points: points, skipped: try summary.count("skipped"),
            best: SweepResult.best(points, objective), bestLog: nil,
            deflatedSharpe: try RecordedSweep.deflated(record),
            failure: try RecordedSweep.failure(summary, record),
            evaluated: try summary.count("evaluated_now"),
            data: try summary.dataSummary(), start: try summary.time("start"),
            end: try summary.time("end"))
        self.summary = summary.object
    }

    private static let again = "run the sweep again with --output"

    private static func plan(
        _ summary: RecordedFields, _ record: RecordedFields
    ) throws(ResultReadError) -> BacktestPlan {
        guard let fill = BarFillRule(rawValue: try record.text("fill")) else {
            throw record.wrong("fill", "no fill rule")
        }
        let capital = try record.money("capital")
        var strategies: [PlannedStrategy] = []
        for item in try record.items("strategies") {
            guard let name = item.text else { throw record.wrong("strategies", "no list of names") }
            strategies.append(
                PlannedStrategy(account: name, strategy: name, parameters: [], capital: capital))
        }
        return BacktestPlan(
            name: try summary.text("name"), strategies: strategies, capital: capital,
            shareClass: try summary.asset("share_class"), start: try record.time("window_start"),
            end: try record.time("window_end"), execution: ExecutionModel(fill: fill))
    }

    private static func points(
        _ folder: String, _ files: some FileStore, count: Int
    ) throws(ResultReadError) -> [SweepPoint] {
        let path = FilePath.join(folder, SweepCheckpoint.fileName)
        let content: FileBytes
        do throws(FileError) { content = try files.read(path) } catch { throw ResultReadError(error) }
        guard let checkpoint = content.withBytes({ SweepCheckpoint($0) }) else {
            throw ResultReadError(path: path, "it is no checkpoint: the file is damaged", remedy: again)
        }
        guard checkpoint.isFinished else {
            throw ResultReadError(
                path: path, "the sweep did not come to its end",
                remedy: "go on with it: the same sweep command with --resume")
        }
        let points = checkpoint.points.sorted { $0.combination < $1.combination }
        guard points.allSatisfy({ (0..<count).contains($0.combination) }) else {
            throw ResultReadError(path: path, "it is of another sweep than summary.json", remedy: again)
        }
        return points
    }

    private static func deflated(_ record: RecordedFields) throws(ResultReadError) -> DeflatedSharpe? {
        if try record.value("deflated") == .null { return nil }
        let fields = try record.fields("deflated")
        func number(_ key: String) throws(ResultReadError) -> Double {
            guard let number = try fields.number(key) else { throw fields.wrong(key, "no number") }
            return number
        }
        return DeflatedSharpe(
            trials: try fields.count("trials"), variance: try number("variance"),
            probability: ProbabilisticSharpe(
                value: try number("value"), sharpe: try number("sharpe"), threshold: try number("threshold"),
                standardError: try number("standard_error"), periods: try fields.count("periods")))
    }

    private static func failure(
        _ summary: RecordedFields, _ record: RecordedFields
    ) throws(ResultReadError) -> (combination: Int, message: String)? {
        if try record.value("failed_combination") == .null { return nil }
        return (try record.count("failed_combination"), try summary.text("first_failure"))
    }
}
