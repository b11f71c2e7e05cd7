package import Units

/// A share, ratio or leverage with nine decimals: `mantissa / 10^9`.
package struct Fraction: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// Decimals of every fraction.
    package static let scale = Scale(9)
    /// Nothing.
    package static let zero = Fraction(mantissa: 0)
    /// The whole.
    package static let one = Fraction(mantissa: 1_000_000_000)

    /// Billionths.
    package let mantissa: Int128

    /// A fraction from billionths.
    package init(mantissa: Int128) { self.mantissa = mantissa }

    /// A fraction from a decimal of at most nine decimals; nil otherwise.
    package init?(_ decimal: ExactDecimal) {
        guard let mantissa = decimal.exactMantissa(at: Fraction.scale) else { return nil }
        self.mantissa = mantissa
    }

    /// This share of an amount, rounded as named.
    package func of(_ amount: Int128, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            amount, by: mantissa, dividedBy: Fraction.one.mantissa, rounding: rounding)
    }

    /// The product, rounded down.
    package func times(_ other: Fraction) -> Fraction {
        Fraction(mantissa: mantissa * other.mantissa / Fraction.one.mantissa)
    }

    /// Whether `part / whole` is above this fraction, exactly; false when there is no whole.
    package func isExceeded(by part: Int128, of whole: Int128) throws(ArithmeticOverflow) -> Bool {
        if whole <= 0 { return false }
        let left = try WideArithmetic.multiply(part, Fraction.one.mantissa, "a share")
        return left > (try WideArithmetic.multiply(whole, mantissa, "a share"))
    }

    /// The same number as a decimal.
    package var decimal: ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Fraction.scale) }

    package static func < (a: Fraction, b: Fraction) -> Bool { a.mantissa < b.mantissa }
    package var description: String { decimal.description }
}
