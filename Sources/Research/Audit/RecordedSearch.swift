internal import Events
public import MarketData
internal import Units

/// What a sweep tried, read back from the folder that `sweep --output` wrote.
public struct RecordedSearch: Sendable {
    /// How many points it ran, and how far their Sharpe ratios lie apart.
    public let trials: AuditTrials
    /// The numbers that it varied, with the range of those that were tried.
    public let axes: [AuditAxis]

    /// Values of one axis that stand in the table.
    private struct Tried {
        var values: Set<ExactDecimal> = []
        var isNumeric = true
    }

    /// Reads a folder.
    ///
    /// - Parameter plan: the run that is audited; its accounts tell whose an axis is.
    /// - Throws: for a folder that holds no sweep, and for damaged files.
    public init(
        folder: String, plan: BacktestPlan, _ files: some FileStore
    ) throws(ResultReadError) {
        let names = try RecordedSearch.names(FilePath.join(folder, "summary.json"), files)
        let figures = ["final_equity"] + SweepRatio.allCases.map(\.key)
        let header = names + figures + ["trades", "fills", "fees", "steps", "status"]
        guard let place = header.firstIndex(of: SweepRatio.sharpe.key) else {
            throw ResultReadError(path: folder, "its table has no Sharpe ratio")
        }
        var tried = names.map { _ in Tried() }
        var sharpes = TrialSharpes()
        try RecordedTable.read(
            FilePath.join(folder, "results.csv"), header: header.joined(separator: ","), files
        ) { (row) throws(ResultReadError) in
            for index in names.indices {
                if let value = ExactDecimal(row.cells[index]) {
                    tried[index].values.insert(value)
                } else {
                    tried[index].isNumeric = false
                }
            }
            sharpes.append(try row.number(place))
        }
        trials = AuditTrials(count: max(1, sharpes.count), annualVariance: sharpes.variance)
        axes = zip(names, tried).compactMap { name, tried in
            RecordedSearch.axis(name, tried, plan)
        }
    }

    private static func axis(_ name: String, _ tried: Tried, _ plan: BacktestPlan) -> AuditAxis? {
        guard tried.isNumeric, let low = tried.values.min(), let high = tried.values.max() else {
            return nil
        }
        let count = tried.values.count
        if plan.strategies.count == 1 {
            return AuditAxis(parameter: name, range: low...high, count: count)
        }
        // Behind the name of the account: trend-btc.fast.
        guard let strategy = plan.strategies.firstIndex(where: { name.hasPrefix($0.account + ".") }) else {
            return nil
        }
        let parameter = String(name.dropFirst(plan.strategies[strategy].account.count + 1))
        return AuditAxis(strategy: strategy, parameter: parameter, range: low...high, count: count)
    }

    /// Names of the axes, by the summary.
    private static func names(_ path: String, _ files: some FileStore) throws(ResultReadError) -> [String] {
        let content: FileBytes
        do throws(FileError) {
            content = try files.read(path)
        } catch {
            throw ResultReadError(
                path: error.path, error.message, remedy: "name a folder that sweep --output wrote")
        }
        let summary: JSONText
        do throws(JSONError) {
            summary = try JSONText(parsing: content.text ?? "")
        } catch {
            throw ResultReadError(path: path, line: error.line, error.reason, remedy: again)
        }
        guard summary["kind"]?.text == "sweep", let axes = summary["parameters"]?.items else {
            throw ResultReadError(
                path: path, "it is not the summary of a sweep",
                remedy: "name a folder that sweep --output wrote")
        }
        return axes.compactMap { $0["name"]?.text }
    }

    private static let again = "run the sweep again with --output"
}
