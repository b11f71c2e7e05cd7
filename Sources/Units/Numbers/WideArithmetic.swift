/// Exact integer arithmetic with 256-bit intermediates and named rounding.
public enum WideArithmetic {
    /// `numerator / denominator`, rounded as named.
    ///
    /// - Precondition: `denominator != 0`. `Int128.min / -1` overflows and throws.
    public static func divide(
        _ numerator: Int128, by denominator: Int128, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128 {
        precondition(denominator != 0, "division by zero")
        if denominator == 1 { return numerator }
        if let a = Int64(exactly: numerator), let b = Int64(exactly: denominator), b > 0 {
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            if remainder == 0 { return Int128(quotient) }
            return try bump(
                Int128(quotient), negative: a < 0, remainder: UInt128(remainder.magnitude),
                divisor: UInt128(b.magnitude), rounding: rounding)
        }
        let (quotient, overflow) = numerator.dividedReportingOverflow(by: denominator)
        guard !overflow else { throw ArithmeticOverflow("a division") }
        let remainder = numerator - quotient * denominator
        if remainder == 0 { return quotient }
        let negative = (remainder < 0) != (denominator < 0)
        return try bump(
            quotient, negative: negative, remainder: remainder.magnitude,
            divisor: denominator.magnitude, rounding: rounding)
    }

    /// `a * b / c` with a 256-bit product, rounded as named.
    ///
    /// - Precondition: `c != 0`.
    public static func multiply(
        _ a: Int128, by b: Int128, dividedBy c: Int128, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128 {
        precondition(c != 0, "division by zero")
        let (narrow, isWide) = a.multipliedReportingOverflow(by: b)
        if !isWide { return try divide(narrow, by: c, rounding: rounding) }
        let product = a.magnitude.multipliedFullWidth(by: b.magnitude)
        guard product.high < c.magnitude else { throw ArithmeticOverflow("a product divided") }
        let (quotient, remainder) = c.magnitude.dividingFullWidth(product)
        let negative = ((a < 0) != (b < 0)) != (c < 0)
        let fits = quotient <= (negative ? Int128.min.magnitude : Int128.max.magnitude)
        guard fits else { throw ArithmeticOverflow("a product divided") }
        // 2^127 is its own negative in two's complement.
        let positive = Int128(truncatingIfNeeded: quotient)
        let signed = negative && positive >= 0 ? -positive : positive
        if remainder == 0 { return signed }
        return try bump(
            signed, negative: negative, remainder: remainder, divisor: c.magnitude, rounding: rounding)
    }

    /// Moves a truncated quotient to the neighbour that the rounding asks for.
    private static func bump(
        _ quotient: Int128, negative: Bool, remainder: UInt128, divisor: UInt128, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128 {
        let awayFromZero: Bool
        switch rounding {
        case .towardZero: awayFromZero = false
        case .down: awayFromZero = negative
        case .up: awayFromZero = !negative
        case .halfUp: awayFromZero = remainder >= divisor - remainder
        case .halfEven:
            let rest = divisor - remainder
            awayFromZero = remainder > rest || (remainder == rest && quotient & 1 != 0)
        }
        guard awayFromZero else { return quotient }
        let (result, overflow) =
            negative ? quotient.subtractingReportingOverflow(1) : quotient.addingReportingOverflow(1)
        guard !overflow else { throw ArithmeticOverflow("a rounded division") }
        return result
    }

    /// `a * b`, exact, or an error that says what was computed.
    @inlinable
    public static func multiply(
        _ a: Int128, _ b: Int128, _ operation: @autoclosure () -> String
    ) throws(ArithmeticOverflow) -> Int128 {
        if let x = Int64(exactly: a), let y = Int64(exactly: b) {
            let wide = x.multipliedFullWidth(by: y)
            return Int128(wide.high) << 64 | Int128(wide.low)
        }
        let (result, overflow) = a.multipliedReportingOverflow(by: b)
        guard !overflow else { throw ArithmeticOverflow(operation()) }
        return result
    }

    /// `a + b`, exact, or an error that says what was computed.
    @inlinable
    public static func add(
        _ a: Int128, _ b: Int128, _ operation: @autoclosure () -> String
    ) throws(ArithmeticOverflow) -> Int128 {
        let (result, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw ArithmeticOverflow(operation()) }
        return result
    }

    /// A `Double` near `value`, without the slow generic conversion from `Int128`.
    ///
    /// For charts and statistics only; money never comes back from it.
    @inlinable
    public static func approximateDouble(_ value: Int128) -> Double {
        if let word = Int64(exactly: value) { return Double(word) }
        let magnitude = value.magnitude
        let size =
            Double(UInt64(truncatingIfNeeded: magnitude >> 64)) * 0x1p64
            + Double(UInt64(truncatingIfNeeded: magnitude))
        return value < 0 ? -size : size
    }
}
