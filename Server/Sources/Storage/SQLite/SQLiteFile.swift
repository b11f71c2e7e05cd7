internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// The file of a database: made once, for its owner alone, and never mistaken for another one.
enum SQLiteFile {
    /// "TWND": which program the file belongs to.
    static let applicationID: Int32 = 0x5457_4E44

    /// Makes the file where there is none.
    ///
    /// A new file is made whole under another name first: so an empty file is always one that was damaged.
    ///
    /// - Throws: ``StorageError``.
    static func prepare(_ path: String, creating: Bool) throws {
        var facts = stat()
        if stat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFREG else {
                throw StorageError(
                    .unavailable, "\(path) is no file", file: path,
                    remedy: "let database.url name a file, or a place for one")
            }
            guard facts.st_size > 0 else { throw StorageError(damaged: path, "the file is empty") }
            return
        }
        guard errno == ENOENT else { throw failure(path, "looked at") }
        if access(path + "-wal", F_OK) == 0 {
            throw StorageError(damaged: path, "the file is gone, but its -wal file is there")
        }
        guard creating else {
            throw StorageError(
                .absent, "there is no database \(path) yet", file: path,
                remedy: "tradewind migrate up makes it, as does the first start of the services")
        }
        try makeFolder(of: path)
        try make(path)
    }

    private static func makeFolder(of path: String) throws {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        var made = ""
        for (index, name) in path[..<slash].split(separator: "/", omittingEmptySubsequences: false)
            .enumerated()
        {
            made += (index == 0 ? "" : "/") + name
            if made.isEmpty || access(made, F_OK) == 0 { continue }
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure(path, "made") }
        }
    }

    private static func make(_ path: String) throws {
        let draft = path + ".new-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, "made") }
        close(descriptor)
        defer {
            for end in ["", "-wal", "-shm", "-journal"] { unlink(draft + end) }
        }
        do {
            let database = try DatabaseQueue(path: draft)
            try database.writeWithoutTransaction { connection in
                try connection.execute(sql: "PRAGMA application_id = \(applicationID)")
                try connection.execute(sql: "PRAGMA journal_mode = WAL")
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                try connection.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try database.close()
        } catch { throw StorageError(sqlite: error, path: path) }
        // Another process may have made it at the same moment: then it is that one.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path, "made") }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure(path, "made") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure(path, "made durable") }
    }

    static func failure(_ path: String, _ what: String) -> StorageError {
        let code = errno
        let reason = String(cString: strerror(code))
        if code == ENOSPC || code == EDQUOT {
            return StorageError(
                .diskFull, "there is no space left for the database \(path)", file: path,
                remedy: "free space on that disk")
        }
        return StorageError(
            .unavailable, "the database \(path) cannot be \(what): \(reason)", file: path,
            remedy: "see to the folder: it must be there, and belong to the user of the service")
    }

    /// Refuses a database of another program.
    static func checkIdentity(_ connection: Database, path: String) throws {
        let id = try Int32.fetchOne(connection, sql: "PRAGMA application_id")
        guard id == applicationID else {
            throw StorageError(
                .corrupt, "\(path) is a database of another program, or of none", file: path,
                remedy: "let database.url name a file of tradewind; nothing was changed")
        }
    }

    /// Checks the pages of the whole file.
    static func checkIntegrity(_ connection: Database, path: String) throws {
        let lines = try String.fetchAll(connection, sql: "PRAGMA integrity_check(10)")
        guard lines == ["ok"] else {
            throw StorageError(damaged: path, lines.first ?? "the check of its pages says nothing")
        }
        if let row = try Row.fetchOne(connection, sql: "PRAGMA foreign_key_check") {
            throw StorageError(damaged: path, "a row refers to one that is not there: \(row)")
        }
    }
}
