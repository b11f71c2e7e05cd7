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
}
