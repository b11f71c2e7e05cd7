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

    let files: any FolderStore
    let folder: String

    /// Writes all files into a folder of their own first, so that a full disk leaves what was there, then
    /// gives them their names one by one, the description last.
    func write(_ configuration: SampleConfiguration) throws(FileError) -> [Written] {
        let absent = try files.absentFolders(folder)
        let new = FilePath.join(folder, ".sample.new")
        do throws(FileError) {
            try files.makeDirectory(folder)
            try files.deleteFolder(new)
            var written: [Written] = []
            try SampleMarkets.generate(configuration) { (file) throws(FileError) in
                let path = FilePath.join(new, file.path)
                try files.makeDirectory(FilePath.directory(path))
                try files.replace(path, with: file.bytes)
                written.append(Written(path: file.path, rows: file.rows, bytes: file.bytes.count))
            }
            for file in written {
                let path = FilePath.join(folder, file.path)
                try files.makeDirectory(FilePath.directory(path))
                try files.move(FilePath.join(new, file.path), to: path)
            }
            try files.deleteFolder(new)
            return written
        } catch {
            discard(new, absent)
            throw named(error, new)
        }
    }

    /// A failure under the name that the file was to have.
    private func named(_ error: FileError, _ new: String) -> FileError {
        guard error.path.hasPrefix(new) else { return error }
        let rest = error.path.dropFirst(new.count).drop { $0 == "/" }
        return FileError(
            path: rest.isEmpty ? folder : FilePath.join(folder, String(rest)), operation: error.operation,
            kind: error.kind, reason: error.reason)
    }

    /// Removes what a failed attempt left. Its own failure is not told: the first one is what the user must
    /// hear of, and the next attempt removes the rest.
    private func discard(_ new: String, _ absent: [String]) {
        do throws(FileError) {
            try files.deleteFolder(new)
            for folder in absent { try files.deleteEmptyFolder(folder) }
        } catch { return }
    }
}
