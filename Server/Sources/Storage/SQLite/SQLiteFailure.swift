internal import GRDB

extension StorageError {
    /// What an error of SQLite means; errors that are ours already stay as they are.
    ///
    /// - Parameters:
    ///   - path: the database file.
    ///   - sql: the statement, when it is about one. It holds no values.
    init(sqlite error: any Error, path: String, sql: String? = nil) {
        if let error = error as? StorageError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(
                .unavailable, "the database \(path) failed: \(error)", file: path,
                remedy: "see the message for the cause")
            return
        }
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            self.init(
                .constraint, "a rule of the schema is broken: \(reason)", file: path,
                remedy: "the row exists already, or lacks what it needs")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, "another process holds the database \(path)", file: path,
                remedy: "try again; end the process that holds it when it stays so")
        case .SQLITE_FULL:
            self.init(
                .diskFull, "there is no space left for the database \(path)", file: path,
                remedy: "free space on that disk; nothing is lost, and writing goes on by itself then")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(damaged: path, reason)
        case .SQLITE_INTERRUPT:
            self.init(
                .timeout, "a statement took longer than database.statement-timeout", file: path,
                remedy: "ask for less at once, or raise database.statement-timeout")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_NOLFS:
            self.init(
                .unavailable, "the database \(path) cannot be opened, read or written: \(reason)",
                file: path,
                remedy: "see to the disk, and that the folder and the files belong to the user of the service"
            )
        case .SQLITE_MISUSE:
            self.init(
                .closed, "the database \(path) was closed", file: path, remedy: "open the store again")
        default:
            let statement = sql.map { " in: \($0.prefix(300))" } ?? ""
            self.init(
                .statement, "\(reason)\(statement)", file: path,
                remedy: "run tradewind migrate status; when nothing is pending, this is a defect")
        }
    }

    /// A database file that is damaged, or is none.
    init(damaged path: String, _ reason: String) {
        self.init(
            .corrupt, "the database \(path) is damaged: \(reason)", file: path,
            remedy: """
                stop the services, move the file and its -wal and -shm files aside (keep them), and put a \
                backup from the folder backups beside it in its place; nothing was overwritten
                """)
    }
}
