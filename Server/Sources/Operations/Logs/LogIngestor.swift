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
    static let maximumLines: Int64 = 20_000_000

    private let settings: LogIngestionSettings
    private let store: any TransactionalStore
    private let now: @Sendable () -> Instant
    private let metrics: LogIngestionMetrics
    private var folder: LogFolder
    private var tailer: LogTailer?
    /// How it goes, for whoever asks.
    public nonisolated let status: LogIngestionStatus

    /// Reads the files of a log.
    ///
    /// - Parameters:
    ///   - path: the current file.
    ///   - setAside: how many older ones are kept beside it.
    ///   - uptime: a clock that never goes back.
    public init(
        path: String, setAside: Int, settings: LogIngestionSettings, store: any TransactionalStore,
        metrics: MetricsRegistry, now: @escaping @Sendable () -> Instant,
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.settings, self.store, self.now) = (settings, store, now)
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

    private func isExpired(_ line: StoredLogLine, _ now: Instant) -> Bool {
        oldest(now).map { line.loggedAt < $0 } ?? false
    }

    /// The moment from which on lines are kept; nil when all are.
    private func oldest(_ now: Instant) -> Instant? {
        guard settings.retention > .zero else { return nil }
        let (seconds, attoseconds) = settings.retention.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : now - Timespan(nanoseconds: product + attoseconds / 1_000_000_000)
    }

    /// Forgets lines that are older than lines are kept, in small batches.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func purge() async throws -> Int {
        var purged = 0
        let oldest = oldest(now())
        while !Task.isCancelled {
            let count = try await store.write { transaction in
                var count = 0
                if let oldest { count += try transaction.logs.purge(before: oldest, limit: Self.purgeBatch) }
                return count
                    + (try transaction.logs.purge(beyond: Self.maximumLines, limit: Self.purgeBatch))
            }
            purged += count
            metrics.countPurged(count)
            if count < Self.purgeBatch { break }
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

    func set(behind: Int64) { state.withLock { $0.behind = behind } }

    func caughtUp() {
        let now = uptime()
        state.withLock { ($0.caughtUpAt, $0.failure) = (now, nil) }
    }

    func failed(_ reason: String) { state.withLock { $0.failure = reason } }
}
