import Accounting
import Markets
import Research
import Simulation
import StrategyKit
import Testing
import TradingEngine
import Units

/// Random runs over linear, inverse and spot markets with funding, transfers on their way, fees, slippage,
/// futures that roll, and price jumps that liquidate, some of them beyond the insurance.
@Suite struct RandomContractRunTests {
    private static let futures = ["one:future:BTCUSDT_700101", "one:future:BTCUSDT_700102"]

    /// Contracts of several sizes, leverages and tiers, and futures of which the first may roll.
    private static func terms(_ random: inout SplitMix64, _ hours: Int) -> [InstrumentOverride] {
        let (old, next) = (futures[0], futures[1])
        let expiry = Int(random.integer(in: 8...Int64(hours - 4)))
        let roll = ContractRoll(
            into: InstrumentID(next)!, before: Int(random.integer(in: 1...4)) * Timespan.hour)
        return [
            InstrumentOverride(
                instrument: InstrumentID(old)!,
                contract: try? ContractTerms(
                    expiry: Instant(nanoseconds: .hour(expiry)),
                    roll: random.integer(in: 0...3) > 0 ? roll : nil)
            ),
            InstrumentOverride(
                instrument: InstrumentID(next)!,
                contract: try? ContractTerms(expiry: Instant(nanoseconds: .hour(expiry + 3)))),
            InstrumentOverride(
                instrument: InstrumentID("one:perp:BTCUSD")!, base: Asset("BTC")!, quote: Asset("USDT")!,
                contract: try? ContractTerms(
                    settlement: .inverse,
                    size: ExactDecimal(Int([1, 10, 100][Int(random.integer(in: 0...2))])),
                    maximumLeverage: Int(random.integer(in: 2...50)))),
            InstrumentOverride(
                instrument: InstrumentID("two:perp:BTCUSDT")!,
                contract: try? ContractTerms(
                    size: ExactDecimal(mantissa: 1, scale: Scale(Int(random.integer(in: 0...3)))),
                    tiers: [
                        MarginTier(
                            floor: .zero, initial: ExactDecimal(mantissa: 5, scale: Scale(2)),
                            maintenance: ExactDecimal(mantissa: 2, scale: Scale(2))),
                        MarginTier(
                            floor: ExactDecimal(500), initial: ExactDecimal(mantissa: 1, scale: Scale(1)),
                            maintenance: ExactDecimal(mantissa: 5, scale: Scale(2))),
                        MarginTier(
                            floor: ExactDecimal(3_000), initial: ExactDecimal(mantissa: 3, scale: Scale(1)),
                            maintenance: ExactDecimal(mantissa: 2, scale: Scale(1))),
                    ])),
        ]
    }

    static func run(_ seed: UInt64) -> ContractRun {
        var random = SplitMix64(seed: seed, purpose: "random contract run")
        let books = (0...random.integer(in: 0...1)).map { book in
            PlannedStrategy(
                account: "book-\(book)", strategy: "contract-trader",
                parameters: [NamedParameter("seed", .number(ExactDecimal(Int(seed) * 2 + Int(book))))],
                capital: ExactDecimal(Int(random.integer(in: 1...20)) * 1_000))
        }
        let shareClass = ["USDT", "USDT", "BTC"][Int(random.integer(in: 0...2))]
        var run = ContractRun(books, shareClass: shareClass)
        let hours = Int(random.integer(in: 30...80))
        var price: Int64 = random.integer(in: 2_000...9_000)
        var closes: [Int64] = []
        for _ in 0..<hours {
            let range: ClosedRange<Int64> = random.integer(in: 0...9) == 0 ? 60...170 : 97...103
            price = max(50, price * random.integer(in: range) / 100)
            closes.append(price)
        }
        func near(_ random: inout SplitMix64) -> [Int64] {
            closes.map { max(10, $0 * random.integer(in: 985...1_015) / 1_000) }
        }
        run.addBars("one:spot:BTCUSDT", closes)
        if random.integer(in: 0...1) == 0 { run.addBars("two:spot:BTCUSDT", near(&random)) }
        for id in ["one:perp:BTCUSDT", "one:perp:BTCUSD", "two:perp:BTCUSDT"] {
            run.addBars(id, near(&random))
            var rows: [(time: Int64, rate: Int64)] = []
            for hour in stride(from: 1, to: hours, by: Int(random.integer(in: 1...8))) {
                let late = random.integer(in: 0...1) * random.integer(in: 0...16_000_000)
                rows.append((.hour(hour) + late, random.integer(in: -300_000...300_000)))
                if random.integer(in: 0...3) == 0 { rows.append(rows[rows.count - 1]) }
            }
            run.addFunding(id, rows)
        }
        for id in futures { run.addBars(id, near(&random)) }
        run.plan.instruments = terms(&random, hours)
        let fee = BasisPoints(millionths: random.integer(in: 0...10_000_000))
        run.plan.execution.commission = CommissionModel(taker: fee, maker: fee)
        run.plan.execution.slippage = .fixed(BasisPoints(millionths: random.integer(in: 0...8_000_000)))
        let deleverages = random.integer(in: 0...1) == 0
        run.plan.execution.contracts = ContractRules(
            marginMode: random.integer(in: 0...2) == 0 ? .isolated : .cross,
            transferDelay: Int(random.integer(in: 0...1)) * Int(random.integer(in: 1...5)) * .hour,
            transferCost: ExactDecimal(mantissa: Int128(random.integer(in: 0...2)), scale: Scale(4)),
            marginPrice: random.integer(in: 0...1) == 0 ? .extremes : .close, deleverages: deleverages,
            insuranceFunds: [
                InsuranceFund(asset: Asset("USDT")!, amount: ExactDecimal(Int(random.integer(in: 0...500))))
            ])
        return run
    }

    @Test func everyUnitSumsToZeroAndNothingIsLeftUnexplained() throws {
        var totals = (fills: 0, liquidations: 0, transfers: 0, bankruptcies: 0)
        var causes: [String: Int] = [:]
        for seed in 0..<400 as Range<UInt64> {
            let result = try Self.run(seed).run()
            #expect(result.isConserved, "seed \(seed)")
            #expect(result.attributionResidual.description == "0", "seed \(seed)")
            var sum: Int128 = 0
            for position in result.finalPositions {
                sum += position.value.exactMantissa(at: Scale(28)) ?? 0
            }
            #expect(
                ExactDecimal(mantissa: sum, scale: Scale(28)) == result.finalEquity,
                "seed \(seed): \(result.finalPositions) are not \(result.finalEquity)")
            totals.fills += result.fillCount
            totals.liquidations += result.risk.liquidations
            let names = result.accounts.map(\.name)
            totals.transfers += result.ledger.count { names[$0.account.position].contains("transit") }
            for fill in result.fills { causes[fill.cause, default: 0] += 1 }
            totals.bankruptcies += result.data.warnings.count { $0.contains("lost more than backed them") }
        }
        #expect(totals.fills > 3_000 && totals.liquidations > 100, "\(totals)")
        #expect(totals.transfers > 1_000 && totals.bankruptcies > 20, "\(totals)")
        #expect((causes["roll"] ?? 0) > 100 && (causes["expiry"] ?? 0) > 100, "\(causes)")
        #expect((causes["auto-deleverage"] ?? 0) > 5, "\(causes)")
    }

    @Test func theSameRunGivesTheSameLog() throws {
        for seed in 1_000..<1_030 as Range<UInt64> {
            let (first, again) = (try Self.run(seed).run(), try Self.run(seed).run())
            #expect(first.logHash == again.logHash && first.ledger == again.ledger, "seed \(seed)")
        }
    }
}
