package import Units

/// A share, a ratio or a leverage with nine decimals: `mantissa / 10^9`.
package struct Ratio: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// Decimals of every ratio.
    package static let scale = Scale(9)
    /// Nothing.
    package static let zero = Ratio(mantissa: 0)
    /// The whole.
    package static let one = Ratio(mantissa: 1_000_000_000)

    /// Billionths.
    package let mantissa: Int128

    /// A ratio from billionths.
    package init(mantissa: Int128) { self.mantissa = mantissa }

    /// A ratio from a decimal of at most nine decimals; nil otherwise.
    package init?(_ decimal: ExactDecimal) {
        guard let mantissa = decimal.exactMantissa(at: Ratio.scale) else { return nil }
        self.mantissa = mantissa
    }

    /// This share of an amount, rounded as named.
    package func of(_ amount: Int128, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            amount, by: mantissa, dividedBy: Ratio.one.mantissa, rounding: rounding)
    }

    /// The product, rounded down.
    package func times(_ other: Ratio) -> Ratio {
        Ratio(mantissa: mantissa * other.mantissa / Ratio.one.mantissa)
    }

    /// Whether `part / whole` is above this ratio, exactly; false when there is no whole.
    package func isExceeded(by part: Int128, of whole: Int128) throws(ArithmeticOverflow) -> Bool {
        if whole <= 0 { return false }
        let left = try WideArithmetic.multiply(part, Ratio.one.mantissa, "a share")
        return left > (try WideArithmetic.multiply(whole, mantissa, "a share"))
    }

    /// The same number as a decimal.
    package var decimal: ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Ratio.scale) }

    package static func < (a: Ratio, b: Ratio) -> Bool { a.mantissa < b.mantissa }
    package var description: String { decimal.description }
}
