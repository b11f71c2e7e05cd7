import Testing
import Units

@Suite("Exact decimals")
struct ExactDecimalTests {
    @Test("text is read and written back exactly")
    func roundTrips() {
        var random = SplitMix64(seed: 21)
        for _ in 0..<4_000 {
            let number = ExactDecimal(
                mantissa: random.wide(), scale: Scale(Int(random.integer(in: 0...38))))
            let text = number.description
            let back = ExactDecimal(text)
            #expect(back == number, "\(number.mantissa) at \(number.scale): \(text)")
            #expect(back?.description == text)
            #expect(text == Self.naiveText(number), "\(number.mantissa) at \(number.scale)")
        }
    }

    /// Digits padded with zeros, point inserted, zeros trimmed: by text alone.
    private static func naiveText(_ number: ExactDecimal) -> String {
        let decimals = Int(number.scale.decimals)
        var digits = String(number.mantissa.magnitude)
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var fraction = String(digits.suffix(decimals))
        while fraction.last == "0" { fraction.removeLast() }
        let whole = String(digits.dropLast(decimals))
        let sign = number.mantissa < 0 ? "-" : ""
        return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    @Test("forms that people and venues write are read")
    func forms() {
        let cases: [(String, Int128, Int)] = [
            ("0", 0, 0), ("-0.000", 0, 0), ("+1", 1, 0), (".5", 5, 1), ("5.", 5, 0), ("007", 7, 0),
            ("1.50", 15, 1), ("1e3", 1_000, 0), ("1.25E-2", 125, 4), ("-12.5e+1", -125, 0),
            ("2500e-2", 25, 0), ("0e9999", 0, 0), ("1e38", Scale.power(38), 0), ("1e-38", 1, 38),
            ("170141183460469231731687303715884105727", Int128.max, 0),
            ("-170141183460469231731687303715884105728", Int128.min, 0),
        ]
        for (text, mantissa, decimals) in cases {
            let number = ExactDecimal(text)
            #expect(number?.mantissa == mantissa, "\(text)")
            #expect(number.map { Int($0.scale.decimals) } == decimals, "\(text)")
        }
    }

    @Test("anything else is refused")
    func refusals() {
        let texts = [
            "", " ", "+", "-", ".", "-.", "e5", "1e", "1e+", "1e-", "1e12345", "1e1.5", "1.2.3", "1,000",
            "0x10",
            "nan", "NaN", "inf", "-inf", "1 ", " 1", "1\n", "１", "٣", "--1", "+-1", "1-", "1_000", "1e39",
            "1e-39",
            "170141183460469231731687303715884105728", "-170141183460469231731687303715884105729",
            "0.000000000000000000000000000000000000001", "1\0", "1e 5", "\u{2212}1", "1e9999", "1e-9999",
            String(repeating: "9", count: 100_000),
        ]
        for text in texts { #expect(ExactDecimal(text) == nil, "\(text.prefix(50))") }
    }

    @Test("random bytes never crash the reader and what it reads is what they say")
    func hostileBytes() {
        var random = SplitMix64(seed: 22)
        let alphabet = Array("0123456789.eE+-  x\u{0}".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let length = Int(random.integer(in: 0...9))
            let bytes = (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            let parsed = bytes.withUnsafeBufferPointer { ExactDecimal.parse($0) }
            // Short text fits a Double, whose own reader follows the same grammar but for bare points.
            guard let parsed else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            let completed = text.hasPrefix(".") ? "0" + text : text
            if let double = Double(completed) {
                #expect(abs(parsed.approximateDouble - double) <= abs(double) * 1e-14, "\(text)")
            }
        }
        #expect(accepted > 200)
    }

    @Test("comparison is exact where scales and sizes differ wildly")
    func comparisons() {
        var random = SplitMix64(seed: 23)
        for _ in 0..<4_000 {
            let a = ExactDecimal(mantissa: random.wide(), scale: Scale(Int(random.integer(in: 0...38))))
            var b = ExactDecimal(mantissa: random.wide(), scale: Scale(Int(random.integer(in: 0...38))))
            if random.next() % 4 == 0 { b = a.normalized }
            let (x, y) = (Self.size(a, times: b), Self.size(b, times: a))
            let less = a.isNegative != b.isNegative ? a.isNegative : a.isNegative ? x > y : x < y
            #expect((a < b) == less, "\(a) < \(b)")
            let equal = x == y && (a.isNegative == b.isNegative || a.isZero)
            #expect((a == b) == equal, "\(a) == \(b)")
            if equal { #expect(a.hashValue == b.hashValue) }
            #expect(!(a < b && b < a) && [a < b, b < a, a == b].filter { $0 }.count == 1)
        }
        #expect(ExactDecimal("1e-38")! < ExactDecimal("1e38")!)
        #expect(
            ExactDecimal(mantissa: Int128.max, scale: Scale(38))
                < ExactDecimal(mantissa: Int128.max, scale: Scale(37)))
        #expect(
            ExactDecimal(mantissa: Int128.min, scale: Scale(0))
                < ExactDecimal(mantissa: Int128.min, scale: Scale(38)))
    }

    /// |a| over the denominators of both.
    private static func size(_ a: ExactDecimal, times b: ExactDecimal) -> Natural {
        Natural(a.mantissa.magnitude) * Natural(b.scale.unit.magnitude)
    }

    @Test("the exact integer at a scale is given only where no decimal is lost")
    func exactMantissas() {
        #expect(ExactDecimal("1.250")!.exactMantissa(at: Scale(2)) == 125)
        #expect(ExactDecimal("1.255")!.exactMantissa(at: Scale(2)) == nil)
        #expect(ExactDecimal(mantissa: 12_500, scale: Scale(4)).exactMantissa(at: Scale(2)) == 125)
        #expect(ExactDecimal("2")!.exactMantissa(at: Scale(38)) == nil)
        #expect(ExactDecimal("1")!.exactMantissa(at: Scale(38)) == Scale.power(38))
        #expect(ExactDecimal(mantissa: Int128.min, scale: Scale(0)).exactMantissa(at: Scale(1)) == nil)
    }
}

@Suite("Basis points")
struct BasisPointsTests {
    @Test("at most six decimals of a basis point are kept, and more are refused")
    func decimals() {
        #expect(BasisPoints(ExactDecimal("10")!)?.millionths == 10_000_000)
        #expect(BasisPoints(ExactDecimal("-0.000001")!)?.millionths == -1)
        #expect(BasisPoints(ExactDecimal("0.0000001")!) == nil)
        #expect(BasisPoints(ExactDecimal("9223372036855")!) == nil)
        #expect(BasisPoints(millionths: 2_500_000).decimal.description == "2.5")
        #expect(BasisPoints(millionths: Int64(BasisPoints.whole)).decimal == ExactDecimal(10_000))
    }
}
