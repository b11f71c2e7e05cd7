/// An exact decimal number: an integer and a number of decimals.
///
/// The type of numbers at the edges: what a person wrote in a file and what a result prints. Inside the
/// engine, amounts are bare integers at the scale of their asset or instrument.
///
/// Its text has no exponent, no trailing zeros and no negative zero: `"0.1"`, `"-12"`, `"0"`.
public struct ExactDecimal: Sendable, CustomStringConvertible {
    /// The integer: the value is `mantissa / 10^scale`.
    public let mantissa: Int128
    /// Decimals of the mantissa.
    public let scale: Scale

    /// A number from its integer and decimals.
    public init(mantissa: Int128, scale: Scale) {
        self.mantissa = mantissa
        self.scale = scale
    }

    /// A whole number.
    public init(_ value: Int) {
        self.init(mantissa: Int128(value), scale: Scale(0))
    }

    /// Zero.
    public static let zero = ExactDecimal(0)

    /// Reads decimal text: an optional sign, digits with at most one point, an optional exponent.
    ///
    /// - Returns: nil when the text is anything else (so for `""`, `"nan"`, `"1,000"`, `"0x10"`), or needs
    ///   more than 38 decimals or more digits than `Int128` holds.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { ExactDecimal.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// Reads decimal text from bytes; see ``init(_:)``.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ExactDecimal? {
        var index = 0
        var negative = false
        if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
            negative = bytes[index] == 0x2D
            index += 1
        }
        var mantissa: Int128 = 0
        var decimals = 0
        var digits = 0
        var seenPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x30 && byte <= 0x39 {
                let (shifted, high) = mantissa.multipliedReportingOverflow(by: 10)
                let digit = Int128(byte - 0x30)
                let (next, low) = shifted.addingReportingOverflow(negative ? -digit : digit)
                if high || low { return nil }
                mantissa = next
                digits += 1
                if seenPoint { decimals += 1 }
            } else if byte == 0x2E && !seenPoint {
                seenPoint = true
            } else {
                break
            }
            index += 1
        }
        if digits == 0 { return nil }
        if index < bytes.count {
            guard bytes[index] == 0x65 || bytes[index] == 0x45,
                let exponent = parseExponent(bytes, from: index + 1)
            else { return nil }
            decimals -= exponent
        }
        if mantissa == 0 { return ExactDecimal(mantissa: 0, scale: Scale(0)) }
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        while decimals < 0 {
            let (next, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            mantissa = next
            decimals += 1
        }
        if decimals > Scale.maximum { return nil }
        return ExactDecimal(mantissa: mantissa, scale: Scale(decimals))
    }

    private static func parseExponent(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var negative = false
        if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
            negative = bytes[index] == 0x2D
            index += 1
        }
        if index == bytes.count || bytes.count - index > 4 { return nil }
        var value = 0
        while index < bytes.count {
            guard bytes[index] >= 0x30 && bytes[index] <= 0x39 else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        return negative ? -value : value
    }

    /// The integer at another scale.
    public func mantissa(at other: Scale, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try scale.convert(mantissa, to: other, rounding: rounding)
    }

    /// The integer at another scale, or nil when decimals would be lost or it does not fit.
    public func exactMantissa(at other: Scale) -> Int128? {
        let reduced = normalized
        guard reduced.scale <= other else { return nil }
        let (result, overflow) = reduced.mantissa.multipliedReportingOverflow(
            by: Scale.power(Int(other.decimals - reduced.scale.decimals)))
        return overflow ? nil : result
    }

    /// The same number without trailing zeros in its decimals.
    public var normalized: ExactDecimal {
        var mantissa = mantissa
        var decimals = Int(scale.decimals)
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        return ExactDecimal(mantissa: mantissa, scale: Scale(decimals))
    }

    /// Whether the number is negative.
    public var isNegative: Bool { mantissa < 0 }
    /// Whether the number is zero.
    public var isZero: Bool { mantissa == 0 }

    /// Canonical text: no exponent, no trailing zeros, no negative zero.
    public var description: String { ExactDecimal.text(mantissa: mantissa, scale: scale) }

    /// Canonical text of an integer at a scale.
    public static func text(mantissa: Int128, scale: Scale) -> String {
        if mantissa == 0 { return "0" }
        var digits: [UInt8] = []
        digits.reserveCapacity(40)
        var rest = mantissa.magnitude
        var decimals = Int(scale.decimals)
        while decimals > 0 && rest % 10 == 0 {
            rest /= 10
            decimals -= 1
        }
        var written = 0
        while rest != 0 || written <= decimals {
            if written == decimals && decimals != 0 { digits.append(0x2E) }
            digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
            written += 1
        }
        if mantissa < 0 { digits.append(0x2D) }
        digits.reverse()
        return String(decoding: digits, as: UTF8.self)
    }

    /// A `Double` near the number, for statistics and charts only.
    public var approximateDouble: Double {
        WideArithmetic.approximateDouble(mantissa)
            / WideArithmetic.approximateDouble(scale.unit)
    }
}

extension ExactDecimal: Hashable, Comparable {
    public static func == (a: ExactDecimal, b: ExactDecimal) -> Bool {
        let (x, y) = (a.normalized, b.normalized)
        return x.mantissa == y.mantissa && x.scale == y.scale
    }

    public func hash(into hasher: inout Hasher) {
        let reduced = normalized
        hasher.combine(reduced.mantissa)
        hasher.combine(reduced.scale)
    }

    /// Exact comparison, also where bringing both to one scale would overflow.
    public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
        if (a.mantissa < 0) != (b.mantissa < 0) { return a.mantissa < 0 }
        let x = a.mantissa.magnitude.multipliedFullWidth(by: b.scale.unit.magnitude)
        let y = b.mantissa.magnitude.multipliedFullWidth(by: a.scale.unit.magnitude)
        let smaller = (x.high, x.low) < (y.high, y.low)
        let larger = (x.high, x.low) > (y.high, y.low)
        return a.mantissa < 0 ? larger : smaller
    }
}
