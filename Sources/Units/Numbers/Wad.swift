/// A fixed-point number with 18 decimals: ratios of staking tokens, health factors, rates between tokens.
public struct Wad: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The integer: the number is `mantissa / 10^18`.
    public let mantissa: Int128

    /// The decimals, 18.
    public static let scale = Scale(18)
    /// One, `10^18`.
    public static let one = Wad(mantissa: 1_000_000_000_000_000_000)
    /// Zero.
    public static let zero = Wad(mantissa: 0)

    /// A number from its integer.
    @inlinable public init(mantissa: Int128) { self.mantissa = mantissa }

    /// A number from a decimal one; decimals beyond the 18th are rounded half up; nil when too large.
    public init?(_ decimal: ExactDecimal) {
        do throws(ArithmeticOverflow) {
            mantissa = try decimal.mantissa(at: Wad.scale, rounding: .halfUp)
        } catch {
            return nil
        }
    }

    /// `numerator / denominator`, rounded as named.
    ///
    /// - Throws: also where the denominator is zero: there is no quotient.
    public init(
        _ numerator: Int128, over denominator: Int128, rounding: Rounding
    ) throws(ArithmeticOverflow) {
        guard denominator != 0 else { throw ArithmeticOverflow("a ratio over zero") }
        mantissa = try WideArithmetic.multiply(
            numerator, by: Wad.one.mantissa, dividedBy: denominator, rounding: rounding)
    }

    @inlinable public static func < (a: Wad, b: Wad) -> Bool { a.mantissa < b.mantissa }

    /// The exact decimal value.
    public var decimal: ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Wad.scale) }

    /// `amount * self`, rounded as named.
    public func multiplied(by amount: Int128, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(amount, by: mantissa, dividedBy: Wad.one.mantissa, rounding: rounding)
    }

    /// `amount / self`, rounded as named.
    ///
    /// - Throws: also where this number is zero: there is no quotient.
    public func dividing(_ amount: Int128, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        guard mantissa != 0 else { throw ArithmeticOverflow("a division by a ratio of zero") }
        return try WideArithmetic.multiply(
            amount, by: Wad.one.mantissa, dividedBy: mantissa, rounding: rounding)
    }
}
