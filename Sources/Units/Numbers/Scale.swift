/// A number of decimals: a fixed-point integer `m` at scale `s` means `m / 10^s`.
public struct Scale: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// Decimals, 0 through ``maximum``.
    public let decimals: UInt8

    /// The largest number of decimals, 38: `10^38` still fits `Int128`.
    public static let maximum = 38

    /// - Precondition: `0 <= decimals <= 38`.
    public init(_ decimals: Int) {
        precondition((0...Scale.maximum).contains(decimals), "a scale is 0 to 38 decimals")
        self.decimals = UInt8(decimals)
    }

    /// `10^decimals`.
    public var unit: Int128 { Scale.powers[Int(decimals)] }

    /// `10^exponent`, for exponents 0 through 38.
    public static func power(_ exponent: Int) -> Int128 { powers[exponent] }

    private static let powers: [Int128] = {
        var table: [Int128] = [1]
        for _ in 0..<maximum { table.append(table[table.count - 1] * 10) }
        return table
    }()

    public static func < (a: Scale, b: Scale) -> Bool { a.decimals < b.decimals }
    public var description: String { "\(decimals)" }

    /// Converts a mantissa at this scale to another one.
    ///
    /// Raising the scale is exact; lowering it rounds as named.
    public func convert(
        _ mantissa: Int128, to other: Scale, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128 {
        if other.decimals >= decimals {
            return try WideArithmetic.multiply(
                mantissa, Scale.power(Int(other.decimals - decimals)), "a change of scale")
        }
        return try WideArithmetic.divide(
            mantissa, by: Scale.power(Int(decimals - other.decimals)), rounding: rounding)
    }
}
