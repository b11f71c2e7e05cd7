/// The number in a cell: an integer and its decimals, or why there is none.
struct DecimalCell: Equatable {
    /// The integer: the number is `mantissa / 10^decimals`.
    var mantissa: Int64
    /// Decimals, 0 to 18, or one of the negative marks below.
    var decimals: Int8
    /// Whether decimals were rounded away while reading.
    var isRounded = false

    /// The cell is empty.
    static let empty = DecimalCell(mantissa: 0, decimals: -1)
    /// The cell says that there is no number: `NaN`, `null`, `inf`.
    static let notANumber = DecimalCell(mantissa: 0, decimals: -2)
    /// The cell cannot be read as a number.
    static let unreadable = DecimalCell(mantissa: 0, decimals: -3)
    /// The number does not fit 64 bits.
    static let tooLarge = DecimalCell(mantissa: 0, decimals: -4)

    /// `10^0` to `10^18`.
    static let powers: [Int64] = {
        var table: [Int64] = [1]
        for _ in 0..<18 { table.append(table[table.count - 1] * 10) }
        return table
    }()

    private static let absent = [
        "nan", "null", "none", "na", "n/a", "-", "inf", "-inf", "+inf", "infinity", "-nan",
    ]

    /// Reads any spelling of a decimal number: sign, point, exponent, blanks around it.
    ///
    /// - Parameter maximumDecimals: further decimals are rounded half even.
    static func parse(_ cell: UnsafeBufferPointer<UInt8>, maximumDecimals: Int) -> DecimalCell {
        var bytes = cell[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0D { bytes = bytes.dropLast() }
        if bytes.isEmpty { return .empty }
        guard let scanned = scan(bytes) else {
            let word = String(decoding: bytes.prefix(12), as: UTF8.self).lowercased()
            return absent.contains(word) ? .notANumber : .unreadable
        }
        return fit(scanned, maximumDecimals: maximumDecimals)
    }

    private struct Scanned {
        var mantissa: Int128 = 0
        var decimals = 0
        var isNegative = false
        /// Whether digits other than 0 were left out behind the ones that fit.
        var hasMore = false
    }

    private static func scan(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Scanned? {
        var result = Scanned()
        var index = bytes.startIndex
        if bytes[index] == 0x2B || bytes[index] == 0x2D {
            result.isNegative = bytes[index] == 0x2D
            index += 1
        }
        var (digits, kept, isBehindPoint) = (0, 0, false)
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x2E && !isBehindPoint {
                isBehindPoint = true
            } else if byte &- 0x30 <= 9 {
                digits += 1
                if kept < 36 {
                    result.mantissa = result.mantissa * 10 + Int128(byte &- 0x30)
                    if result.mantissa != 0 { kept += 1 }
                    if isBehindPoint { result.decimals += 1 }
                } else {
                    if byte != 0x30 { result.hasMore = true }
                    if !isBehindPoint { result.decimals -= 1 }
                }
            } else {
                break
            }
            index += 1
        }
        if digits == 0 { return nil }
        if index < bytes.endIndex {
            guard bytes[index] | 0x20 == 0x65, let exponent = exponent(bytes[(index + 1)...]) else {
                return nil
            }
            result.decimals -= exponent
        }
        return result
    }

    private static func exponent(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var rest = bytes
        var isNegative = false
        if let sign = rest.first, sign == 0x2B || sign == 0x2D {
            isNegative = sign == 0x2D
            rest = rest.dropFirst()
        }
        guard !rest.isEmpty, rest.count <= 4 else { return nil }
        var value = 0
        for byte in rest {
            guard byte &- 0x30 <= 9 else { return nil }
            value = value * 10 + Int(byte &- 0x30)
        }
        return isNegative ? -value : value
    }

    private static func fit(_ scanned: Scanned, maximumDecimals: Int) -> DecimalCell {
        var (mantissa, decimals, isRounded) = (scanned.mantissa, scanned.decimals, false)
        if mantissa == 0 { return DecimalCell(mantissa: 0, decimals: 0) }
        while decimals < 0 {
            let (next, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return .tooLarge }
            mantissa = next
            decimals += 1
        }
        if decimals > maximumDecimals {
            (mantissa, isRounded) = roundHalfEven(
                mantissa, dropping: decimals - maximumDecimals, hasMore: scanned.hasMore)
            decimals = maximumDecimals
        }
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        guard let value = Int64(exactly: scanned.isNegative ? -mantissa : mantissa) else { return .tooLarge }
        return DecimalCell(mantissa: value, decimals: Int8(decimals), isRounded: isRounded)
    }

    /// Drops decimals of a number that is not negative.
    ///
    /// - Parameter hasMore: whether digits other than 0 follow beyond the number.
    static func roundHalfEven(_ value: Int128, dropping count: Int, hasMore: Bool) -> (Int128, Bool) {
        if count > 37 { return (0, value != 0 || hasMore) }
        var divisor: Int128 = 1
        for _ in 0..<count { divisor *= 10 }
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        if remainder == 0 && !hasMore { return (quotient, false) }
        let half = divisor / 2
        let isUp = remainder > half || remainder == half && (hasMore || quotient % 2 == 1)
        return (isUp ? quotient + 1 : quotient, true)
    }
}
