internal import ArgumentParser
internal import MarketData
internal import Units

/// `tradewind data sample`: synthetic markets from a seed.
struct SampleCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Make synthetic market data from a seed.",
        discussion: """
            Writes CSV files of spot, perpetual, funding, ticks, lending, staking, oracle, gas and option \
            data, a data-set description (dataset.yaml) and run files (runs/). Equal seeds give equal bytes.
            """)

    @Option(name: .long, help: "Folder to write to.")
    var output = ".tradewind/sample"

    @Option(name: .long, help: "Seed of all random choices.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "Whole days of data, 1 to \(SampleConfiguration.maximumDays).")
    var days = 90

    @OptionGroup var format: OutputFormat

    func validate() throws {
        if SampleConfiguration(seed: seed, days: days) == nil {
            throw ValidationError("--days must be 1 to \(SampleConfiguration.maximumDays), not \(days)")
        }
    }

    func run(_ context: CommandContext) throws {
        guard let sample = SampleConfiguration(seed: seed, days: days) else {
            throw CommandFailure(
                .usage, code: "usage", message: "--days must be 1 to \(SampleConfiguration.maximumDays)")
        }
        let written = try SampleWriter(files: context.files, folder: output).write(sample)
        if format.json {
            try context.output.result(json(written))
        } else {
            let rows = written.reduce(0) { $0 + $1.rows }
            let bytes = written.reduce(0) { $0 + $1.bytes }
            let catalogue = FilePath.join(output, "catalogue")
            try context.output.result(
                """
                \(output): \(written.count) files, \(rows) rows, \(bytes / 1_048_576) MiB
                next: tradewind data import \(FilePath.join(output, "dataset.yaml")) --source \(output) \
                --catalogue \(catalogue)
                      tradewind backtest \(FilePath.join(output, "runs/sma-cross.yaml"))

                """)
        }
    }

    private func json(_ written: [SampleWriter.Written]) -> String {
        let files = written.map {
            "{\"path\": \(JSONEscape.quoted($0.path)), \"rows\": \($0.rows), \"bytes\": \($0.bytes)}"
        }
        return "{\"output\": \(JSONEscape.quoted(output)), \"seed\": \(seed), \"days\": \(days), "
            + "\"files\": [\(files.joined(separator: ", "))]}\n"
    }
}

/// Writes synthetic markets into a folder.
struct SampleWriter {
    /// One file that was written.
    struct Written {
        let path: String
        let rows: Int
        let bytes: Int
    }

    let files: any FileStore
    let folder: String

    /// Writes all files; those that are there are replaced one by one, the description last.
    func write(_ configuration: SampleConfiguration) throws(FileError) -> [Written] {
        var written: [Written] = []
        try SampleMarkets.generate(configuration) { (file) throws(FileError) in
            let path = FilePath.join(folder, file.path)
            try files.makeDirectory(FilePath.directory(path))
            try files.replace(path, with: file.bytes)
            written.append(Written(path: file.path, rows: file.rows, bytes: file.bytes.count))
        }
        return written
    }
}
