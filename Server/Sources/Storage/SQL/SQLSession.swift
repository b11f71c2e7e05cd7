/// A connection within a transaction: portable SQL with `?` for arguments.
///
/// SQL that every engine of storage understands: standard types of ``SQLValue``, `ON CONFLICT`, `RETURNING`;
/// no functions of one engine alone. A session is valid only within the body that it was handed to.
public protocol SQLSession {
    /// Runs a statement that gives no rows.
    ///
    /// - Returns: rows changed.
    /// - Throws: ``StorageError``.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs a query and hands over its rows one by one, in order.
    ///
    /// - Throws: ``StorageError``; what `body` throws.
    func rows(_ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws

    /// Runs statements one after the other, as a migration has them.
    ///
    /// - Throws: ``StorageError``.
    func script(_ sql: String) throws

    /// Whether there is a table of a name.
    ///
    /// - Throws: ``StorageError``.
    func hasTable(_ name: String) throws -> Bool
}

extension SQLSession {
    /// Runs a statement without arguments that gives no rows.
    @discardableResult
    public func execute(_ sql: String) throws -> Int { try execute(sql, []) }

    /// All rows of a query, as what `read` makes of them.
    public func all<Value>(
        _ sql: String, _ arguments: [SQLValue] = [], _ read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try rows(sql, arguments) { found.append(try read($0)) }
        return found
    }

    /// The first row of a query, as what `read` makes of it; nil when there is none. Ask for `LIMIT 1`.
    public func first<Value>(
        _ sql: String, _ arguments: [SQLValue] = [], _ read: (SQLRow) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try rows(sql, arguments) { row in if found == nil { found = try read(row) } }
        return found
    }

    /// The whole number that a query gives, as of `count(*)`; nil when it gives none.
    public func integer(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int64? {
        try first(sql, arguments) { try $0.optionalInteger(0) } ?? nil
    }
}
