internal import Foundation
internal import GRDB

/// A session on a connection of SQLite: cached statements, each with a deadline.
final class SQLiteSession: SQLSession {
    private let connection: Database
    private let path: String
    private let deadline: StatementDeadline
    /// Statements whose rows are being read: the cached one is not free then.
    private var open: Set<String> = []

    /// A session; ``end()`` must be called before the connection is given back.
    ///
    /// - Parameter timeout: how long one statement may take; nil for as long as it takes.
    init(_ connection: Database, path: String, timeout: Duration?) {
        (self.connection, self.path) = (connection, path)
        deadline = StatementDeadline(timeout: timeout)
        deadline.install(on: connection)
    }

    func end() { deadline.remove(from: connection) }

    /// What an error of SQLite means; that the task was cancelled stays what it is.
    private func failure(_ error: any Error, _ sql: String) -> any Error {
        error is CancellationError ? error : StorageError(sqlite: error, path: path, sql: sql)
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        do {
            let statement = try connection.cachedStatement(sql: sql)
            deadline.start()
            try statement.execute(arguments: StatementArguments(arguments.map(\.databaseValue)))
            return connection.changesCount
        } catch { throw failure(error, sql) }
    }

    func rows(_ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        let isOuter = open.insert(sql).inserted
        defer { if isOuter { open.remove(sql) } }
        let cursor: RowCursor
        do {
            let statement =
                isOuter
                ? try connection.cachedStatement(sql: sql) : try connection.makeStatement(sql: sql)
            deadline.start()
            cursor = try Row.fetchCursor(
                statement, arguments: StatementArguments(arguments.map(\.databaseValue)))
        } catch { throw failure(error, sql) }
        while true {
            let row: SQLRow
            do {
                guard let found = try cursor.next() else { return }
                row = SQLRow(found.databaseValues.map(SQLValue.init))
            } catch { throw failure(error, sql) }
            try body(row)
        }
    }

    func hasTable(_ name: String) throws -> Bool {
        try integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", [.text(name)])
            == 1
    }

    func script(_ sql: String) throws {
        do {
            deadline.start()
            try connection.execute(sql: sql)
        } catch { throw failure(error, sql) }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let value): Data(value).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let value): .text(value)
            case .blob(let data): .blob(Array(data))
            }
    }
}
