internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// Ends a statement that takes too long: SQLite asks it every few thousand steps whether to go on.
final class StatementDeadline {
    private let timeoutNanoseconds: UInt64?
    private var end = UInt64.max
    /// Steps of SQLite's machine between two looks at the clock; some 100 microseconds.
    private static let steps: Int32 = 5_000

    /// - Parameter timeout: how long one statement may take; nil for as long as it takes.
    init(timeout: Duration?) {
        timeoutNanoseconds = timeout.map { timeout in
            let (seconds, attoseconds) = timeout.components
            return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
        }
    }

    /// The time of the next statement starts now.
    func start() {
        if let timeoutNanoseconds { end = Self.now() + timeoutNanoseconds }
    }

    /// Has SQLite ask from now on. The deadline must live until ``remove(from:)``.
    func install(on connection: Database) {
        guard timeoutNanoseconds != nil, let handle = connection.sqliteConnection else { return }
        sqlite3_progress_handler(
            handle, Self.steps,
            { context in
                guard let context else { return 0 }
                let deadline = Unmanaged<StatementDeadline>.fromOpaque(context).takeUnretainedValue()
                return StatementDeadline.now() > deadline.end ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func remove(from connection: Database) {
        guard timeoutNanoseconds != nil, let handle = connection.sqliteConnection else { return }
        sqlite3_progress_handler(handle, 0, nil, nil)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
