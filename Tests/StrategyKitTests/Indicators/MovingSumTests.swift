import Markets
import StrategyKit
import Testing
import Units

@Suite("Moving sums")
struct MovingSumTests {
    private static func values(_ random: inout SplitMix64, _ count: Int) -> [Int64] {
        (0..<count).map { _ in
            switch random.next() % 8 {
            case 0: Int64.max
            case 1: Int64.min
            default: random.integer(in: -1_000_000...1_000_000)
            }
        }
    }

    @Test("a moving sum is the sum of its window, whatever the values")
    func single() {
        var random = SplitMix64(seed: 111)
        for length in [1, 2, 3, 10, 37] {
            var sum = MovingSum(length: length)
            let values = Self.values(&random, 120)
            for end in 1...values.count {
                sum.append(values[end - 1])
                let window = values[..<end].suffix(length)
                #expect(sum.sum == window.reduce(Int128(0)) { $0 + Int128($1) })
                #expect(sum.count == window.count && sum.isFull == (end >= length))
            }
        }
    }

    @Test("a pair of moving sums compares the two means exactly")
    func pair() {
        var random = SplitMix64(seed: 112)
        for (fast, slow) in [(1, 2), (2, 3), (5, 20), (19, 20), (1, 40)] {
            var pair = MovingSumPair(fast: fast, slow: slow)
            var values = Self.values(&random, 100)
            // A flat stretch, so that equal means occur.
            values += [Int64](repeating: 7, count: 60)
            var equal = 0
            for end in 1...values.count {
                pair.append(values[end - 1])
                #expect(pair.isFull == (end >= slow))
                guard end >= slow else { continue }
                let short = values[..<end].suffix(fast).reduce(Int128(0)) { $0 + Int128($1) }
                let long = values[..<end].suffix(slow).reduce(Int128(0)) { $0 + Int128($1) }
                let (left, right) = (short * Int128(slow), long * Int128(fast))
                #expect(pair.comparison == (left < right ? -1 : left > right ? 1 : 0))
                if left == right { equal += 1 }
            }
            #expect(equal >= 20)
        }
    }

    @Test("the history of bars is the last ones, oldest first")
    func history() {
        for capacity in [1, 2, 7] {
            var history = BarHistory(capacity: capacity)
            #expect(BarWindow(bars: history.window).isEmpty)
            for number in 0..<50 {
                let (time, price) = (Instant(nanoseconds: Int64(number)), Price(mantissa: Int64(number)))
                history.append(
                    Bar(
                        openTime: time, closeTime: time, open: price, high: price, low: price, close: price,
                        volume: .zero))
                let window = BarWindow(bars: history.window)
                let expected = (0...number).suffix(capacity).map { Int64($0) }
                #expect(window.map(\.close.mantissa) == expected)
                #expect(window.count == expected.count && window[0].close.mantissa == expected[0])
                #expect(window.last?.close.mantissa == Int64(number))
            }
        }
    }
}
