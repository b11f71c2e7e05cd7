import Markets
import Research
import Strategies
import StrategyKit
import Testing
import Units

@Suite("Strategies on bars")
struct BarStrategyTests {
    /// Fills of a rule that gives a target from the closes so far and the position, as a plain loop.
    private func naive(
        _ bars: [Bar], _ rule: (_ closes: ArraySlice<Int64>, _ held: Int64) -> Int64?
    ) -> [ExpectedFill] {
        let closes = bars.map(\.close.mantissa)
        var (held, fills): (Int64, [ExpectedFill]) = (0, [])
        for index in bars.indices.dropLast() {
            guard let target = rule(closes[...index], held), target != held else { continue }
            fills.append(
                ExpectedFill(
                    time: bars[index + 1].openTime, signed: target - held,
                    price: bars[index + 1].open.mantissa))
            held = target
        }
        return fills
    }

    private static func sum(_ values: ArraySlice<Int64>) -> Int { values.reduce(0) { $0 + Int($1) } }

    private static func number(_ text: String) -> ParameterValue { .number(ExactDecimal(text)!) }

    @Test("sma-cross trades as a plain loop over the closes does")
    func smaCross() throws {
        var total = 0
        for (seed, windows) in [(5, 20), (1, 2), (2, 3), (7, 50), (10, 11)].enumerated() {
            let bars = RandomMarket.bars(seed: UInt64(seed) + 200, count: 400)
            let (fast, slow) = windows
            let expected = naive(bars) { closes, held in
                guard closes.count >= slow else { return nil }
                let difference =
                    Self.sum(closes.suffix(fast)) * slow - Self.sum(closes.suffix(slow)) * fast
                return difference > 0 ? 150_000_000 : difference < 0 ? -150_000_000 : nil
            }
            let (result, _) = try RandomMarket.run(
                "sma-cross",
                [
                    ("fast", Self.number("\(fast)")), ("slow", Self.number("\(slow)")),
                    ("quantity", Self.number("1.5")),
                ],
                over: [RandomMarket.series("test:spot:BTCUSDT", bars)])
            #expect(result.fills.map(ExpectedFill.init) == expected, "\(fast) and \(slow)")
            #expect(result.attributionResidual.isZero)
            total += expected.count
        }
        #expect(total > 300)
    }

    @Test("mean-reversion buys below and sells above the band as a plain loop does")
    func meanReversion() throws {
        var total = 0
        for (seed, (lookback, threshold)) in [(10, 10), (2, 0), (5, 3), (30, 25)].enumerated() {
            let bars = RandomMarket.bars(seed: UInt64(seed) + 300, count: 500)
            // Thresholds in thousandths, so that all is whole: close x 1000 x n against sum x (1000 -+ t).
            let expected = naive(bars) { closes, held in
                guard closes.count >= lookback else { return nil }
                let close = Int(closes.last!) * 1_000 * lookback
                let sum = Self.sum(closes.suffix(lookback))
                if held == 0, close < sum * (1_000 - threshold) { return 200_000_000 }
                if held > 0, close > sum * (1_000 + threshold) { return 0 }
                return nil
            }
            let (result, _) = try RandomMarket.run(
                "mean-reversion",
                [
                    ("lookback", Self.number("\(lookback)")), ("quantity", Self.number("2")),
                    ("threshold", .number(ExactDecimal(mantissa: Int128(threshold), scale: Scale(3)))),
                ], over: [RandomMarket.series("test:spot:BTCUSDT", bars)])
            #expect(result.fills.map(ExpectedFill.init) == expected, "\(lookback) and \(threshold)")
            total += expected.count
        }
        #expect(total > 100)
    }

    @Test("each instrument is traded as if it were alone, or only the named one")
    func instruments() throws {
        let ids = ["test:spot:BTCUSDT", "test:spot:ETHUSDT"]
        let series = ids.enumerated().map {
            RandomMarket.series(
                $1, RandomMarket.bars(seed: UInt64($0) + 400, count: 200, start: Int64($0) * 7))
        }
        for name in ["sma-cross", "mean-reversion"] {
            let parameters = [("threshold", Self.number("0.002"))].filter { _ in name == "mean-reversion" }
            let both = try RandomMarket.run(name, parameters, over: series).result
            for (index, one) in series.enumerated() {
                let alone = try RandomMarket.run(name, parameters, over: [one]).result.fills.map(
                    ExpectedFill.init)
                let among = both.fills.filter { $0.instrument.position == index }.map(ExpectedFill.init)
                #expect(among == alone && !alone.isEmpty)
                let named = try RandomMarket.run(
                    name, parameters + [("instrument", .text(ids[index]))], over: series
                ).result
                #expect(named.fills.map(ExpectedFill.init) == alone)
                #expect(named.fills.allSatisfy { $0.instrument.position == index })
            }
        }
    }

    @Test("parameters that do not fit are refused before the run")
    func refusals() {
        let bars = [RandomMarket.series("test:spot:BTCUSDT", RandomMarket.bars(seed: 1, count: 30))]
        let cases: [(String, [(String, ParameterValue)])] = [
            ("sma-cross", [("fast", Self.number("20"))]), ("sma-cross", [("fast", Self.number("0"))]),
            ("sma-cross", [("slow", Self.number("5"))]), ("sma-cross", [("quantity", Self.number("0"))]),
            ("sma-cross", [("quantity", Self.number("0.000000001"))]),
            ("sma-cross", [("instrument", .text("test:spot:DOGEUSDT"))]),
            ("sma-cross", [("fats", Self.number("3"))]),
            ("mean-reversion", [("threshold", Self.number("0.0000000001"))]),
            ("mean-reversion", [("threshold", Self.number("1.1"))]),
            ("mean-reversion", [("lookback", Self.number("1"))]),
            ("quoter", []),
        ]
        for (name, parameters) in cases {
            #expect(throws: (any Error).self, "\(name) \(parameters)") {
                try RandomMarket.run(name, parameters, over: bars)
            }
        }
        #expect(throws: Never.self) {
            try RandomMarket.run("sma-cross", [("fast", Self.number("19"))], over: bars)
        }
    }
}
