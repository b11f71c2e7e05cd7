internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research
internal import Units

/// `tradewind events verify`: whether the log of a run is whole and unaltered.
struct EventsVerifyCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify the hash chain of an event log.",
        discussion: """
            Without a file: the log of the platform, in the database that the settings name; then also \
            --after OFFSET and --set key=value. With a file: the log of a run. \
            Reads every record and every link of the chain, and compares the hash of the whole log with \
            log_hash of the summary.json beside it. Exit code 65 when anything is wrong, with record and byte.
            """)

    @Argument(help: "A log, or the folder that backtest --output wrote.")
    var file: String

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let log = try RunLogFile(file, context.files)
        var counts = LogCounts()
        try log.read { (record) throws(CommandFailure) in counts.take(record) }
        let hash = log.hash
        let summary = try SummaryHash.beside(log.path, context.files)
        if let summary, summary.hash != hash {
            throw CommandFailure(
                .badData, code: "event-log",
                message: "the log's hash is \(hash), and log_hash of \(summary.path) is \(summary.hash)",
                file: log.path, remedy: "one of the two files is from another run; " + RunLogFile.remedy)
        }
        try context.output.result(
            format.json ? object(log, counts, hash, summary) : text(log, counts, hash, summary))
    }

    private func text(_ log: RunLogFile, _ counts: LogCounts, _ hash: Digest, _ summary: SummaryHash?)
        -> String
    {
        let beside = summary.map { "equal to log_hash of \($0.path)" } ?? "no summary.json beside it"
        return """
            \(log.path) is whole and unaltered
            records   \(counts.records) (\(counts.orders) orders, \(counts.fills) fills)
            chain     \(counts.links) links over \(log.size) bytes
            log_hash  \(hash)
                      \(beside)

            """
    }

    private func object(_ log: RunLogFile, _ counts: LogCounts, _ hash: Digest, _ summary: SummaryHash?)
        -> String
    {
        JSONText.object([
            JSONMember("file", .string(log.path)), JSONMember("bytes", .integer(log.size)),
            JSONMember("records", .integer(counts.records)), JSONMember("orders", .integer(counts.orders)),
            JSONMember("fills", .integer(counts.fills)), JSONMember("chain_links", .integer(counts.links)),
            JSONMember("first", .time(counts.first)), JSONMember("last", .time(counts.last)),
            JSONMember("log_hash", .string(hash.description)),
            JSONMember("summary", summary.map { .string($0.path) } ?? .null),
        ]).pretty
    }
}

/// What a log holds.
private struct LogCounts {
    var records = 0
    var orders = 0
    var fills = 0
    var links = 0
    var first: Instant?
    var last: Instant?

    mutating func take(_ record: RunRecord) {
        records += 1
        switch record.event {
        case .orderSubmitted: orders += 1
        case .orderFilled: fills += 1
        case .chainLink: links += 1
        default: break
        }
        first = first ?? record.time
        last = record.time
    }
}

/// `log_hash` of the summary in a result folder.
struct SummaryHash {
    /// The summary.
    let path: String
    /// What it says.
    let hash: Digest

    /// That of the folder in which a log lies; nil for a log of another name, and without a summary.
    ///
    /// - Throws: exit code 65 for a summary without a hash.
    static func beside(_ log: String, _ files: any FileStore) throws(CommandFailure) -> SummaryHash? {
        guard FilePath.name(log) == RunLogFile.name else { return nil }
        let path = FilePath.join(FilePath.directory(log), ResultFolder.mark)
        do throws(FileError) {
            guard try files.entry(path) != nil else { return nil }
            if let hash = try files.read(path).text.flatMap(SummaryHash.hash) {
                return SummaryHash(path: path, hash: hash)
            }
        } catch {
            throw CommandFailure(error)
        }
        throw CommandFailure(
            .badData, code: "event-log", message: "the summary has no log_hash", file: path,
            remedy: RunLogFile.remedy)
    }

    /// The value of the key; inside a text its quotes would be escaped, so it is found nowhere else.
    private static func hash(_ summary: String) -> Digest? {
        let key = "\"log_hash\": \""
        var rest = summary.utf8[...]
        while let quote = rest.firstIndex(of: 0x22) {
            rest = rest[quote...]
            if rest.starts(with: key.utf8) {
                return Digest(
                    hexadecimal: String(decoding: rest.dropFirst(key.utf8.count).prefix(64), as: UTF8.self))
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}
