import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Units

/// Each check finds a planted defect and has nothing to say of its clean counterpart.
@Suite struct AuditCheckTests {
    /// A market that rises by 10.00 in each of the given bars and falls by 1.00 in others.
    private func closes(_ count: Int, rising: Set<Int>, by step: Int64 = 1_000) -> [Int64] {
        var price: Int64 = 100_000
        return (1...count).map { bar in
            price += rising.contains(bar) ? step : -100
            return price
        }
    }

    /// Forty trades, each over one rising bar: decided at the close before it.
    private func steady(_ count: Int = 40, volume: Int64 = 1_000, step: Int64 = 1_000) -> AuditScene {
        let rising = Set((1...count).map { $0 * 4 + 1 })
        let script = (1...count).map { "\($0 * 4):1 \($0 * 4 + 1):0" }.joined(separator: " ")
        return AuditScene.scripted(
            script, closes: closes(count * 4 + 8, rising: rising, by: step), volume: volume)
    }

    // MARK: Fills and costs

    @Test func fillsAtTheDecidingCloseAreHeldAgainstTheNextOpen() throws {
        let scene = steady()
        #expect(try scene.finding("same-close").weight == .fine)
        var idealised = scene
        idealised.execution.fill = .close
        // Here the next open equals the close, so nothing is lost: notable only.
        let finding = try idealised.finding("same-close")
        #expect(finding.weight == .notable && finding.remedy.contains("next-open"))

        // Where all movement lies between close and open, the profit was never to be had.
        var jumping = idealised
        let rising = Set((1...40).map { $0 * 4 + 1 })
        jumping.series = [AuditSceneBars.jumping(closes: closes(168, rising: rising))]
        #expect(try jumping.finding("same-close").weight == .serious)
    }

    @Test func aProfitThatCostsEatIsSerious() throws {
        // 10.00 a trade on 1,000.00: 100 basis points for a round trip.
        var scene = steady()
        for (points, weight) in [(5, AuditWeight.fine), (15, .notable), (30, .serious), (60, .fine)] {
            let rate = BasisPoints(millionths: Int64(points) * 1_000_000)
            scene.execution.commission = CommissionModel(taker: rate, maker: rate)
            let finding = try scene.finding("costs")
            #expect(finding.weight == weight, "\(points) basis points: \(finding.figure)")
        }
        scene.execution.commission = CommissionModel()
        scene.execution.slippage = .fixed(BasisPoints(millionths: 30_000_000))
        #expect(try scene.finding("costs").weight == .serious, "slippage is a cost too")
    }

    @Test func tradingForFreeIsSaid() throws {
        let scene = steady()
        let finding = try scene.finding("costs")
        #expect(finding.weight == .notable && finding.title.contains("free"), "\(finding)")
        // 1.00 a trade on 1,000.00 does not bear 10 basis points twice.
        let thin = steady(step: 100)
        #expect(try thin.finding("costs").weight == .serious)
    }

    @Test func borrowedCoinsAndMoneyAreNamed() throws {
        let falling = (1...60).map { Int64(100_000 - $0 * 500) }
        let short = try AuditScene.scripted("5:-2 50:0", closes: falling).finding("borrowing")
        #expect(short.weight == .serious && short.title.contains("Spot is sold short"))
        let rising = (1...60).map { Int64(100_000 + $0 * 500) }
        var scene = AuditScene.scripted("5:2 50:0", closes: rising)
        #expect(try scene.finding("borrowing").weight == .fine)
        scene.capital = 1_000
        let overdrawn = try scene.finding("borrowing")
        #expect(overdrawn.weight == .serious && overdrawn.title.contains("Cash is overdrawn"))
    }

    @Test func fillsBeyondTheVolumeOfABarAreSerious() throws {
        for (volume, weight) in [
            (Int64(1_000), AuditWeight.fine), (11, .fine), (10, .fine), (9, .serious), (1, .serious),
        ] {
            #expect(try steady(volume: volume).finding("volume").weight == weight, "volume \(volume)")
        }
        let unknown = try steady(volume: 0).finding("volume")
        #expect(unknown.weight == .notable && unknown.figure == "no volume in the data")
        // Half a unit filled of a bar of less: more than was traded.
        let beyond = AuditScene.scripted("4:5 8:0", closes: AuditScene.walk(40, seed: 1), volume: 4)
        #expect(try beyond.finding("volume").title == "More was filled than was traded")
    }

    // MARK: Luck

    @Test func fewTradesAreSaidWithTheirStandardError() throws {
        let few = try steady(29).finding("few-trades")
        #expect(few.weight == .serious && few.figure.hasPrefix("29 trades, 10.00 ± 0.00"), "\(few.figure)")
        #expect(try steady(30).finding("few-trades").weight == .fine)
        let none = try AuditScene.scripted("5:1", closes: AuditScene.walk(40, seed: 2))
            .finding("few-trades")
        #expect(none.weight == .serious && none.title == "No trade was ever closed")
        // Wins of 10 and losses of 9.5 in turn, by hand: mean 0.25, deviation 9.8745, over the root of 40.
        let script = (1...40).map { "\($0 * 4):1 \($0 * 4 + 1):0" }.joined(separator: " ")
        var price: Int64 = 100_000
        let closes = (1...170).map { bar -> Int64 in
            if bar % 4 == 1 && bar > 4 { price += bar / 4 % 2 == 0 ? 1_000 : -950 }
            return price
        }
        let even = try AuditScene.scripted(script, closes: closes).finding("few-trades")
        #expect(even.weight == .notable && even.figure.contains("0.250000 ± 1.56"), "\(even.figure)")
    }

    @Test func oneTradeThatCarriesTheResultIsSerious() throws {
        #expect(try steady().audit("concentration").findings.allSatisfy { $0.weight == .fine })
        // The tenth trade earns 1,000.00 where each other earns 10.00.
        var price: Int64 = 100_000
        let script = (1...40).map { "\($0 * 4):1 \($0 * 4 + 1):0" }.joined(separator: " ")
        let closes = (1...170).map { bar -> Int64 in
            if bar % 4 == 1 && bar > 4 { price += bar == 41 ? 100_000 : 1_000 }
            return price
        }
        let report = try AuditScene.scripted(script, closes: closes).audit("concentration")
        #expect(report.findings[0].weight == .serious)
        // 1,000 of 1,390 by hand.
        #expect(report.findings[0].figure == "72 % of the profit by the best trade")
    }

    @Test func oneMonthThatCarriesTheResultIsSerious() throws {
        // A year of days; one unit is held throughout and sold at the end.
        func scene(_ gain: @escaping (Int) -> Int64) -> AuditScene {
            var price: Int64 = 100_000
            let closes = (1...364).map { day -> Int64 in
                price += gain(day)
                return price
            }
            let day = Timespan.day.nanoseconds
            return AuditScene(
                strategy: "scripted-trader",
                parameters: [NamedParameter("script", .text("1:1 180:0 181:1 360:0"))],
                series: [AuditScene.bars(closes, span: day)])
        }
        let even = try scene { _ in 100 }.audit("concentration").findings
        #expect(even.contains { $0.figure.hasSuffix("best month") && $0.weight == .fine }, "\(even)")
        // March has 31 of the days that count.
        let march = try scene { (61...91).contains($0) ? 2_000 : 10 }.audit("concentration").findings
        let month = try #require(march.first { $0.figure.hasSuffix("best month") })
        #expect(month.weight == .serious && month.detail.contains("2024-03"))
    }

    @Test func aShortHistoryIsMeasuredAgainstItsSharpeRatio() throws {
        func scene(_ days: Int, drift: Int64) -> AuditScene {
            AuditScene(
                strategy: "scripted-trader", parameters: [NamedParameter("script", .text("1:1"))],
                series: [
                    AuditScene.bars(
                        AuditScene.walk(days, seed: 9, drift: drift), span: Timespan.day.nanoseconds)
                ])
        }
        #expect(try scene(50, drift: 500).finding("short-history").weight == .serious)
        #expect(try scene(200, drift: 500).finding("short-history").weight == .notable)
        #expect(try scene(800, drift: 500).finding("short-history").weight == .fine)
        let weak = try scene(400, drift: 40).finding("short-history")
        #expect(weak.weight == .serious && weak.figure.hasSuffix("needed"), "\(weak)")
    }

    @Test func moreTrialsThanTheSharpeRatioBearsAreSerious() throws {
        let scene = AuditScene(
            strategy: "scripted-trader", parameters: [NamedParameter("script", .text("1:1"))],
            series: [
                AuditScene.bars(
                    AuditScene.walk(500, seed: 9, drift: 120), span: Timespan.day.nanoseconds)
            ])
        let open = try scene.finding("trials")
        #expect(open.weight == .fine && open.figure.hasPrefix("bears "))
        let borne = try #require(Int(open.figure.filter(\.isNumber)))
        #expect(borne > 1 && borne < 1_000_000, "\(open.figure)")
        for (count, weight) in [(1, AuditWeight.fine), (borne, .fine), (borne + 1, .serious)] {
            let finding = try scene.finding("trials") { $0.trials = AuditTrials(count: count) }
            #expect(finding.weight == weight, "\(count) trials: \(finding.figure)")
        }
        // Trials that lie far apart make luck go further.
        let wide = try scene.finding("trials") { $0.trials = AuditTrials(count: borne, annualVariance: 365) }
        #expect(wide.weight == .serious)
    }

    @Test func aParameterAtTheEdgeOfTheGridIsNamed() throws {
        func axis(_ name: String, _ values: [Int]) -> AuditAxis? {
            AuditAxis(
                SweepAxis(parameter: name, levels: .list(values.map { .number(ExactDecimal($0)) })))
        }
        let scene = AuditScene(
            strategy: "sma-cross",
            parameters: [
                NamedParameter("fast", .number(ExactDecimal(5))),
                NamedParameter("slow", .number(ExactDecimal(40))),
            ], series: [AuditScene.bars(AuditScene.walk(200, seed: 5))])
        func finding(_ axes: AuditAxis?...) throws -> AuditFinding {
            try scene.finding("grid-edge") { $0.axes = axes.compactMap { $0 } }
        }
        #expect(try finding().title.contains("No search"))
        #expect(try finding(axis("fast", [2, 5, 9]), axis("slow", [60, 20, 40])).weight == .fine)
        let one = try finding(axis("fast", [5, 7, 9]), axis("slow", [20, 40, 60]))
        #expect(one.weight == .notable && one.figure == "fast 5 (the lowest of 3 values from 5 to 9)")
        let all = try finding(axis("fast", [2, 3, 5]), axis("slow", [20, 30, 40]))
        #expect(all.weight == .serious && all.title.hasPrefix("2 parameters"))
        #expect(try finding(axis("fast", [6, 7, 9])).figure.contains("outside of 3"))
        #expect(try finding(axis("fast", [5, 6])).weight == .fine, "two values have no inside")
        let texts = SweepAxis(parameter: "instrument", levels: .list([.text("a"), .text("b")]))
        #expect(AuditAxis(texts) == nil)
    }

    @Test func aResultTooGoodIsNotTakenOnTrust() throws {
        #expect(try steady(200).finding("too-good").weight == .notable)
        let walk = AuditScene.walk(2_000, seed: 4)
        let script = (1...80).map { "\($0 * 20):\($0 % 2)" }.joined(separator: " ")
        #expect(try AuditScene.scripted(script, closes: walk).finding("too-good").weight == .fine)
    }

    @Test func checksThatDoNotApplySaySo() throws {
        let idle = AuditScene.scripted("", closes: AuditScene.walk(100, seed: 1))
        let report = try idle.audit()
        #expect(report.findings.filter { $0.weight < .fine }.map(\.check) == ["few-trades", "short-history"])
        #expect(report.verdict == .doubtful && !report.reaches(.fatal) && report.reaches(.serious))
        let weights = report.findings.map(\.weight)
        #expect(weights == weights.sorted())
    }
}

/// Bars whose opens are not the closes before them.
enum AuditSceneBars {
    /// Each bar moves between the close before it and its open, so that no close can be had afterwards.
    static func jumping(closes: [Int64]) -> MarketSeries {
        let minutes = AuditScene.start.nanoseconds / Timespan.minute.nanoseconds
        return TestSeries.bars(
            AuditScene.instrument,
            closes.indices.map { row in
                let price = closes[row]
                return [minutes + Int64(row) * 60, price, price, price, price, 1_000]
            }, timeframe: .fixed(.hour))
    }
}
