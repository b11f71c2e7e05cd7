internal import Events
public import MarketData
internal import Units

extension ComparedRun {
    /// Reads a result of any kind: a backtest as it is; of a walk-forward the test windows put together; of a
    /// sweep its in-sample best.
    ///
    /// - Throws: for a summary that is absent, damaged or of another version.
    public init(anyAt path: String, _ files: some FileStore) throws(ResultReadError) {
        switch try ResultKind.of(path, files) {
        case .backtest: try self.init(path: path, files)
        case .sweep:
            let summary = try RecordedSummary.any(path, files)
            self.init(
                path: path, summary: try ComparedRun.best(of: summary),
                caveat: "is the best of \(try summary.count("points")) points of a sweep, chosen by looking "
                    + "at the data that it is measured on: its figures were not to be had.")
        case .walkForward:
            let summary = try RecordedSummary.any(path, files)
            self.init(
                path: path, summary: try ComparedRun.outOfSample(of: summary),
                growth: try ComparedRun.chainedGrowth(path, files),
                caveat:
                    "is a walk-forward: its figures are those of \(try summary.items("folds").count) test "
                    + "windows put together, with parameters chosen anew before each.")
        }
    }

    /// The in-sample best of a sweep in the words of a backtest's summary.
    private static func best(of summary: RecordedFields) throws(ResultReadError) -> JSONText {
        let best = summary.object["in_sample_best"]
        var members = try head(of: summary, "the in-sample best")
        members.append(JSONMember("parameters", best?["parameters"] ?? .object([])))
        members.append(JSONMember("log_hash", summary.object["in_sample_best_log_hash"] ?? .null))
        for key in ["start", "end", "initial_equity", "data"] {
            members.append(JSONMember(key, try summary.value(key)))
        }
        members += figures.map { JSONMember($0, best?[$0] ?? .null) }
        members.append(
            JSONMember(
                "statistics",
                .object([
                    JSONMember("calmar", best?["calmar"] ?? .null),
                    JSONMember("exposure_time", best?["exposure"] ?? .null),
                    JSONMember("deflated_sharpe", summary.object["deflated_sharpe"] ?? .null),
                ])))
        return .object(members)
    }

    /// What a walk-forward earned out of sample in the words of a backtest's summary.
    private static func outOfSample(of summary: RecordedFields) throws(ResultReadError) -> JSONText {
        let found = try summary.fields("out_of_sample")
        var members = try head(of: summary, "out of sample")
        members.append(JSONMember("parameters", .object([])))
        members.append(JSONMember("log_hash", .null))
        for key in ["start", "end", "initial_equity"] + figures {
            members.append(JSONMember(key, try found.value(key)))
        }
        members.append(
            JSONMember(
                "statistics",
                .object([
                    JSONMember("periods", try found.value("periods")),
                    JSONMember("calmar", try found.value("calmar")),
                    JSONMember("exposure_time", try found.value("exposure")),
                    JSONMember("hit_rate", try found.value("hit_rate")),
                    JSONMember("probabilistic_sharpe", try found.value("probabilistic_sharpe")),
                ])))
        return .object(members)
    }

    /// Keys whose name and meaning all three kinds share.
    private static let figures = [
        "final_equity", "total_return", "annualized_return", "volatility", "sharpe", "sortino",
        "max_drawdown", "trades", "fills", "fees",
    ]

    private static func head(
        of summary: RecordedFields, _ what: String
    ) throws(ResultReadError) -> [JSONMember] {
        [
            JSONMember("run_id", try summary.value("run_id")),
            JSONMember("name", .string(try summary.text("name") + ", " + what)),
            JSONMember("strategy", try summary.value("strategy")),
            JSONMember("share_class", try summary.value("share_class")),
        ]
    }

    /// The curve over the test windows, thinned; empty for a `summary.json` alone.
    private static func chainedGrowth(
        _ path: String, _ files: some FileStore
    ) throws(ResultReadError) -> [GrowthPoint] {
        let isFolder: Bool
        do throws(FileError) { isFolder = try files.entry(path)?.isDirectory ?? false } catch {
            throw ResultReadError(error)
        }
        guard isFolder else { return [] }
        var points: [ChartPoint] = []
        try RecordedTable.read(
            FilePath.join(path, "oos-equity.csv"), header: "time,equity,cash,drawdown", files
        ) { (row) throws(ResultReadError) in
            points.append(
                ChartPoint(
                    time: try row.time(0).nanoseconds, value: try row.decimal(1).approximateDouble))
        }
        guard let first = points.first?.value, first > 0 else { return [] }
        return ChartThinning.thin(points, buckets: 450).map {
            GrowthPoint(time: Instant(nanoseconds: $0.time), growth: $0.value / first)
        }
    }
}
