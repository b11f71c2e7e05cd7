internal import Events
internal import MarketData
internal import Units

/// The log of a run as a file of this machine.
struct RunLogFile {
    /// Its name in a result folder.
    static let name = "events.log"

    /// The file that was named, or the one in the folder that was named.
    let path: String
    private let content: FileBytes

    /// Opens a log.
    ///
    /// - Parameter named: a log, or a result folder.
    /// - Throws: exit code 65 when there is none, or an empty one.
    init(_ named: String, _ files: any FileStore) throws(CommandFailure) {
        do {
            var path = named
            if let entry = try files.entry(named), entry.isDirectory {
                path = FilePath.join(named, RunLogFile.name)
                if try files.entry(path) == nil {
                    throw CommandFailure(
                        .badData, code: "event-log",
                        message: "the folder holds no \(RunLogFile.name)", file: named,
                        remedy: "name the folder that backtest --output wrote, or a log")
                }
            }
            self.path = path
            content = try files.read(path)
        } catch let error as FileError {
            throw CommandFailure(error)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.badData, code: "event-log", message: "\(error)", file: named)
        }
        if content.count == 0 {
            throw CommandFailure(
                .badData, code: "event-log", message: "the file is empty", file: path,
                remedy: RunLogFile.remedy)
        }
    }

    static let remedy = "run the backtest again with --output, or restore the file from a copy"

    /// SHA-256 of the whole file.
    var hash: Digest { content.withBytes { SHA256Stream.digest(of: $0) } }

    /// Bytes of the file.
    var size: Int { content.count }

    /// Reads all records in order while verifying the chain, up to the end or the first that is broken.
    ///
    /// - Throws: exit code 65 with record number and offset for a log that is broken, truncated or not
    ///   finished; what `body` throws.
    func read(_ body: (RunRecord) throws(CommandFailure) -> Void) throws(CommandFailure) {
        try content.withBytes { (bytes) throws(CommandFailure) in
            var reader = RunLogReader(bytes: bytes)
            while true {
                let found: RunRecord?
                do throws(RunLogError) {
                    found = try reader.next()
                } catch {
                    throw failure(error, reader)
                }
                guard let record = found else { break }
                try body(record)
            }
        }
    }

    private func failure(_ error: RunLogError, _ reader: borrowing RunLogReader) -> CommandFailure {
        let place = "record \(reader.records + 1) at byte \(reader.position)"
        let message =
            switch error {
            case .truncated: "\(place): the file ends within the record, after \(size) bytes"
            case .malformed(_, let reason):
                "\(place): not a record of a run's log (\(reason)); the chain vouches for the "
                    + "\(reader.verified) bytes before"
            case .brokenChain:
                "\(place): the chain does not match; a byte between \(reader.verified) and "
                    + "\(reader.position) was altered"
            case .unfinished:
                "the log ends after record \(reader.records) at byte \(reader.position), before the end of "
                    + "its run"
            }
        return CommandFailure(
            .badData, code: "event-log", message: message, file: path, remedy: RunLogFile.remedy)
    }
}
