internal import Events
public import Units

/// One row of a query; columns by their place, from 0.
///
/// Each reading states the kind that the column must hold; another kind is an error that names the column.
public struct SQLRow: Sendable {
    private let values: [SQLValue]

    /// A row of values.
    public init(_ values: [SQLValue]) { self.values = values }

    /// Columns.
    public var count: Int { values.count }

    /// The value of a column, of any kind; `null` beyond the last.
    public subscript(column: Int) -> SQLValue { values.indices.contains(column) ? values[column] : .null }

    private func mismatch(_ column: Int, _ kind: String) -> StorageError {
        StorageError(
            .corrupt, "column \(column + 1) of \(values.count) holds no \(kind)",
            remedy: "verify the storage: tradewind events verify; restore a backup if it is damaged")
    }

    /// The text of a column.
    public func text(_ column: Int) throws -> String {
        guard case .text(let value) = self[column] else { throw mismatch(column, "text") }
        return value
    }

    /// The text of a column; nil where it is null.
    public func optionalText(_ column: Int) throws -> String? {
        self[column] == .null ? nil : try text(column)
    }

    /// The whole number of a column.
    public func integer(_ column: Int) throws -> Int64 {
        guard case .integer(let value) = self[column] else { throw mismatch(column, "whole number") }
        return value
    }

    /// The whole number of a column; nil where it is null.
    public func optionalInteger(_ column: Int) throws -> Int64? {
        self[column] == .null ? nil : try integer(column)
    }

    /// The number of a column.
    public func real(_ column: Int) throws -> Double {
        switch self[column] {
        case .real(let value): return value
        case .integer(let value): return Double(value)
        default: throw mismatch(column, "number")
        }
    }

    /// The number of a column; nil where it is null.
    public func optionalReal(_ column: Int) throws -> Double? {
        self[column] == .null ? nil : try real(column)
    }

    /// The flag of a column, kept as 0 or 1.
    public func flag(_ column: Int) throws -> Bool { try integer(column) != 0 }

    /// The bytes of a column.
    public func blob(_ column: Int) throws -> [UInt8] {
        guard case .blob(let value) = self[column] else { throw mismatch(column, "bytes") }
        return value
    }

    /// The moment of a column, kept as nanoseconds since 1970.
    public func instant(_ column: Int) throws -> Instant { Instant(nanoseconds: try integer(column)) }

    /// The moment of a column; nil where it is null.
    public func optionalInstant(_ column: Int) throws -> Instant? {
        self[column] == .null ? nil : try instant(column)
    }

    /// The money, price or quantity of a column, kept as decimal text.
    public func decimal(_ column: Int) throws -> ExactDecimal {
        guard let value = ExactDecimal(try text(column)) else { throw mismatch(column, "decimal") }
        return value
    }

    /// The money, price or quantity of a column; nil where it is null.
    public func optionalDecimal(_ column: Int) throws -> ExactDecimal? {
        self[column] == .null ? nil : try decimal(column)
    }
}
