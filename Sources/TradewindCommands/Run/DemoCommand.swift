internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import RunFiles

/// `tradewind demo`: sample data, a run of every strategy that has a run file there, a comparison.
struct DemoCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Make sample data, backtest every built-in strategy, compare.",
        discussion: """
            Shows the whole way from data to report without any data of your own. Everything is written \
            below one folder, which can be deleted at any time. Equal seeds give equal results.
            """)

    @Option(name: .long, help: "Folder to write to.")
    var output = ".tradewind/demo"

    @Option(name: .long, help: "Seed of the sample data.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "Whole days of sample data, 1 to \(SampleConfiguration.maximumDays).")
    var days = 60

    @OptionGroup var format: OutputFormat

    func validate() throws {
        if SampleConfiguration(seed: seed, days: days) == nil {
            throw ValidationError("--days must be 1 to \(SampleConfiguration.maximumDays), not \(days)")
        }
    }

    func run(_ context: CommandContext) throws {
        let sample = FilePath.join(output, "sample")
        let written = try makeSample(in: sample, context)
        try importSample(from: sample, context)
        let runs = written.filter { $0.hasPrefix("runs/") }.sorted()
        var finished: [(name: String, run: FinishedRun)] = []
        for path in runs {
            let loader = RunFileLoader(files: context.files, strategies: context.strategies)
            let run = try loader.load(FilePath.join(sample, path), settings: [], catalogue: nil)
            let data = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
            let done = try RunExecution(context: context).execute(
                run, data, keepsRecords: true, keepsFolder: true)
            let name = String(FilePath.name(path).prefix { $0 != "." })
            try done.write(to: FilePath.join(output, "results/\(name)"), context)
            finished.append((name, done))
        }
        try context.output.result(
            format.json ? json(finished) : text(finished, context))
    }

    /// Writes the sample files and returns their paths.
    private func makeSample(in folder: String, _ context: CommandContext) throws -> [String] {
        guard let configuration = SampleConfiguration(seed: seed, days: days) else {
            throw ValidationError("--days must be 1 to \(SampleConfiguration.maximumDays), not \(days)")
        }
        let writer = SampleWriter(files: context.files, folder: folder)
        let written = try writer.write(configuration)
        context.output.remark(
            "sample data: \(written.count) files, \(written.reduce(0) { $0 + $1.rows }) rows in \(folder)")
        return written.map(\.path)
    }

    private func importSample(from folder: String, _ context: CommandContext) throws {
        let path = FilePath.join(folder, "dataset.yaml")
        let catalogue = FilePath.join(output, "catalogue")
        guard let text = try context.files.read(path).text else {
            throw CommandFailure(.badData, code: "description", message: "not UTF-8 text", file: path)
        }
        let description: DatasetDescription
        do {
            description = try DatasetDescription(yaml: text)
        } catch {
            throw CommandFailure(.wrongConfiguration, code: "description", message: "\(error)", file: path)
        }
        let importer = CatalogueImport(files: context.files, directory: catalogue, source: folder)
        let result = try importer.run(description, file: path)
        context.output.remark("catalogue: \(result.entries.count) series in \(catalogue)")
    }

    private func json(_ finished: [(name: String, run: FinishedRun)]) -> String {
        let runs = finished.map { entry in
            JSONText.object([
                JSONMember("folder", .string(FilePath.join(output, "results/\(entry.name)"))),
                JSONMember("summary", entry.run.summary),
            ])
        }
        return JSONText.object([
            JSONMember("output", .string(output)), JSONMember("runs", .list(runs)),
        ]).pretty
    }

    private func text(
        _ finished: [(name: String, run: FinishedRun)], _ context: CommandContext
    ) -> String {
        let table = ComparisonTable(
            finished.map { ($0.run.result, $0.run.statistics) }, style: FinishedRun.style(context.output))
        let reports = finished.map { " " + FilePath.join(output, "results/\($0.name)/report.html") + "\n" }
        let example = FilePath.join(output, "sample/runs/sma-cross.yaml")
        return "\n" + table.render() + "\n Reports\n" + reports.joined() + """

             Next
             tradewind backtest \(example) --set parameters.fast=20
             tradewind data list --catalogue \(FilePath.join(output, "catalogue"))

            """
    }
}
