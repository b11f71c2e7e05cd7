internal import Metrics
public import Settings
public import Storage
internal import Synchronization
public import Units

/// Reads what is new in the files of one log into storage.
///
/// How far it has read is kept in the transaction that keeps the lines: whenever the process ends, it goes on
/// without losing a line or storing one twice. It writes nothing about its own work to any log, or its lines
/// would make new ones; ``LogIngestionStatus`` and metrics tell of it.
public actor LogIngestor {
    /// Lines deleted at once; a second writer waits no longer than that takes.
    private static let purgeBatch = 500
    /// Lines kept at most, whatever their age.
    public static let maximumLines: Int64 = 20_000_000

    private let settings: LogIngestionSettings
    private let store: any TransactionalStore
    private let now: @Sendable () -> Instant
    private let metrics: LogIngestionMetrics
    private let maximumLines: Int64
    private var folder: LogFolder
    private var tailer: LogTailer?
    /// How it goes, for whoever asks.
    public nonisolated let status: LogIngestionStatus

    /// Reads the files of a log.
    ///
    /// - Parameters:
    ///   - path: the current file.
    ///   - setAside: how many older ones are kept beside it.
    ///   - maximumLines: lines kept at most, whatever their age and whether they are archived.
    ///   - uptime: a clock that never goes back.
    public init(
        path: String, setAside: Int, settings: LogIngestionSettings, store: any TransactionalStore,
        metrics: MetricsRegistry, maximumLines: Int64 = LogIngestor.maximumLines,
        now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration
    ) {
        (self.settings, self.store, self.now) = (settings, store, now)
        self.maximumLines = max(1, maximumLines)
        folder = LogFolder(path: path, setAside: setAside)
        status = LogIngestionStatus(uptime: uptime)
        self.metrics = LogIngestionMetrics(metrics, status: status)
    }

    /// What one look at the files has brought.
    public struct Report: Hashable, Sendable {
        /// Lines stored.
        public var stored = 0
        /// Lines that were in storage already.
        public var duplicates = 0
        /// Lines left out, as they are no JSON object.
        public var malformed = 0
        /// Lines left out, as they are too long.
        public var tooLong = 0
        /// Lines left out, as they are older than lines are kept.
        public var expired = 0
        /// Whether files may have come and gone unread.
        public var hasGap = false

        /// Nothing.
        public init() {}
    }

    /// Reads everything that is new.
    ///
    /// - Throws: `StorageError`, ``LogReadError``; the next call goes on where this one has failed.
    @discardableResult
    public func poll() async throws -> Report {
        var report = Report()
        var tailer = try await opened()
        while let batch = try tailer.next(&folder, limit: settings.batchSize) {
            try await keep(batch, &report)
            tailer.adopt(batch)
            self.tailer = tailer
            status.set(behind: batch.behind)
            if !batch.hasMore { break }
        }
        folder.release()
        status.caughtUp()
        return report
    }

    private func opened() async throws -> LogTailer {
        if let tailer { return tailer }
        let path = folder.path
        let files = try await store.read { try $0.logs.files(of: path) }
        let made = LogTailer(files: files, fullCount: folder.capacity)
        tailer = made
        return made
    }

    private func keep(_ batch: LogTailer.Batch, _ report: inout Report) async throws {
        let now = now()
        let reader = LogLineReader(now: now)
        let rows = batch.lines.compactMap { reader.row($0) }
        let kept = rows.filter { !isExpired($0, now) }
        let path = folder.path
        let stored = try await store.write { transaction in
            let stored = try transaction.logs.add(kept)
            try transaction.logs.setFiles(of: path, batch.files)
            return stored
        }
        var part = Report()
        part.stored = stored
        part.duplicates = kept.count - stored
        part.malformed = batch.lines.count - rows.count
        part.expired = rows.count - kept.count
        (part.tooLong, part.hasGap) = (batch.tooLong, batch.hasGap)
        metrics.count(part)
        report.add(part)
    }

    /// Whether a line is too old to be stored. With an archive none is before it was archived.
    private func isExpired(_ line: StoredLogLine, _ now: Instant) -> Bool {
        if settings.archive.isEnabled { return false }
        return oldest(now).map { line.loggedAt < $0 } ?? false
    }

    /// The moment from which on lines are kept; nil when all are.
    private func oldest(_ now: Instant) -> Instant? {
        guard settings.retention > .zero else { return nil }
        let (seconds, attoseconds) = settings.retention.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : now - Timespan(nanoseconds: product + attoseconds / 1_000_000_000)
    }

    /// Forgets lines that are older than lines are kept, in small batches. With an archive only those that
    /// are in it, unless there are too many: then ``LogIngestionStatus/lostLines`` rises.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func purge() async throws -> Int {
        var purged = 0
        if let oldest = oldest(now()) {
            if settings.archive.isEnabled {
                purged += try await purgeArchived(before: oldest)
            } else {
                purged += try await repeating { try $0.logs.purge(before: oldest, limit: Self.purgeBatch) }
            }
        }
        let (maximum, keepsUnarchived) = (maximumLines, settings.archive.isEnabled)
        let (metrics, status) = (metrics, status)
        return try await purged
            + repeating { transaction in
                let logs = transaction.logs
                let lost =
                    keepsUnarchived ? try logs.countUnarchived(beyond: maximum, limit: Self.purgeBatch) : 0
                return (try logs.purge(beyond: maximum, limit: Self.purgeBatch), lost)
            } counted: { lost in
                if lost == 0 { return }
                metrics.countLost(lost)
                status.lost(lost)
            }
    }

    /// Forgets old lines of each day up to the one that was archived last, and never the newest line of all:
    /// its number would be given to another one.
    private func purgeArchived(before oldest: Instant) async throws -> Int {
        let (first, newest, archived) = try await store.read { transaction in
            let logs = transaction.logs
            return (try logs.oldest(), try logs.lastLine(), try transaction.logArchives.lastLines())
        }
        guard let first else { return 0 }
        var purged = 0
        for day in archived.keys.sorted() where day >= first.day && Instant(day: day) < oldest {
            guard let last = archived[day], last <= newest else { continue }
            purged += try await repeating { transaction in
                try transaction.logs.purge(
                    day: day, before: oldest, archivedUpTo: min(last, newest - 1), limit: Self.purgeBatch)
            }
        }
        return purged
    }

    private func repeating(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Int
    ) async throws -> Int {
        try await repeating {
            (try body($0), 0)
        } counted: { _ in
        }
    }

    /// Deletes in batches until one is not full.
    ///
    /// - Parameters:
    ///   - body: how many lines it deleted, and how many of them are lost.
    ///   - counted: hears of those that are lost when they are.
    private func repeating(
        _ body: @escaping @Sendable (StoreTransaction) throws -> (purged: Int, lost: Int),
        counted: (Int) -> Void
    ) async throws -> Int {
        var purged = 0
        while !Task.isCancelled {
            let batch = try await store.write(body)
            purged += batch.purged
            metrics.countPurged(batch.purged)
            counted(batch.lost)
            if batch.purged < Self.purgeBatch { break }
        }
        return purged
    }
}

extension LogIngestor.Report {
    fileprivate mutating func add(_ other: LogIngestor.Report) {
        stored += other.stored
        duplicates += other.duplicates
        malformed += other.malformed
        tooLong += other.tooLong
        expired += other.expired
        hasGap = hasGap || other.hasGap
    }
}

/// How the reading of logs goes.
public final class LogIngestionStatus: Sendable {
    private struct State {
        var caughtUpAt: Duration?
        var behind: Int64 = 0
        var failure: String?
        var lostLines = 0
    }

    private let uptime: @Sendable () -> Duration
    private let state = Mutex(State())

    init(uptime: @escaping @Sendable () -> Duration) { self.uptime = uptime }

    /// How long ago everything was in storage that was in the files; nil before it ever was.
    public var lag: Duration? {
        state.withLock { $0.caughtUpAt }.map { max(.zero, uptime() - $0) }
    }

    /// Bytes that are in the files and not in storage.
    public var behind: Int64 { state.withLock { $0.behind } }

    /// Why the last attempt failed; nil when it did not.
    public var failure: String? { state.withLock { $0.failure } }

    /// Lines that were removed from storage before they were archived, as there were too many.
    public var lostLines: Int { state.withLock { $0.lostLines } }

    func lost(_ lines: Int) { state.withLock { $0.lostLines += lines } }

    func set(behind: Int64) { state.withLock { $0.behind = behind } }

    func caughtUp() {
        let now = uptime()
        state.withLock { ($0.caughtUpAt, $0.failure) = (now, nil) }
    }

    func failed(_ reason: String) { state.withLock { $0.failure = reason } }
}
