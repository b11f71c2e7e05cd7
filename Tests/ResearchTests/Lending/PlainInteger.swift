/// A whole number as its decimal digits, least first: slow, and nothing that the product computes with.
struct PlainInteger: Equatable, CustomStringConvertible {
    var digits: [Int]

    init(_ text: some StringProtocol) {
        digits = text.reversed().map { Int(String($0))! }
        trim()
    }

    private init(digits: [Int]) {
        self.digits = digits
        trim()
    }

    private mutating func trim() { while digits.last == 0 { digits.removeLast() } }

    var description: String { digits.isEmpty ? "0" : digits.reversed().map(String.init).joined() }

    static func * (a: PlainInteger, b: PlainInteger) -> PlainInteger {
        var product = [Int](repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            for (j, y) in b.digits.enumerated() { product[i + j] += x * y }
        }
        for place in product.indices.dropLast() {
            product[place + 1] += product[place] / 10
            product[place] %= 10
        }
        return PlainInteger(digits: product)
    }

    static func + (a: PlainInteger, b: PlainInteger) -> PlainInteger {
        var sum: [Int] = []
        var carry = 0
        for place in 0...max(a.digits.count, b.digits.count) {
            let one = place < a.digits.count ? a.digits[place] : 0
            let two = place < b.digits.count ? b.digits[place] : 0
            sum.append((one + two + carry) % 10)
            carry = (one + two + carry) / 10
        }
        return PlainInteger(digits: sum)
    }

    private static func isBelow(_ a: [Int], _ b: [Int]) -> Bool {
        a.count != b.count ? a.count < b.count : a.reversed().lexicographicallyPrecedes(b.reversed())
    }

    /// The quotient, its remainder dropped: long division, digit by digit.
    static func / (a: PlainInteger, b: PlainInteger) -> PlainInteger {
        var quotient: [Int] = []
        var rest = PlainInteger(digits: [])
        for digit in a.digits.reversed() {
            rest = PlainInteger(digits: [digit] + rest.digits)
            var count = 0
            while !isBelow(rest.digits, b.digits) {
                var borrow = 0
                var next = rest.digits
                for place in next.indices {
                    next[place] -= borrow + (place < b.digits.count ? b.digits[place] : 0)
                    borrow = next[place] < 0 ? 1 : 0
                    if borrow == 1 { next[place] += 10 }
                }
                rest = PlainInteger(digits: next)
                count += 1
            }
            quotient.append(count)
        }
        return PlainInteger(digits: quotient.reversed())
    }
}

/// The two formulas of Aave, written out: `(a b + RAY / 2) / RAY` and `(a RAY + b / 2) / b`.
enum PlainRay {
    static let one = PlainInteger("1" + String(repeating: "0", count: 27))
    private static let half = PlainInteger("5" + String(repeating: "0", count: 26))

    static func multiply(_ amount: PlainInteger, _ index: PlainInteger) -> PlainInteger {
        (amount * index + half) / one
    }

    static func divide(_ amount: PlainInteger, _ index: PlainInteger) -> PlainInteger {
        (amount * one + index / PlainInteger("2")) / index
    }

    /// An index as the file writes it: `1.0361969326346498`.
    static func index(_ text: Substring) -> PlainInteger {
        let parts = text.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        return PlainInteger(String(parts[0]) + fraction + String(repeating: "0", count: 27 - fraction.count))
    }
}
