import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Units

/// Checks of data and path: each finds a planted defect and passes its clean counterpart.
@Suite struct AuditDataCheckTests {
    private let walk = AuditScene.walk(400, seed: 11)

    private func scene(_ script: String, _ series: MarketSeries...) -> AuditScene {
        AuditScene(
            strategy: "scripted-trader", parameters: [NamedParameter("script", .text(script))],
            series: series)
    }

    @Test func aHoleInsideAPositionIsFoundAndOneOutsideIsNot() throws {
        let whole = scene("10:1 200:0", AuditScene.bars(walk))
        #expect(try whole.finding("data-gaps").weight == .fine)
        // Bars 100 to 119 are absent; the script counts the bars that are there.
        let holed = AuditScene.bars(walk, skipping: 100..<120)
        let inside = try scene("10:1 200:0", holed).finding("data-gaps")
        #expect(inside.weight <= .notable && inside.figure.hasPrefix("1 holes, 20 bars"), "\(inside)")
        #expect(try scene("10:1 90:0", holed).finding("data-gaps").weight == .fine)
        #expect(try scene("150:1 200:0", holed).finding("data-gaps").weight == .fine)
    }

    @Test func aHoleThatEarnsTheProfitIsSerious() throws {
        var closes = [Int64](repeating: 100_000, count: 200)
        for row in 110..<200 { closes[row] = 150_000 }
        let finding = try scene("10:1 150:0", AuditScene.bars(closes, skipping: 100..<120))
            .finding("data-gaps")
        #expect(finding.weight == .serious, "\(finding)")
        // The first bar behind the hole opens where the last absent one closed: 1,500.00.
        #expect(finding.figure.hasSuffix("500.00 USDT moved across them"), "\(finding.figure)")
    }

    /// What a hole moves in one leg, it moves in the other the opposite way: nothing was earned blindly, and
    /// no leg's trade is one.
    @Test func aHedgedBookIsJudgedAsAWhole() throws {
        // Both jump by 500.00 while the first has a hole; the second earns 1.00 an hour.
        let first = (0..<200).map { Int64($0 < 110 ? 100_000 : 150_000) }
        let second = (0..<200).map { first[$0] - Int64($0) * 100 }
        let scene = AuditScene(
            strategy: "hedged-trader",
            series: [
                AuditScene.bars(first, id: "test:spot:BTCUSDT", skipping: 100..<120),
                AuditScene.bars(second, id: "test:spot:ETHUSDT"),
            ])
        let gap = try scene.finding("data-gaps")
        #expect(gap.weight == .notable, "\(gap)")
        // 20 hours of the second leg's 1.00.
        #expect(gap.figure == "1 holes, 20 bars, 20.00 USDT moved across them", "\(gap.figure)")
        #expect(try scene.finding("few-trades").weight == .fine)
        let carried = try scene.audit("concentration")
        #expect(carried.findings.allSatisfy { $0.weight == .fine }, "\(carried.findings)")
    }

    @Test func aClosedMarketIsNoHole() throws {
        // Trading from 08:00 to 16:00; bars only then.
        var skipped: [MarketSession] = []
        let hour = AuditScene.hour
        let day = Timespan.day.nanoseconds
        for number in 0..<17 {
            let midnight = AuditScene.start.nanoseconds + Int64(number) * day
            skipped.append(
                MarketSession(
                    day: 19_723 + number, open: Instant(nanoseconds: midnight + 8 * hour),
                    close: Instant(nanoseconds: midnight + 16 * hour)))
        }
        let minutes = AuditScene.start.nanoseconds / Timespan.minute.nanoseconds
        func bars(without absent: Int?) -> MarketSeries {
            TestSeries.bars(
                AuditScene.instrument,
                (0..<400).filter { (8..<16).contains($0 % 24) && $0 != absent }.map { row in
                    let (open, close) = (walk[max(0, row - 1)], walk[row])
                    return [minutes + Int64(row) * 60, open, max(open, close), min(open, close), close, 9]
                }, timeframe: .fixed(.hour))
        }
        var scene = scene("5:1 100:0", bars(without: nil))
        #expect(try scene.finding("data-gaps").weight <= .notable, "without a calendar nights are holes")
        scene.calendars = [
            try #require(InstrumentID(AuditScene.instrument)): SessionCalendar(
                name: "office-hours", sessions: skipped)
        ]
        #expect(try scene.finding("data-gaps").weight == .fine)
        scene.series = [bars(without: 24 * 5 + 12)]
        #expect(try scene.finding("data-gaps").figure.hasPrefix("1 holes, 1 bars"))
    }

    @Test func pricesThatStandStillWhileHeldAreFound() throws {
        #expect(try scene("10:1 300:0", AuditScene.bars(walk)).finding("stale-prices").weight == .fine)
        for (count, weight) in [(10, AuditWeight.fine), (40, .notable), (120, .serious)] {
            var closes = walk
            for row in 100..<100 + count { closes[row] = walk[99] }
            let finding = try scene("10:1 300:0", AuditScene.bars(closes)).finding("stale-prices")
            #expect(finding.weight == weight, "\(count) of 290: \(finding.figure)")
            let before = try scene("300:1 390:0", AuditScene.bars(closes)).finding("stale-prices")
            #expect(before.weight == .fine, "nothing was held then")
        }
    }

    @Test func aPositionWhosePricesEndedIsFound() throws {
        let long = AuditScene.bars(walk, id: "test:spot:ETHUSDT")
        let short = AuditScene.bars(Array(walk.prefix(200)))
        let held = try scene("10:1", short, long).audit("stale-prices").findings
        #expect(held.map(\.weight) == [.serious], "\(held)")
        #expect(held[0].figure.hasPrefix("test:spot:BTCUSDT, 8 d"), "\(held[0].figure)")
        let closed = try scene("10:1 150:0", short, long).finding("stale-prices")
        #expect(closed.weight == .fine)
    }

    @Test func aResultThatHangsOnItsFirstDayIsFound() throws {
        // All is earned by the position entered at the second bar, which a later start misses.
        var closes = (0..<400).map { Int64(100_000 - $0 * 10) }
        for row in 5..<400 { closes[row] += 50_000 }
        let lucky = try scene("2:1 8:0 50:1 380:0", AuditScene.bars(closes)).finding("start-date")
        #expect(lucky.weight == .serious && lucky.figure.contains("over 10 starts"), "\(lucky)")
        let rising = (0..<400).map { Int64(100_000 + $0 * 100) }
        let script = (0..<38).map { "\($0 * 10 + 2):1 \($0 * 10 + 9):0" }.joined(separator: " ")
        let steady = try scene(script, AuditScene.bars(rising)).finding("start-date")
        #expect(steady.weight == .fine, "\(steady)")
    }

    @Test func aRuleFittedToDigitsDoesNotSurviveNoise() throws {
        // The table knows prices only by their exact value in one case, by time in the other.
        let own = Memories.open()
        var table: [Int64: Int64] = [:]
        for (row, close) in walk.enumerated() where row > 0 { table[walk[row - 1]] = close }
        Memories.fill(own, table)
        let book = NamedParameter("book", .number(ExactDecimal(own)))
        let fitted = AuditScene(
            strategy: "digit-peeker", parameters: [book], series: [AuditScene.bars(walk)])
        #expect(try fitted.finding("noise").weight == .serious)
        let waves = AuditScene(
            strategy: "sma-cross",
            parameters: [
                NamedParameter("fast", .number(ExactDecimal(1))),
                NamedParameter("slow", .number(ExactDecimal(3))),
            ], series: [AuditScene.bars(AuditScene.waves(400, seed: 2))])
        #expect(try waves.finding("noise").weight == .fine)
    }

    @Test func aListOnlyOfSurvivorsIsNamedWhereTheDataSaySo() throws {
        func scene(_ count: Int, lengths: (Int) -> Int) -> AuditScene {
            let all = (0..<count).map { place in
                AuditScene.bars(
                    AuditScene.walk(lengths(place), seed: UInt64(place)),
                    id: "test:spot:A\(Array("BCDFGHJKLMNP")[place])USDT", span: Timespan.day.nanoseconds)
            }
            var scene = self.scene("5:1 300:0", all[0])
            scene.series = all
            return scene
        }
        #expect(try scene(10) { _ in 400 }.finding("survivorship").weight == .notable)
        #expect(try scene(9) { _ in 400 }.finding("survivorship").weight == .fine)
        #expect(try scene(10) { $0 == 3 ? 320 : 400 }.finding("survivorship").weight == .fine)
        #expect(try scene(10) { _ in 320 }.finding("survivorship").weight == .fine)
    }
}
