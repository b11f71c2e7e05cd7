internal import ArgumentParser
internal import MarketData
internal import Markets
internal import Units

/// `tradewind data check`: everything that is wrong with files.
struct DataCheckCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Report gaps, duplicates, disorder and bad rows of CSV files.",
        discussion: """
            Kind, columns, time format and timeframe are found from the file unless given. Exit code 0 when \
            all files are clean, 65 when anything was found.
            """)

    @Argument(help: "CSV files, plain or gzip.")
    var files: [String]

    @Option(help: "bars, quotes, trades, funding, index, ratio or gas.")
    var kind: String?

    @Option(help: "Length of a bar: 1s, 1m, 1h, 1d, 1M.")
    var timeframe: String?

    @Option(help: "Zone of times without offset: UTC, America/New_York, -05:00.")
    var zone: String?

    @Option(help: "Calendar by which gaps are judged, as us-equity.")
    var calendar: String?

    @Option(name: .customLong("column"), help: "A column by role, as time=payout_date; repeatable.")
    var columns: [String] = []

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let options = try options()
        let check = DataCheck(files: context.files)
        var results: [FileCheck] = []
        for file in files {
            let result = check.check(file, options)
            results.append(result)
            if !format.json { try context.output.result(FileCheckText.text(result)) }
        }
        if format.json { try context.output.result(FileCheckJSON.text(results)) }
        if results.contains(where: { !$0.isClean }) { throw ExitCode(ExitStatus.badData.rawValue) }
    }

    private func options() throws -> CheckOptions {
        var options = CheckOptions()
        if let kind {
            guard let found = SeriesKind(rawValue: kind) else {
                let known = SeriesKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--kind \(kind) is not one of \(known)")
            }
            options.spec.kind = found
            options.isKindDeclared = true
        }
        if let timeframe {
            guard let found = Timeframe(timeframe) else {
                throw ValidationError("--timeframe \(timeframe) is not a length as 1m, 1h, 1d, 1M")
            }
            options.spec.timeframe = found
        }
        if let zone { options.spec.zone = zone }
        options.spec.calendar = calendar
        for column in columns {
            let parts = column.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw ValidationError("--column \(column) is not ROLE=NAME") }
            options.spec.columns.append(ColumnChoice(role: String(parts[0]), column: String(parts[1])))
        }
        return options
    }
}
