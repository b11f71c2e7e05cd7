/// A fixed-point number with 27 decimals: the indices and rates of Aave.
///
/// Source: Aave v3 `WadRayMath` (aave-dao/aave-v3-origin, `protocol/libraries/math/WadRayMath.sol`, read
/// 2026-11-21): `rayMul` is `(a * b + RAY / 2) / RAY`, `rayDiv` is `(a * RAY + b / 2) / b`, both half up;
/// since version 3.5 the same with floor and ceiling. Products are exact in 256 bits before they are
/// divided.
public struct Ray: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The integer: the number is `mantissa / 10^27`.
    public let mantissa: Int128

    /// The decimals, 27.
    public static let scale = Scale(27)
    /// One, `10^27`.
    public static let one = Ray(mantissa: 1_000_000_000_000_000_000_000_000_000)
    /// Zero.
    public static let zero = Ray(mantissa: 0)
    /// Seconds of a year at Aave, 365 days (`MathUtils.SECONDS_PER_YEAR`).
    public static let secondsPerYear: Int128 = 31_536_000

    /// A number from its integer.
    @inlinable public init(mantissa: Int128) { self.mantissa = mantissa }

    /// A number from decimal text's value; decimals beyond the 27th are rounded half up; nil when too
    /// large.
    public init?(_ decimal: ExactDecimal) {
        do throws(ArithmeticOverflow) {
            mantissa = try decimal.mantissa(at: Ray.scale, rounding: .halfUp)
        } catch {
            return nil
        }
    }

    @inlinable public static func < (a: Ray, b: Ray) -> Bool { a.mantissa < b.mantissa }

    /// The exact decimal value.
    public var decimal: ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Ray.scale) }

    /// `amount * self`, as `rayMul`; half up unless another rounding is named.
    public func multiplied(
        by amount: Int128, rounding: Rounding = .halfUp
    ) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(amount, by: mantissa, dividedBy: Ray.one.mantissa, rounding: rounding)
    }

    /// `amount / self`, as `rayDiv`; half up unless another rounding is named.
    ///
    /// - Throws: also where this number is zero: there is no quotient.
    public func dividing(
        _ amount: Int128, rounding: Rounding = .halfUp
    ) throws(ArithmeticOverflow) -> Int128 {
        guard mantissa != 0 else { throw ArithmeticOverflow("a division by an index of zero") }
        return try WideArithmetic.multiply(
            amount, by: Ray.one.mantissa, dividedBy: mantissa, rounding: rounding)
    }

    /// The product of two rays, half up.
    public func times(_ other: Ray) throws(ArithmeticOverflow) -> Ray {
        Ray(mantissa: try other.multiplied(by: mantissa))
    }

    /// The quotient of two rays, half up.
    public func over(_ other: Ray) throws(ArithmeticOverflow) -> Ray {
        Ray(mantissa: try other.dividing(mantissa))
    }

    /// The sum of two rays.
    public func plus(_ other: Ray) throws(ArithmeticOverflow) -> Ray {
        Ray(mantissa: try WideArithmetic.add(mantissa, other.mantissa, "a sum of rays"))
    }
}

extension Ray {
    /// A wad (18 decimals) as a ray: exact (`wadToRay`).
    public init(wad: Wad) throws(ArithmeticOverflow) {
        mantissa = try WideArithmetic.multiply(wad.mantissa, Scale.power(9), "a wad as a ray")
    }

    /// The nearest wad, a tie away from zero (`rayToWad`).
    public func wad() throws(ArithmeticOverflow) -> Wad {
        Wad(mantissa: try WideArithmetic.divide(mantissa, by: Scale.power(9), rounding: .halfUp))
    }

    /// The growth of a deposit's index: `1 + rate * seconds / year`, the division downward.
    ///
    /// Source: Aave v3 `MathUtils.calculateLinearInterest`, read 2026-11-21.
    /// - Parameters:
    ///   - rate: the yearly rate.
    ///   - seconds: time since the last update, not negative.
    public static func linearInterest(rate: Ray, seconds: Int64) throws(ArithmeticOverflow) -> Ray {
        try growth(rate: rate, seconds: seconds).plus(.one)
    }

    /// The growth of a variable debt's index: the first three terms of `e^x` for `x = rate * seconds /
    /// year`, in the order and with the roundings of the contract: `1 + x + rayMul(x, x / 2 + rayMul(x, x
    /// / 6))`.
    ///
    /// Source: Aave v3 `MathUtils.calculateCompoundedInterest`, read 2026-11-21.
    /// - Parameters:
    ///   - rate: the yearly rate.
    ///   - seconds: time since the last update, not negative.
    public static func compoundedInterest(rate: Ray, seconds: Int64) throws(ArithmeticOverflow) -> Ray {
        if seconds == 0 { return .one }
        let x = try growth(rate: rate, seconds: seconds)
        let third = try Ray(mantissa: x.mantissa / 6).times(x)
        let inner = try Ray(mantissa: x.mantissa / 2).plus(third)
        return try Ray.one.plus(x).plus(x.times(inner))
    }

    private static func growth(rate: Ray, seconds: Int64) throws(ArithmeticOverflow) -> Ray {
        Ray(
            mantissa: try WideArithmetic.multiply(
                rate.mantissa, by: Int128(seconds), dividedBy: secondsPerYear, rounding: .towardZero))
    }
}
