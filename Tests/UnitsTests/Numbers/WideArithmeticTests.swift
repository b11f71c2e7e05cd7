import Testing
import Units

@Suite("Division and products with 256-bit intermediates")
struct WideArithmeticTests {
    @Test("every rounding of small divisions is the definition, for all signs")
    func smallDivisions() throws {
        for numerator in -60...60 {
            for denominator in -13...13 where denominator != 0 {
                for rounding in Rounding.allCases {
                    let result = try WideArithmetic.divide(
                        Int128(numerator), by: Int128(denominator), rounding: rounding)
                    #expect(
                        Int(result) == Self.definition(numerator, denominator, rounding),
                        "\(numerator) / \(denominator) \(rounding)")
                    let product = try WideArithmetic.multiply(
                        Int128(numerator) * 3, by: 5, dividedBy: Int128(denominator) * 15, rounding: rounding)
                    #expect(product == result)
                }
            }
        }
    }

    /// By trying every candidate: floor and ceiling by search, then the rule's words.
    private static func definition(_ numerator: Int, _ denominator: Int, _ rounding: Rounding) -> Int {
        let (n, d) = denominator < 0 ? (-numerator, -denominator) : (numerator, denominator)
        let floor = (-61...61).last { $0 * d <= n }!
        let ceiling = (-61...61).first { $0 * d >= n }!
        let (below, above) = (n - floor * d, ceiling * d - n)
        switch rounding {
        case .down: return floor
        case .up: return ceiling
        case .towardZero: return n < 0 ? ceiling : floor
        case .halfEven:
            return below != above ? (below < above ? floor : ceiling) : floor % 2 == 0 ? floor : ceiling
        case .halfUp: return below != above ? (below < above ? floor : ceiling) : n < 0 ? floor : ceiling
        }
    }

    @Test("products divided agree with long multiplication, or throw just where they do not fit")
    func wideProducts() {
        var random = SplitMix64(seed: 11)
        var (thrown, wide) = (0, 0)
        for round in 0..<4_000 {
            let (a, b) = (random.wide(), random.wide())
            var c = random.wide()
            if c == 0 { c = 7 }
            let rounding = Rounding.allCases[round % 5]
            let numerator = Natural(a.magnitude) * Natural(b.magnitude)
            let divisor = Natural(c.magnitude)
            let isNegative = (a < 0) != ((b < 0) != (c < 0)) && a != 0 && b != 0
            if a.multipliedReportingOverflow(by: b).overflow { wide += 1 }
            do throws(ArithmeticOverflow) {
                let result = try WideArithmetic.multiply(a, by: b, dividedBy: c, rounding: rounding)
                #expect(
                    Natural.isRounded(
                        Natural(result.magnitude), numerator, by: divisor, isNegative: isNegative, rounding)
                        && (result == 0 || (result < 0) == isNegative),
                    "round \(round): \(a) x \(b) / \(c) \(rounding) = \(result)")
            } catch {
                thrown += 1
                let most: UInt128 = isNegative ? 1 << 127 : 1 << 127 - 1
                // Nothing that fits is the right answer: even the largest number is too small.
                let tooSmall = Natural(most) * divisor < numerator
                let fits = Natural.isRounded(
                    Natural(most), numerator, by: divisor, isNegative: isNegative, rounding)
                #expect(tooSmall && !fits, "round \(round): \(a) x \(b) / \(c) \(rounding) threw")
            }
        }
        #expect(thrown > 100 && wide - thrown > 100, "\(thrown) thrown, \(wide) wide")
    }

    @Test("the smallest number is a result like any other")
    func extremes() throws {
        #expect(
            try WideArithmetic.multiply(Int128.min, by: 2, dividedBy: 2, rounding: .halfEven) == Int128.min)
        #expect(try WideArithmetic.divide(Int128.min, by: 1, rounding: .up) == Int128.min)
        #expect(throws: ArithmeticOverflow.self) {
            try WideArithmetic.divide(Int128.min, by: -1, rounding: .halfEven)
        }
        #expect(throws: ArithmeticOverflow.self) {
            try WideArithmetic.multiply(Int128.max, by: Int128.max, dividedBy: 1, rounding: .down)
        }
    }

    @Test("exact products and sums throw instead of wrapping")
    func exactOperations() throws {
        var random = SplitMix64(seed: 12)
        for _ in 0..<3_000 {
            let (a, b) = (random.wide(), random.wide())
            let product = Natural(a.magnitude) * Natural(b.magnitude)
            let isNegative = a != 0 && b != 0 && (a < 0) != (b < 0)
            let fits = product <= Natural(isNegative ? 1 << 127 : 1 << 127 - 1)
            let result = try? WideArithmetic.multiply(a, b, "a test")
            #expect((result != nil) == fits, "\(a) x \(b)")
            if let result {
                #expect(Natural(result.magnitude) == product && (result == 0 || (result < 0) == isNegative))
            }
            let sum = try? WideArithmetic.add(a, b, "a test")
            let bothNegative = a < 0 && b < 0
            let magnitudes = Natural(a.magnitude) + Natural(b.magnitude)
            let sumFits = (a < 0) != (b < 0) || magnitudes <= Natural(bothNegative ? 1 << 127 : 1 << 127 - 1)
            #expect((sum != nil) == sumFits)
            if let sum { #expect(sum - b == a) }
        }
    }
}

@Suite("Scales")
struct ScaleTests {
    @Test("raising a scale is exact and lowering it rounds as named")
    func conversions() throws {
        #expect(try Scale(2).convert(12_345, to: Scale(5), rounding: .down) == 12_345_000)
        #expect(try Scale(2).convert(-12_345, to: Scale(0), rounding: .halfEven) == -123)
        #expect(try Scale(2).convert(-12_350, to: Scale(0), rounding: .halfUp) == -124)
        #expect(try Scale(1).convert(25, to: Scale(0), rounding: .halfEven) == 2)
        #expect(try Scale(38).convert(Int128.max, to: Scale(0), rounding: .up) == 2)
        #expect(throws: ArithmeticOverflow.self) {
            try Scale(0).convert(2, to: Scale(38), rounding: .down)
        }
        for low in 0...18 {
            for high in low...18 {
                let raised = try Scale(low).convert(-907, to: Scale(high), rounding: .up)
                #expect(try Scale(high).convert(raised, to: Scale(low), rounding: .up) == -907)
            }
        }
    }

    @Test("powers of ten are what repeated multiplication gives")
    func powers() {
        var power: Int128 = 1
        for exponent in 0...Scale.maximum {
            #expect(Scale.power(exponent) == power && Scale(exponent).unit == power)
            if exponent < Scale.maximum { power *= 10 }
        }
    }
}
