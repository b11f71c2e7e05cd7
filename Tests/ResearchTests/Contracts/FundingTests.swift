import Markets
import Research
import StrategyKit
import Testing
import Trading
import Units

/// Funding against position x mark x rate, computed again over the distinct stamps from fills and bars.
@Suite struct FundingTests {
    private static let id = "one:perp:BTCUSDT"

    /// A position that changes every few hours by market orders, funded by money sent at the first step.
    private static func script(_ seed: UInt64) -> ContractScript {
        let draws = (0..<200).map { step -> Int64 in
            var random = SplitMix64(seed: seed + UInt64(step) * 7_919, purpose: "funding target")
            return random.integer(in: -300_000_000...300_000_000)
        }
        return ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 90_000_000_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            }
            if step % 3 == 1 {
                context.target(Quantity(mantissa: draws[step % draws.count]), of: InstrumentIndex(0))
            }
        }
    }

    private static func halfEven(_ value: Int128, _ divisor: Int128) -> Int128 {
        IndependentBooks.halfEven(value, divisor)
    }

    @Test func theSumIsPositionTimesMarkTimesRateOverDistinctStamps() throws {
        var paid = 0
        for seed in 0..<150 as Range<UInt64> {
            var random = SplitMix64(seed: seed, purpose: "funding run")
            let script = Self.script(seed)
            var run = ContractRun([script.planned(capital: 1_000_000)])
            var closes: [Int64] = [random.integer(in: 50_000...90_000)]
            for _ in 1..<60 { closes.append(closes[closes.count - 1] * random.integer(in: 98...102) / 100) }
            run.addBars(Self.id, closes)
            var rows: [(time: Int64, rate: Int64)] = []
            for hour in stride(from: 2, to: 60, by: Int(random.integer(in: 1...8))) {
                rows.append(
                    (
                        .hour(hour) + random.integer(in: 0...1) * 3_000_000,
                        random.integer(in: -90_000...90_000)
                    ))
                for _ in 0..<random.integer(in: 0...2) { rows.append(rows[rows.count - 1]) }
            }
            run.addFunding(Self.id, rows)
            let result = try run.run()

            var expected: Int128 = 0
            var last = Int64.min
            for row in rows where row.time != last {
                last = row.time
                let position = result.fills.filter { $0.time.nanoseconds < row.time }.reduce(Int128(0)) {
                    $0 + Int128($1.side.sign * $1.quantity.mantissa)
                }
                let mark = closes[Int(row.time / .hour(1)) - 1]
                // Quantity 8, price 2, rate 8 decimals; the ledger keeps 8.
                expected -= Self.halfEven(position * Int128(mark) * Int128(row.rate), 10_000_000_000)
                paid += position == 0 ? 0 : 1
            }
            let found = result.attribution[2]
            #expect(found == ExactDecimal(mantissa: expected, scale: Scale(8)), "seed \(seed)")
            let repeated = rows.count - Set(rows.map(\.time)).count
            #expect(
                repeated == 0
                    || result.data.warnings.contains(
                        "\(repeated) rows of funding repeat a stamp and were settled once")
            )
        }
        #expect(paid > 1_000)
    }

    @Test func aMarkOlderThanAnHourIsReported() throws {
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 50_000_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.submit(OrderRequest(.sell, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
            }
        }
        var run = ContractRun([script.planned()])
        run.addBars(Self.id, [10_000, 10_000, 10_000])
        run.addFunding(Self.id, [(.hour(4), 10_000), (.hour(4) + 1, 10_000)])
        let result = try run.run()
        // One unit at 100 and a rate of 0.0001 is received twice, the second time at a mark that is too old.
        #expect(result.attribution[2].description == "0.02")
        #expect(
            result.data.warnings.contains {
                $0.hasPrefix("1 settlements of funding used a mark price older than an hour")
            }, "\(result.data.warnings)")
        let funding = script.updates.compactMap { update -> FundingReport? in
            if case .fundingSettled(let report) = update { return report }
            return nil
        }
        #expect(funding.map(\.amount.units) == [1_000_000, 1_000_000])
        #expect(funding.first?.mark == ExactDecimal(100) && funding.first?.position.mantissa == -100_000_000)
    }
}
