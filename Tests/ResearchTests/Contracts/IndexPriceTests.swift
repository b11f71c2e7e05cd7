import Markets
import Research
import Simulation
import StrategyKit
import Synchronization
import Testing
import Trading
import TradingEngine
import Units

/// Index prices of contracts: shown, checked for their age, and used where a mark is missing.
@Suite struct IndexPriceTests {
    private static let id = "one:perp:BTCUSDT"

    private static func buyer(_ note: @escaping ContractScript.Action = { _, _ in }) -> ContractScript {
        ContractScript { step, context in
            note(step, &context)
            guard step == 0 else { return }
            context.transfer(
                Amount(units: 50_000_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            context.submit(OrderRequest(.buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
        }
    }

    @Test func strategiesSeeTheLastIndexAndItsAge() throws {
        let seen = Mutex<[IndexPrice?]>([])
        let script = Self.buyer { _, context in
            let index = context.indexPrice(of: InstrumentIndex(0))
            seen.withLock { $0.append(index) }
        }
        var run = ContractRun([script.planned()])
        run.addBars(Self.id, [10_000, 10_000, 10_000, 10_000])
        run.addValues(Self.id, .index, "index", [(.hour(2), 10_012_345)], scale: 5)
        _ = try run.run()
        let index = IndexPrice(
            price: ExactDecimal(mantissa: 10_012_345, scale: Scale(5)), time: Instant(nanoseconds: .hour(2)))
        #expect(seen.withLock { $0 } == [nil, index, index, index])
        #expect(!index.isStale(at: Instant(nanoseconds: .hour(3))))
        #expect(index.isStale(at: Instant(nanoseconds: .hour(3) + 1)))
    }

    @Test func theIndexStandsInForAMarkOlderThanAnHour() throws {
        // Bars to the second hour and from the seventh on; the index goes on every hour between.
        var run = ContractRun([Self.buyer().planned()])
        run.addBars(Self.id, [10_000, 10_000])
        run.addBars(Self.id, [9_000], from: 6)
        run.series = [try #require(MarketSeries.joined(run.series))]
        run.addValues(
            Self.id, .index, "index", (2...8).map { (.hour($0), 10_000 + Int64($0) * 100) }, scale: 2)
        run.addFunding(
            Self.id, [(.hour(3), 1_000_000), (.hour(4), 1_000_000), (.hour(6), 1_000_000)])
        let result = try run.run()
        // Funding of 0.01: at the third hour by the bar of the second (100, an hour old), then by the index.
        #expect(result.attribution[2].description == "-3.1")
        // 104 at the fourth and 106 at the sixth are indices.
        #expect(result.finalPositions.first?.mark == ExactDecimal(90))
        #expect(
            result.data.warnings.contains { $0.hasPrefix("3 times the index price stood in for a mark") },
            "\(result.data.warnings)")
        #expect(!result.data.warnings.contains { $0.contains("used a mark price older") })
    }

    @Test func anIndexThatEndedIsReportedWithTheFundingItCameWith() throws {
        var run = ContractRun([Self.buyer().planned()])
        run.addBars(Self.id, Array(repeating: 10_000, count: 6))
        run.addValues(Self.id, .index, "index", [(.hour(2), 10_000)], scale: 2)
        run.addFunding(Self.id, [(.hour(3), 10_000), (.hour(4), 10_000), (.hour(5), 10_000)])
        let result = try run.run()
        #expect(
            result.data.warnings.contains("2 settlements of funding came with an index older than an hour"),
            "\(result.data.warnings)")
    }

    @Test func aFutureIsSettledAtItsIndexWhereThatIsFresh() throws {
        for (hour, price) in [(4, "97.5"), (2, "120")] {
            let script = Self.buyer()
            let id = "one:future:BTCUSDT"
            var run = ContractRun([script.planned()])
            run.addBars(id, [10_000, 10_000, 11_000, 12_000, 13_000])
            run.addValues(id, .index, "index", [(.hour(hour), 9_750)], scale: 2)
            run.plan.instruments = [
                InstrumentOverride(
                    instrument: InstrumentID(id)!,
                    contract: try ContractTerms(expiry: Instant(nanoseconds: .hour(4))))
            ]
            let result = try run.run()
            #expect(result.fills.map(\.cause) == ["market", "expiry"])
            #expect(result.fills.last?.price.decimal(Scale(6)).normalized.description == price)
        }
    }

    @Test func aContractOfAnIndexAloneIsMarkedByIt() throws {
        var run = ContractRun([Self.buyer().planned()])
        run.addBars("one:spot:BTCUSDT", [10_000, 10_000, 10_000])
        run.addValues(Self.id, .index, "index", [(.hour(1), 10_000), (.hour(2), 10_500)], scale: 2)
        let marks = Mutex<[Price?]>([])
        let script = ContractScript { _, context in
            let mark = context.markPrice(of: InstrumentIndex(0))
            marks.withLock { $0.append(mark) }
        }
        run.plan.strategies = [script.planned()]
        _ = try run.run()
        let price = Price(mantissa: 10_500)
        #expect(marks.withLock { $0 } == [Price(mantissa: 10_000), price, price])
    }
}

extension MarketSeries {
    /// Hourly bars of one instrument, one after the other.
    fileprivate static func joined(_ parts: [MarketSeries]) -> MarketSeries? {
        let rows = parts.flatMap { part in
            (0..<part.count).map { place -> [Int64] in
                let bar = part.bar(place)
                let open = bar.openTime.nanoseconds / 60_000_000_000
                return [
                    open, bar.open.mantissa, bar.high.mantissa, bar.low.mantissa, bar.close.mantissa,
                    bar.volume.mantissa,
                ]
            }
        }
        return parts.first.map {
            TestSeries.bars($0.instrument.description, rows, timeframe: .fixed(.hour))
        }
    }
}
