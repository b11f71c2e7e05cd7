import Testing
import Units

@Suite("Rays and wads")
struct RayTests {
    private static let ray = Natural(1_000_000_000_000_000_000_000_000_000)
    private static let half = Natural(500_000_000_000_000_000_000_000_000)

    /// Whether `quotient` is the floor of `numerator / divisor`.
    private static func isFloor(_ quotient: Natural, _ numerator: Natural, _ divisor: Natural) -> Bool {
        quotient * divisor <= numerator && numerator < quotient * divisor + divisor
    }

    @Test("rayMul is the contract's (a * b + RAY / 2) / RAY, and throws just where that does not fit")
    func rayMul() {
        var random = SplitMix64(seed: 601)
        var (thrown, wide) = (0, 0)
        for round in 0..<4_000 {
            let (a, b) = (Int128(random.wide().magnitude >> 1), Int128(random.wide().magnitude >> 1))
            let numerator = Natural(a.magnitude) * Natural(b.magnitude) + Self.half
            if a.multipliedReportingOverflow(by: b).overflow { wide += 1 }
            do throws(ArithmeticOverflow) {
                let result = try Ray(mantissa: b).multiplied(by: a)
                #expect(
                    result >= 0 && Self.isFloor(Natural(result.magnitude), numerator, Self.ray),
                    "round \(round): \(a) rayMul \(b) = \(result)")
            } catch {
                thrown += 1
                let limit = Natural(Int128.max.magnitude + 1) * Self.ray
                #expect(limit <= numerator, "round \(round): \(a) rayMul \(b) fits")
            }
        }
        #expect(thrown > 100 && wide > 100)
    }

    @Test("rayDiv is the contract's (a * RAY + b / 2) / b, and throws just where that does not fit")
    func rayDiv() {
        var random = SplitMix64(seed: 602)
        var thrown = 0
        for round in 0..<4_000 {
            let (a, b) = (Int128(random.wide().magnitude >> 1), Int128(random.wide().magnitude >> 1))
            if b == 0 { continue }
            let numerator = Natural(a.magnitude) * Self.ray + Natural((b / 2).magnitude)
            do throws(ArithmeticOverflow) {
                let result = try Ray(mantissa: b).dividing(a)
                #expect(
                    result >= 0 && Self.isFloor(Natural(result.magnitude), numerator, Natural(b.magnitude)),
                    "round \(round): \(a) rayDiv \(b) = \(result)")
            } catch {
                thrown += 1
                let limit = Natural(Int128.max.magnitude + 1) * Natural(b.magnitude)
                #expect(limit <= numerator, "round \(round): \(a) rayDiv \(b) fits")
            }
        }
        #expect(thrown > 100)
    }

    @Test("downward and upward are the floor and the ceiling")
    func directions() throws {
        var random = SplitMix64(seed: 603)
        for _ in 0..<2_000 {
            let amount = Int128(random.integer(in: 0...Int64.max)) * 1_000
            let index = Ray(
                mantissa: Ray.one.mantissa + Int128(random.integer(in: 0...Int64.max)) * 100_000_000)
            let product = Natural(amount.magnitude) * Natural(index.mantissa.magnitude)
            let floor = Natural(try index.multiplied(by: amount, rounding: .down).magnitude)
            let ceiling = Natural(try index.multiplied(by: amount, rounding: .up).magnitude)
            #expect(Self.isFloor(floor, product, Self.ray))
            #expect(product <= ceiling * Self.ray && ceiling <= floor + Natural(1))
        }
    }

    @Test("what is divided by an index and multiplied by it again is the amount, within half the index")
    func roundTrips() throws {
        var random = SplitMix64(seed: 604)
        for _ in 0..<4_000 {
            let amount = Int128(random.integer(in: 1...Int64.max)) * Int128(random.integer(in: 1...100))
            let index = Ray(
                mantissa: Ray.one.mantissa + Int128(random.integer(in: 0...Int64.max)) * 100_000_000)
            let back = try index.multiplied(by: index.dividing(amount))
            #expect((back - amount).magnitude <= 1, "\(amount) at \(index.decimal)")
        }
    }

    @Test("fifty ether in wei go through an index, as computed elsewhere")
    func fiftyEther() throws {
        let first = try #require(Ray(ExactDecimal("1.0180859234631308")!))
        let second = try #require(Ray(ExactDecimal("1.018135128626352")!))
        let cases: [(Int128, Int128)] = [
            (50_000_000_000_000_000_000, 50_002_416_552_576_123_597),
            (123_456_789_012_345_678_901, 123_462_755_808_776_233_528),
            (100_000_000_000, 100_004_833_105), (999_999_999_999, 1_000_048_331_051),
            (1_000_001, 1_000_049),
        ]
        for (amount, expected) in cases {
            #expect(try second.multiplied(by: first.dividing(amount)) == expected)
        }
    }

    @Test("a year at five percent grows a deposit linearly and a debt by three terms of the exponential")
    func interest() throws {
        let rate = try #require(Ray(ExactDecimal("0.05")!))
        let year: Int64 = 31_536_000
        #expect(try Ray.linearInterest(rate: rate, seconds: year).decimal.description == "1.05")
        #expect(try Ray.linearInterest(rate: rate, seconds: year / 2).decimal.description == "1.025")
        #expect(
            try Ray.compoundedInterest(rate: rate, seconds: year).decimal.description
                == "1.051270833333333333333333333")
        #expect(try Ray.compoundedInterest(rate: rate, seconds: 0) == .one)
        #expect(try Ray.linearInterest(rate: rate, seconds: 0) == .one)
        // One second: the division by the year drops its remainder.
        #expect(
            try Ray.linearInterest(rate: rate, seconds: 1).mantissa - Ray.one.mantissa
                == 1_585_489_599_188_229_325)
    }

    @Test("wads become rays exactly, and rays wads half up")
    func wads() throws {
        #expect(try Ray(wad: Wad(mantissa: 1)).mantissa == 1_000_000_000)
        #expect(try Ray(mantissa: 1_499_999_999).wad().mantissa == 1)
        #expect(try Ray(mantissa: 1_500_000_000).wad().mantissa == 2)
        #expect(try Wad(1, over: 3, rounding: .down).mantissa == 333_333_333_333_333_333)
        #expect(try Wad(2, over: 3, rounding: .up).mantissa == 666_666_666_666_666_667)
        #expect(try Wad(mantissa: 1_500_000_000_000_000_000).multiplied(by: 3, rounding: .down) == 4)
        #expect(try Wad(mantissa: 1_500_000_000_000_000_000).dividing(4, rounding: .up) == 3)
    }

    @Test("no number, however large, does more than throw; nothing is divided by zero")
    func hostileNumbers() {
        var random = SplitMix64(seed: 605)
        for _ in 0..<2_000 {
            let (a, b) = (random.wide(), random.wide())
            let ray = Ray(mantissa: a)
            _ = try? ray.multiplied(by: b)
            _ = try? ray.dividing(b)
            _ = try? ray.wad()
            _ = try? Ray(wad: Wad(mantissa: a))
            _ = try? Ray.compoundedInterest(rate: ray, seconds: Int64(truncatingIfNeeded: b))
            _ = try? Wad(a, over: b, rounding: .halfUp)
        }
        #expect(throws: ArithmeticOverflow.self) { try Ray.zero.dividing(1) }
        #expect(throws: ArithmeticOverflow.self) { try Wad.zero.dividing(1, rounding: .up) }
        #expect(throws: ArithmeticOverflow.self) { try Wad(1, over: 0, rounding: .up) }
    }
}
