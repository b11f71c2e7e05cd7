public import Events
public import Units

/// A value of one column or argument, as every engine of storage knows it.
///
/// Money is text (a decimal), an instant a whole number of nanoseconds since 1970, JSON its text.
public enum SQLValue: Hashable, Sendable {
    /// No value.
    case null
    /// A whole number.
    case integer(Int64)
    /// A number for statistics; never money.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// A text, or null.
    public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }

    /// A whole number, or null.
    public static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }

    /// A number, or null.
    public static func optional(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }

    /// A moment.
    public static func instant(_ value: Instant) -> SQLValue { .integer(value.nanoseconds) }

    /// A moment, or null.
    public static func optional(_ value: Instant?) -> SQLValue { value.map { .instant($0) } ?? .null }

    /// Money, a price or a quantity.
    public static func decimal(_ value: ExactDecimal) -> SQLValue { .text(value.description) }

    /// A JSON value.
    public static func json(_ value: JSONText) -> SQLValue { .text(value.compact) }

    /// A flag, kept as 0 or 1.
    public static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
