internal import Events
internal import Glibc
public import Storage
public import Units

/// Takes the lines of finished UTC days out of storage into packed files of JSON lines, one file a day, and
/// remembers up to which line each day is archived.
///
/// Lines that come after their day was archived, as of a service that was down over midnight, go into a
/// further file of that day. An archived file is never replaced. Whenever the process ends, the next attempt
/// goes on: a file gets its name only when it is whole, and a day counts as archived only after that.
public actor LogArchiver {
    /// What one attempt has brought.
    public struct Report: Hashable, Sendable {
        /// The files that were made, in the order of days.
        public var files: [StoredLogArchive] = []
    }

    /// Lines read at once: at 16 KiB each at most, a few MiB.
    private static let batch = 500
    /// Lines looked at by one statement that finds out which days there are.
    private static let window: Int64 = 50_000
    /// The length of time that one statement looks at: of a day with millions of lines not all at once.
    private static let slice = Timespan.hour

    private let store: any TransactionalStore
    private let destination: any LogArchiveDestination
    private let lock: String
    private let now: @Sendable () -> Instant
    /// Everything up to this line has been looked at.
    private var looked: Int64 = 0
    /// Days with lines that are not archived.
    private var pending: Set<Int> = []

    /// An archiver.
    ///
    /// - Parameter lock: the file that keeps two processes apart; its folder is made when it is not there.
    public init(
        store: any TransactionalStore, destination: any LogArchiveDestination, lock: String,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.store, self.destination, self.lock, self.now) = (store, destination, lock, now)
    }

    /// Where archived logs go, for people.
    public nonisolated var place: String { destination.description }

    /// The finished days before a day that have lines which are not archived, the earliest first.
    public func due(before limit: Int) async throws(LogArchiveError) -> [Int] {
        do { try await look() } catch { throw Self.translated(error) }
        return pending.filter { $0 < limit }.sorted()
    }

    /// Archives all days before a day, or one of them.
    ///
    /// - Parameters:
    ///   - limit: the first day that is left alone, counted from 1970-01-01.
    ///   - only: the only day; nil for all that are due.
    ///   - done: hears of each file when it is in its place and remembered.
    /// - Throws: what failed first. What was archived before stays so, and the next attempt does the rest.
    @discardableResult
    public func archive(
        before limit: Int, only: Int? = nil, done: @Sendable (StoredLogArchive) -> Void = { _ in }
    ) async throws(LogArchiveError) -> Report {
        let lock = try acquire()
        var (report, failure): (Report, LogArchiveError?) = (Report(), nil)
        let days: [Int]
        if let only {
            days = only < limit ? [only] : []
        } else {
            days = try await due(before: limit)
        }
        for day in days {
            do {
                try Task.checkCancellation()
                if let file = try await archive(day) {
                    report.files.append(file)
                    done(file)
                }
                pending.remove(day)
            } catch {
                let error = Self.translated(error)
                failure = failure ?? error
                // Another day may be readable; another file would not find a better destination.
                if error.code != .storage { break }
            }
        }
        _ = consume lock
        if let failure { throw failure }
        return report
    }

    private func acquire() throws(LogArchiveError) -> LockFile {
        if let slash = lock.lastIndex(of: "/"), slash != lock.startIndex {
            try LogArchiveFiles.makeFolder(String(lock[..<slash]))
        }
        do throws(SupervisionError) {
            if let held = try LockFile.acquire(lock) {
                if let failure = DirectFile.giveToOwnerOfFolder(lock) {
                    throw SupervisionError.system(
                        .cannotWrite, failure.action, path: lock, number: failure.number)
                }
                return held
            }
        } catch { throw LogArchiveError(error) }
        throw LogArchiveError(
            .busy, "another process archives logs at the moment", path: lock, remedy: "try again in a minute")
    }

    private static func translated(_ error: any Error) -> LogArchiveError {
        switch error {
        case let error as LogArchiveError: error
        case let error as StorageError: LogArchiveError(error)
        case is CancellationError:
            LogArchiveError(.storage, "it was cancelled", remedy: "it goes on with the next attempt")
        default: LogArchiveError(.storage, "\(error)", remedy: "see the reason")
        }
    }

    // MARK: What there is

    /// Finds out which days the lines belong to that came since it last looked.
    private func look() async throws {
        let (newest, first, archived) = try await store.read { transaction in
            let logs = transaction.logs
            return (try logs.lastLine(), try logs.firstLine(), try transaction.logArchives.lastLines())
        }
        // Numbers begin anew when every line was removed.
        if newest < looked { (looked, pending) = (0, []) }
        looked = max(looked, (first ?? 1) - 1)
        while looked < newest {
            try Task.checkCancellation()
            let (after, through) = (looked, min(newest, looked + Self.window))
            let found = try await store.read { try $0.logs.days(after: after, through: through) }
            // Unordered: they come into a set.
            for (day, last) in found where last > Self.known(archived[day], newest) { pending.insert(day) }
            looked = through
        }
    }

    /// The last archived line; 0 for a number that no line has any more.
    private static func known(_ last: Int64?, _ newest: Int64) -> Int64 {
        guard let last, last <= newest else { return 0 }
        return last
    }

    // MARK: One day

    private func archive(_ day: Int) async throws -> StoredLogArchive? {
        let (newest, earlier) = try await store.read { transaction in
            (try transaction.logs.lastLine(), try transaction.logArchives.list(day: day))
        }
        let selection = LogArchiveSelection(
            start: Instant(day: day), end: Instant(day: day + 1),
            after: Self.known(earlier.map(\.lastLine).max(), newest), last: newest)
        var part = (earlier.map(\.part).max() ?? 0) + 1
        let draft =
            "\(try destination.drafts())/\(LogArchiveFiles.draft)\(Self.name(day, part))-\(getpid())"
        defer { unlink(draft) }
        guard let file = try await write(selection, to: draft) else { return nil }
        while try await destination.place(file, as: Self.name(day, part)) == .taken {
            part += 1
            if part > 1_000 {
                throw LogArchiveError(
                    .file, "there are 1000 files of one day in \(destination.description)",
                    remedy: "see who writes there; hosts that share a place need a prefix each")
            }
        }
        let archive = StoredLogArchive(
            day: day, part: part, lastLine: selection.last, name: Self.name(day, part),
            destination: destination.description, lines: file.lines, bytes: file.bytes, hash: file.digest,
            archivedAt: now())
        try await store.write { try $0.logArchives.insert(archive) }
        return archive
    }

    /// Writes the lines of a selection; nil when there are none.
    private func write(_ selection: LogArchiveSelection, to path: String) async throws -> PackedLogFile? {
        let writer = try PackedFileWriter(path)
        var (lines, start) = (0, selection.start)
        while start < selection.end {
            var hour = selection
            hour.start = start
            hour.end = min(selection.end, start + Self.slice)
            start = hour.end
            var place: LogCursor?
            while true {
                try Task.checkCancellation()
                let (part, after) = (hour, place)
                let found = try await store.read {
                    try $0.logs.lines(part, after: after, limit: Self.batch)
                }
                var bytes: [UInt8] = []
                for line in found {
                    bytes += LogLineJSON.archived(line).compact.utf8
                    bytes.append(0x0A)
                }
                if !bytes.isEmpty { try writer.append(bytes) }
                lines += found.count
                guard found.count == Self.batch, let last = found.last else { break }
                place = LogCursor(loggedAt: last.loggedAt, id: last.id)
            }
        }
        let (bytes, digest) = try writer.finish()
        return lines == 0 ? nil : PackedLogFile(path: path, lines: lines, bytes: bytes, digest: digest)
    }

    /// `tradewind-logs-2026-11-20.jsonl.gz`, and `tradewind-logs-2026-11-20.2.jsonl.gz` for a second part.
    private static func name(_ day: Int, _ part: Int) -> String {
        "tradewind-logs-\(dayText(day))\(part == 1 ? "" : ".\(part)").jsonl.gz"
    }

    /// A day counted from 1970-01-01 as `2026-11-20`.
    public static func dayText(_ day: Int) -> String { CivilDate(day: day).description }
}
