internal import Units

/// A rational number in lowest terms, for equations that a decimal cannot hold.
struct Fraction {
    let numerator: Int128
    /// Positive.
    let denominator: Int128

    init(_ decimal: ExactDecimal) {
        let reduced = decimal.normalized
        let divisor = Fraction.gcd(reduced.mantissa.magnitude, reduced.scale.unit.magnitude)
        (numerator, denominator) = (reduced.mantissa / divisor, reduced.scale.unit / divisor)
    }

    private init(_ numerator: Int128, _ denominator: Int128) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// Itself where it is above 0.
    var positive: Fraction? { numerator > 0 ? self : nil }

    func times(_ other: Fraction) throws(ArithmeticOverflow) -> Fraction {
        let first = Fraction.gcd(numerator.magnitude, other.denominator.magnitude)
        let second = Fraction.gcd(other.numerator.magnitude, denominator.magnitude)
        return Fraction(
            try Fraction.product(numerator / first, other.numerator / second),
            try Fraction.product(denominator / second, other.denominator / first))
    }

    /// The quotient.
    ///
    /// - Precondition: the divisor is positive.
    func over(_ other: Fraction) throws(ArithmeticOverflow) -> Fraction {
        precondition(other.numerator > 0, "a divisor is positive")
        return try times(Fraction(other.denominator, other.numerator))
    }

    func plus(_ other: Fraction) throws(ArithmeticOverflow) -> Fraction {
        let shared = Fraction.gcd(denominator.magnitude, other.denominator.magnitude)
        let left = try Fraction.product(numerator, other.denominator / shared)
        let right = try Fraction.product(other.numerator, denominator / shared)
        let sum = try WideArithmetic.add(left, right, "a sum of fractions")
        let whole = try Fraction.product(denominator, other.denominator / shared)
        let divisor = Fraction.gcd(sum.magnitude, whole.magnitude)
        return Fraction(sum / divisor, whole / divisor)
    }

    func minus(_ other: Fraction) throws(ArithmeticOverflow) -> Fraction {
        guard other.numerator != Int128.min else { throw ArithmeticOverflow("a fraction") }
        return try plus(Fraction(-other.numerator, other.denominator))
    }

    /// Whether it is below another, exactly; both not negative.
    func isBelow(_ other: Fraction) throws(ArithmeticOverflow) -> Bool {
        if numerator <= 0 || other.numerator <= 0 { return numerator < other.numerator }
        let a = numerator.magnitude.multipliedFullWidth(by: other.denominator.magnitude)
        let b = other.numerator.magnitude.multipliedFullWidth(by: denominator.magnitude)
        return (a.high, a.low) < (b.high, b.low)
    }

    /// The mantissa at a scale.
    func rounded(at scale: Scale, _ rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            numerator, by: scale.unit, dividedBy: denominator, rounding: rounding)
    }

    private static func product(_ a: Int128, _ b: Int128) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(a, b, "a product of fractions")
    }

    /// The greatest common divisor, at least 1.
    private static func gcd(_ a: UInt128, _ b: UInt128) -> Int128 {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return Int128(truncatingIfNeeded: x == 0 || x > Int128.max.magnitude ? 1 : x)
    }
}
