import Testing
import Trading
import Units

/// An exact fraction in lowest terms, for small numbers.
private struct Fraction {
    var numerator: Int128
    var denominator: Int128

    init(_ numerator: Int128, _ denominator: Int128 = 1) {
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let common = Int128(max(a, 1))
        (self.numerator, self.denominator) = (numerator / common, denominator / common)
    }

    static func + (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
    }
    static func * (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.numerator * b.numerator, a.denominator * b.denominator)
    }
    static prefix func - (a: Fraction) -> Fraction { Fraction(-a.numerator, a.denominator) }

    /// Whether an integer is at most `halves` halves away.
    func isWithin(_ halves: Int128, of value: Int128) -> Bool {
        (numerator - value * denominator).magnitude * 2 <= (halves * denominator).magnitude
    }
}

/// Average cost by exact fractions, one unit of quantity at a time.
private struct ExactPosition {
    var quantity: Int64 = 0
    var mean = Fraction(0)
    var realized = Fraction(0)
    var partialReductions: Int128 = 0

    mutating func fill(_ signed: Int64, at price: Int64) {
        var isPartial = false
        for _ in 0..<signed.magnitude {
            let unit: Int64 = signed > 0 ? 1 : -1
            if quantity == 0 || (quantity > 0) == (unit > 0) {
                let held = Int128(quantity.magnitude)
                mean = (mean * Fraction(held) + Fraction(Int128(price))) * Fraction(1, held + 1)
            } else {
                realized = realized + (Fraction(Int128(price)) + -mean) * Fraction(Int128(-unit))
                isPartial = quantity + unit != 0
                if quantity + unit == 0 { (mean, partialReductions) = (Fraction(0), partialReductions) }
            }
            quantity += unit
        }
        if isPartial { partialReductions += 1 }
    }
}

@Suite("Positions")
struct PositionTests {
    @Test("averaging, reducing, closing and flipping follow exact fractions")
    func smallFills() throws {
        var random = SplitMix64(seed: 91)
        var (flips, closes) = (0, 0)
        for _ in 0..<400 {
            var (position, exact) = (Position(), ExactPosition())
            for _ in 0..<10 {
                let signed = random.integer(in: -6...6)
                if signed == 0 { continue }
                let price = random.integer(in: 1...40)
                let held = position.quantity.mantissa
                let change = try position.fill(Quantity(mantissa: signed), at: Price(mantissa: price))
                exact.fill(signed, at: price)
                let opposes = held != 0 && (held > 0) != (signed > 0)
                let closed = opposes ? min(held.magnitude, signed.magnitude) : 0
                #expect(change.closed.mantissa == Int64(closed))
                #expect(change.opened.mantissa == Int64(signed.magnitude - closed))
                #expect(change.isRoundTrip == (opposes && closed == held.magnitude))
                if opposes && position.quantity == .zero { closes += 1 }
                if opposes && (held > 0) == (position.quantity.mantissa < 0) && position.quantity != .zero {
                    flips += 1
                }
                #expect(position.quantity.mantissa == exact.quantity)
                let cost = exact.mean * Fraction(Int128(exact.quantity))
                #expect(cost.isWithin(exact.partialReductions, of: position.openCost))
                #expect(exact.realized.isWithin(exact.partialReductions, of: position.realized))
                if position.quantity == .zero { #expect(position.openCost == 0) }
            }
        }
        #expect(flips > 100 && closes > 100)
    }

    @Test("realised profit and open cost sum to what was paid, exactly, whatever the fills")
    func conservation() throws {
        var random = SplitMix64(seed: 92)
        for round in 0..<400 {
            var position = Position()
            var (paid, held, realized): (Int128, Int128, Int128) = (0, 0, 0)
            let size = Int64(1) << Int64(2 + round % 54)
            for _ in 0..<30 {
                let signed = random.integer(in: -size...size)
                let price = random.integer(in: 1...(1 << 60))
                guard signed != 0 else { continue }
                let change = try position.fill(Quantity(mantissa: signed), at: Price(mantissa: price))
                paid += Int128(signed) * Int128(price)
                held += Int128(signed)
                realized += change.realized
                #expect(Int128(position.quantity.mantissa) == held)
                #expect(position.realized == realized)
                #expect(position.realized == position.openCost - paid)
                if held == 0 { #expect(position.openCost == 0 && position.realized == -paid) }
            }
        }
    }

    @Test("a reduction takes its share of the cost, rounded half even")
    func reductions() throws {
        // Bought 3 for 10 in all (3 + 3 + 4); one sold takes 10/3 = 3.33, a second half of 7 = 3.5 to even 4.
        var position = Position()
        for price in [Int64(3), 3, 4] {
            _ = try position.fill(Quantity(mantissa: 1), at: Price(mantissa: price))
        }
        let first = try position.fill(Quantity(mantissa: -1), at: Price(mantissa: 5))
        #expect(first.realized == 5 - 3 && position.openCost == 7)
        let second = try position.fill(Quantity(mantissa: -1), at: Price(mantissa: 5))
        #expect(second.realized == 5 - 4 && position.openCost == 3)
        let third = try position.fill(Quantity(mantissa: -3), at: Price(mantissa: 6))
        #expect(third.realized == 6 - 3 && third.isRoundTrip && third.opened == Quantity(mantissa: 2))
        #expect(position.quantity == Quantity(mantissa: -2) && position.openCost == -12)
    }

    @Test("the mean entry is cost over quantity at the wanted scale")
    func meanEntry() throws {
        var position = Position()
        #expect(try position.meanEntry(fillPriceScale: Scale(2), at: Scale(2)) == nil)
        _ = try position.fill(Quantity(mantissa: -2), at: Price(mantissa: 1_000))
        _ = try position.fill(Quantity(mantissa: -1), at: Price(mantissa: 1_001))
        #expect(try position.meanEntry(fillPriceScale: Scale(2), at: Scale(2))?.mantissa == 1_000)
        #expect(try position.meanEntry(fillPriceScale: Scale(2), at: Scale(5))?.mantissa == 1_000_333)
        #expect(try position.meanEntry(fillPriceScale: Scale(2), at: Scale(0))?.mantissa == 10)
        // A scale far from the other is an error or a number, never a crash.
        var large = Position()
        _ = try large.fill(Quantity(mantissa: Int64.max), at: Price(mantissa: Int64.max))
        for (fill, wanted) in [(38, 0), (0, 38), (38, 38), (20, 0)] {
            _ = try? large.meanEntry(fillPriceScale: Scale(fill), at: Scale(wanted))
        }
    }

    @Test("quantities too large for a position throw")
    func overflow() throws {
        for (first, second) in [(Int64.max, Int64(1)), (-Int64.max, -1), (-Int64.max, -Int64.max)] {
            var position = Position()
            _ = try position.fill(Quantity(mantissa: first), at: Price(mantissa: Int64.max))
            let before = position
            #expect(throws: ArithmeticOverflow.self) {
                try position.fill(Quantity(mantissa: second), at: Price(mantissa: Int64.max))
            }
            #expect(position == before)
        }
        var flat = Position()
        #expect(throws: ArithmeticOverflow.self) {
            try flat.fill(Quantity(mantissa: Int64.min), at: Price(mantissa: 1))
        }
        var random = SplitMix64(seed: 93)
        for _ in 0..<300 {
            var position = Position()
            for _ in 0..<6 {
                let signed = Int64(bitPattern: random.next()) >> Int64(random.next() % 3)
                let price = Price(mantissa: Int64(bitPattern: random.next()))
                guard (try? position.fill(Quantity(mantissa: signed), at: price)) != nil else { break }
            }
        }
    }
}
