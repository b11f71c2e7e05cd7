public import Events
public import MarketData
internal import Units

/// One run of a comparison.
public struct ComparedRun: Sendable {
    /// The folder or file as the user named it.
    public let path: String
    /// The object of its `summary.json`.
    public let summary: JSONText
    /// Its execution model in words; empty where only the summary is there.
    public let execution: [ReportLine]
    /// Equity over initial equity at the ends of the periods of its statistics, thinned; empty where only
    /// the summary is there, and for a run with deposits, whose equity is no growth.
    public let growth: [GrowthPoint]
    /// What its figures are, after its name, where they are not those of a single run; nil for a backtest.
    public let caveat: String?

    /// A run.
    public init(
        path: String, summary: JSONText, execution: [ReportLine] = [], growth: [GrowthPoint] = [],
        caveat: String? = nil
    ) {
        (self.path, self.summary) = (path, summary)
        (self.execution, self.growth, self.caveat) = (execution, growth, caveat)
    }

    /// Reads a run from its result folder, or from a `summary.json` alone.
    ///
    /// - Throws: for a summary that is absent, damaged or of another version.
    public init(path: String, _ files: some FileStore) throws(ResultReadError) {
        let summary = try RecordedSummary.read(path, files)
        var execution: [ReportLine] = []
        let record = FilePath.join(path, ReportRecord.name)
        let isThere: Bool
        do throws(FileError) {
            let isFolder = try files.entry(path)?.isDirectory ?? false
            let found = try files.entry(record)
            isThere = isFolder && found != nil
        } catch {
            throw ResultReadError(error)
        }
        var growth: [GrowthPoint] = []
        if isThere {
            execution = try RecordedSummary.object(record, files).lines("execution")
            growth = try ComparedRun.growth(FilePath.join(path, "returns.csv"), files)
        }
        self.init(path: path, summary: summary.object, execution: execution, growth: growth)
    }

    private static func growth(
        _ path: String, _ files: some FileStore
    ) throws(ResultReadError) -> [GrowthPoint] {
        var points: [ChartPoint] = []
        var hasFlows = false
        try RecordedTable.read(path, header: ResultTables.returnsHeader, files) {
            (row) throws(ResultReadError) in
            let equity = try row.decimal(1).approximateDouble
            let flows = try row.decimal(2)
            hasFlows = hasFlows || !flows.isZero
            points.append(ChartPoint(time: try row.time(0).nanoseconds, value: equity))
        }
        guard !hasFlows, let first = points.first?.value, first > 0 else { return [] }
        return ChartThinning.thin(points, buckets: 450).map {
            GrowthPoint(time: Instant(nanoseconds: $0.time), growth: $0.value / first)
        }
    }

    /// Its name.
    public var name: String { summary["name"]?.text ?? path }
}

/// Several runs side by side: figures with the best marked, and what differs in their settings.
public struct Comparison: Sendable {
    /// The most curves that are drawn: as many as there are colours.
    static let drawn = 8

    /// A setting of the runs.
    struct Setting {
        let name: String
        /// Its value in each run; nil where a run has none.
        let values: [String?]
        var differs: Bool { values.contains { $0 != values[0] } }
        /// Whether every value fits a column of the terminal.
        var isShort: Bool {
            values.allSatisfy { ($0 ?? "").count <= 12 && $0 == $0.map(PlainText.clean) }
        }
        /// The name as it stands beside columns: that of a parameter by itself.
        var shortName: String { name.hasPrefix("parameter ") ? String(name.dropFirst(10)) : name }
    }

    /// A figure of the runs.
    struct Row {
        let figure: StatisticFigure
        /// Its value in each run; nil where it is not defined.
        let values: [Double?]
        /// Runs with the best value; empty where none is better than another.
        let best: [Int]
    }

    /// The runs in their order.
    public let runs: [ComparedRun]
    let settings: [Setting]
    let rows: [Row]
    /// What makes figures incomparable, for people.
    public let notes: [String]

    /// A comparison.
    ///
    /// - Precondition: at least one run.
    public init(_ runs: [ComparedRun]) {
        precondition(!runs.isEmpty, "a comparison has runs")
        self.runs = runs
        settings = Comparison.settings(runs)
        let assetsDiffer = settings.contains { $0.name == "share class" && $0.differs }
        rows = StatisticFigure.all.compactMap { figure in
            let values = runs.map { figure.value(in: $0.summary) }
            // A run without contracts or loans has neither risk of that kind nor funding.
            let isQuiet = figure.path[0] == "risk" || figure.path[0] == "attribution"
            guard values.contains(where: { isQuiet ? ($0 ?? 0) != 0 : $0 != nil }) else { return nil }
            // Amounts of different assets are not better or worse than each other.
            let isApart = assetsDiffer && figure.kind == .amount
            return Row(
                figure: figure, values: values, best: isApart ? [] : Comparison.best(values, figure.better))
        }
        let caveats = runs.enumerated().compactMap { place, run in
            run.caveat.map { "Run \(place + 1) \($0)" }
        }
        notes = caveats + Comparison.notes(settings)
    }

    /// Places of the best values; none where all are equal or one is no better than another.
    static func best(_ values: [Double?], _ better: StatisticFigure.Preference) -> [Int] {
        let known = values.compactMap { $0 }
        guard better != .none, let low = known.min(), let high = known.max(), low < high else { return [] }
        let best = better == .higher ? high : low
        return values.indices.filter { values[$0] == best }
    }

    private static func settings(_ runs: [ComparedRun]) -> [Setting] {
        func setting(_ name: String, _ value: (ComparedRun) -> String?) -> Setting {
            Setting(name: name, values: runs.map { value($0) })
        }
        func text(_ value: JSONText?) -> String? {
            switch value {
            case .string(let text)?: text
            case .null?, nil: nil
            case let other?: other.compact
            }
        }
        var settings = [
            setting("strategy") { text($0.summary["strategy"]) },
            setting("share class") { text($0.summary["share_class"]) },
            setting("initial equity") { text($0.summary["initial_equity"]) },
            setting("start") { text($0.summary["start"]) }, setting("end") { text($0.summary["end"]) },
            setting("rows of data") { text($0.summary["data"]?["rows"]) },
            setting("benchmark") { text($0.summary["statistics"]?["benchmark"]) },
        ]
        var names: [String] = []
        for run in runs {
            for member in run.summary["parameters"]?.members ?? [] where !names.contains(member.key) {
                names.append(member.key)
            }
        }
        settings += names.map { name in setting("parameter " + name) { text($0.summary["parameters"]?[name]) }
        }
        // Without the record of one run nothing is known of its model.
        guard runs.allSatisfy({ !$0.execution.isEmpty }) else { return settings }
        var lines: [String] = []
        for run in runs {
            for line in run.execution where !lines.contains(line.name) { lines.append(line.name) }
        }
        return settings
            + lines.map { name in
                setting(name.prefix(1).lowercased() + name.dropFirst()) { run in
                    run.execution.first { $0.name == name }?.value
                }
            }
    }

    private static func notes(_ settings: [Setting]) -> [String] {
        func differs(_ name: String) -> Bool { settings.first { $0.name == name }?.differs ?? false }
        var notes: [String] = []
        if differs("share class") {
            notes.append(
                "The runs count in different assets: their amounts cannot be held against each other.")
        }
        if differs("start") || differs("end") {
            notes.append("The runs cover different spans of time: their returns had different markets.")
        }
        return notes
    }

    /// What `compare --json` prints: runs, settings and figures, each with a value for every run; null
    /// where one is not defined. `best` holds places of runs, from 0.
    public var json: JSONText {
        .object([
            JSONMember(
                "runs",
                .list(
                    runs.map { run in
                        .object([
                            JSONMember("path", .string(run.path)), JSONMember("name", .string(run.name)),
                            JSONMember("run_id", run.summary["run_id"] ?? .null),
                            JSONMember("log_hash", run.summary["log_hash"] ?? .null),
                        ])
                    })),
            JSONMember(
                "settings",
                .list(
                    settings.map { setting in
                        .object([
                            JSONMember("name", .string(setting.name)),
                            JSONMember("differs", .flag(setting.differs)),
                            JSONMember(
                                "values", .list(setting.values.map { $0.map { .string($0) } ?? .null })),
                        ])
                    })),
            JSONMember("figures", .list(rows.map(Comparison.json))),
            JSONMember("notes", .list(notes.map { .string($0) })),
        ])
    }

    private static func json(_ row: Row) -> JSONText {
        let better: JSONText = row.figure.better == .none ? .null : .string(row.figure.better.rawValue)
        return .object([
            JSONMember("key", .string(row.figure.path.joined(separator: "."))),
            JSONMember("name", .string(row.figure.title)), JSONMember("better", better),
            JSONMember("values", .list(row.values.map { .optional($0) })),
            JSONMember("best", .list(row.best.map { .integer($0) })),
        ])
    }
}
