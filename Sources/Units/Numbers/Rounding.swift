/// How a division or a loss of decimals turns an exact result into a representable one.
///
/// Every division and every reduction of scale in Tradewind names one of these; none is implied.
public enum Rounding: Sendable, Hashable, CaseIterable {
    /// Drops the remainder: 2.7 becomes 2, -2.7 becomes -2.
    case towardZero
    /// Toward negative infinity: 2.7 becomes 2, -2.1 becomes -3.
    case down
    /// Toward positive infinity: 2.1 becomes 3, -2.7 becomes -2.
    case up
    /// To the nearest; a tie goes to the even neighbour: 2.5 becomes 2, 3.5 becomes 4. Settlement
    /// amounts are posted so.
    case halfEven
    /// To the nearest; a tie goes away from zero: 2.5 becomes 3, -2.5 becomes -3.
    case halfUp
}

/// The result of an operation does not fit its fixed-point type.
///
/// Overflow ends a run with this error; amounts never wrap and the process never traps.
public struct ArithmeticOverflow: Error, Hashable, CustomStringConvertible {
    /// What was being computed, as a phrase for people: `"balance of USDT at binance"`.
    public let operation: String

    /// - Parameter operation: what was being computed, as a phrase for people.
    public init(_ operation: String) {
        self.operation = operation
    }

    public var description: String { "number too large: \(operation) exceeds the range of its type" }
}
