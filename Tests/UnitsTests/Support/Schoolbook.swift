import Units

/// Natural numbers of any size in digits of 16 bits, with the methods taught in school: an oracle that shares
/// nothing with the arithmetic it judges.
struct Natural: Comparable {
    /// Digits in base 65,536, lowest first, without leading zeros.
    private(set) var digits: [UInt64]

    init(_ value: UInt128) {
        digits = (0..<8).map { UInt64(truncatingIfNeeded: value >> (16 * $0)) & 0xFFFF }
        trim()
    }

    private init(digits: [UInt64]) {
        self.digits = digits
        trim()
    }

    private mutating func trim() { while digits.last == 0 { digits.removeLast() } }

    static func * (a: Natural, b: Natural) -> Natural {
        var result = [UInt64](repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            var carry: UInt64 = 0
            for (j, y) in b.digits.enumerated() {
                let sum = result[i + j] + x * y + carry
                (result[i + j], carry) = (sum & 0xFFFF, sum >> 16)
            }
            result[i + b.digits.count] += carry
        }
        return Natural(digits: result)
    }

    static func + (a: Natural, b: Natural) -> Natural {
        var result: [UInt64] = []
        var carry: UInt64 = 0
        for index in 0..<max(a.digits.count, b.digits.count) {
            let sum =
                carry + (index < a.digits.count ? a.digits[index] : 0)
                + (index < b.digits.count ? b.digits[index] : 0)
            result.append(sum & 0xFFFF)
            carry = sum >> 16
        }
        return Natural(digits: result + [carry])
    }

    static func < (a: Natural, b: Natural) -> Bool {
        if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
        for (x, y) in zip(a.digits.reversed(), b.digits.reversed()) where x != y { return x < y }
        return false
    }

    /// Whether a quotient, in magnitude, is what the rounding asks of numerator / divisor.
    static func isRounded(
        _ quotient: Natural, _ numerator: Natural, by divisor: Natural, isNegative: Bool, _ rounding: Rounding
    ) -> Bool {
        // Twice everything, so that halves are whole.
        let (two, one) = (Natural(2), Natural(1))
        let exact = numerator * two
        let given = quotient * divisor * two
        let isEven = (quotient.digits.first ?? 0) % 2 == 0
        switch rounding {
        case .towardZero: return given <= exact && exact < given + divisor * two
        case .down, .up:
            if (rounding == .down) == isNegative {
                return exact <= given && (quotient == Natural(0) || given < exact + divisor * two)
            }
            return given <= exact && exact < given + divisor * two
        case .halfUp:
            // given - divisor <= exact < given + divisor, in magnitude.
            return given <= exact + divisor && exact < given + divisor
        case .halfEven:
            if given == exact + divisor || exact == given + divisor { return isEven }
            return given < exact + divisor && exact < given + divisor && one <= divisor
        }
    }
}

extension SplitMix64 {
    /// A number of random length, so that small, large and extreme ones all occur.
    mutating func wide() -> Int128 {
        let bits = Int128(bitPattern: UInt128(next()) << 64 | UInt128(next()))
        switch next() % 16 {
        case 0: return Int128.max - Int128(next() % 3)
        case 1: return Int128.min + Int128(next() % 3)
        case 2: return Int128(next() % 3) - 1
        default: return bits >> Int128(next() % 127)
        }
    }
}
