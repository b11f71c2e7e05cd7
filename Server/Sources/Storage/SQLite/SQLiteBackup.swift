internal import Events
internal import GRDB
internal import Glibc

/// Copies a database while others use it, and verifies the copy.
struct SQLiteBackup {
    let source: DatabasePool
    /// The file that is copied.
    let path: String

    func write(to target: String) async throws {
        guard access(target, F_OK) != 0 else {
            throw StorageError(
                .unavailable, "\(target) is there already; a backup overwrites nothing", file: target,
                remedy: "name a file that is not there")
        }
        let draft = target + ".part-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SQLiteFile.failure(target, "made") }
        close(descriptor)
        defer {
            for end in ["", "-wal", "-shm", "-journal"] { unlink(draft + end) }
        }
        do {
            try copy(to: draft)
        } catch {
            throw StorageError(sqlite: error, path: target)
        }
        guard link(draft, target) == 0 else { throw SQLiteFile.failure(target, "made") }
    }

    private func copy(to draft: String) throws {
        let copy = try DatabaseQueue(path: draft)
        try source.backup(to: copy)
        // One file, without a log beside it.
        try copy.writeWithoutTransaction { connection in
            try connection.execute(sql: "PRAGMA journal_mode = DELETE")
            try connection.execute(sql: "PRAGMA synchronous = FULL")
        }
        try copy.close()
        var configuration = Configuration()
        configuration.readonly = true
        let opened = try DatabaseQueue(path: draft, configuration: configuration)
        try opened.read { connection in
            try SQLiteFile.checkIdentity(connection, path: draft)
            try SQLiteFile.checkIntegrity(connection, path: draft)
            guard try connection.tableExists("event_head") else { return }
            let session = SQLiteSession(connection, path: draft, timeout: nil)
            do {
                _ = try EventReading.verify(from: nil, session)
            } catch let broken as EventChainBreak {
                throw StorageError(
                    damaged: path, "its event log is broken, and so is a copy of it: \(broken)")
            }
        }
        try opened.close()
        let file = open(draft, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SQLiteFile.failure(draft, "read again") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SQLiteFile.failure(draft, "made durable") }
    }
}
