internal import Events
public import Operations
public import Storage
public import Units

/// What the routes of logs work with.
public struct LogAPI: Sendable {
    let store: any TransactionalStore
    let status: LogIngestionStatus?
    let browser: BrowserLogs?
    let maximumPage: Int
    let now: @Sendable () -> Instant
    let uptime: @Sendable () -> Duration

    /// Routes over stored lines.
    ///
    /// - Parameters:
    ///   - status: how the reading of log files goes; nil when they are not read.
    ///   - browser: takes what browsers send; nil when they may not.
    ///   - maximumPage: entries of the largest page.
    ///   - uptime: a clock that never goes back.
    public init(
        store: any TransactionalStore, status: LogIngestionStatus?, browser: BrowserLogs?, maximumPage: Int,
        now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration
    ) {
        (self.store, self.status, self.browser) = (store, status, browser)
        (self.maximumPage, self.now, self.uptime) = (maximumPage, now, uptime)
    }

    /// Lines that are counted at most: beyond them a list says that there are more.
    static let maximumCount = 10_000
    /// How long one request may look for lines that no index has.
    private static let patience = Duration.milliseconds(1_500)
    /// Lines that one statement looks at.
    private static let window = 20_000

    /// Lines that were found.
    struct Found: Sendable {
        var lines: [StoredLogLine] = []
        /// Where the search goes on; nil when there are no more.
        var next: LogCursor?
        /// Whether the page is full, or there are no more lines.
        var isComplete = true
    }

    /// Lines of a selection, the newest first. Where each line must be looked at, it stops when its time is
    /// over, and ``Found/next`` says where to go on.
    func find(_ selection: LogSelection, before cursor: LogCursor?, offset: Int, limit: Int) async throws
        -> Found
    {
        var (found, left) = (Found(), offset)
        var place = cursor
        let began = uptime()
        while true {
            let (from, skipped, wanted) = (place, left, limit - found.lines.count)
            let isLooked = selection.needsLook
            let window = try await store.read { transaction in
                try transaction.logs.search(
                    selection, before: from, offset: isLooked ? 0 : skipped,
                    limit: isLooked ? skipped + wanted : wanted, lookedAt: Self.window)
            }
            if isLooked {
                let dropped = min(left, window.lines.count)
                left -= dropped
                found.lines += window.lines.dropFirst(dropped)
            } else {
                found.lines += window.lines
            }
            found.next = window.next
            if window.next == nil || found.lines.count >= limit { return found }
            if uptime() - began > Self.patience {
                found.isComplete = false
                return found
            }
            place = window.next
        }
    }

    /// How many lines a selection has, at most ``maximumCount`` and one more; nil when it is not known.
    func count(_ selection: LogSelection) async throws -> Int? {
        try await store.read { try $0.logs.count(selection, upTo: Self.maximumCount + 1) }
    }

    /// What storage refuses as clients see it.
    func failing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as StorageError { throw APIError(error) }
    }
}

extension LogCursor {
    /// As clients hand it back: `NANOSECONDS-NUMBER`.
    var text: String { "\(loggedAt.nanoseconds)-\(id)" }

    /// Reads what ``text`` gave; nil for anything else.
    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 40, let time = Int64(parts[0]), let id = Int64(parts[1])
        else { return nil }
        self.init(loggedAt: Instant(nanoseconds: time), id: id)
    }
}
