import Markets
import Simulation
import Testing
import Trading
import Units

/// Limits and stops against bars.
@Suite struct PricedOrderTests {
    /// A market whose last price is 100 and that takes an order at 60.
    private func order(_ side: Side, _ type: OrderType) throws -> TestMarket {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(side, "5", type, at: 60)
        return market
    }

    @Test func aLimitTouchedInsideABarFillsAtTheLimit() throws {
        let buy = try order(.buy, .limit(price("99")))
        try buy.bar(1, "100 101 99.01 100")
        #expect(buy.news() == [])
        try buy.bar(2, "100 101 99 100")
        #expect(buy.news() == ["180 #1 5 @ 99 maker"])
        let sell = try order(.sell, .limit(price("101")))
        try sell.bar(1, "100 100.99 99 100")
        try sell.bar(2, "100 105 99 100")
        #expect(sell.news() == ["180 #1 5 @ 101 maker"])
    }

    @Test func aGapThroughALimitFillsAtTheOpen() throws {
        let buy = try order(.buy, .limit(price("99")))
        try buy.bar(1, "100 101 99.5 100")
        try buy.bar(2, "98 98.5 97 98")
        #expect(buy.news() == ["120 #1 5 @ 98 maker"])
        let sell = try order(.sell, .limit(price("101")))
        try sell.bar(1, "103 104 100 100")
        #expect(sell.news() == ["60 #1 5 @ 103"], "it took at its first open")
    }

    @Test func aStopReachedInsideABarFillsAtTheStop() throws {
        let buy = try order(.buy, .stop(price("102")))
        try buy.bar(1, "100 101.99 99 100")
        #expect(buy.news() == [])
        try buy.bar(2, "100 102 99 100")
        #expect(buy.news() == ["180 #1 5 @ 102"])
        let sell = try order(.sell, .stop(price("98")))
        try sell.bar(1, "100 101 97 100")
        #expect(sell.news() == ["120 #1 5 @ 98"])
    }

    @Test func aGapThroughAStopFillsAtTheOpen() throws {
        let buy = try order(.buy, .stop(price("102")))
        try buy.bar(1, "104 105 99 100")
        #expect(buy.news() == ["60 #1 5 @ 104"])
        let sell = try order(.sell, .stop(price("98")))
        try sell.bar(1, "95 105 94 100")
        #expect(sell.news() == ["60 #1 5 @ 95"])
    }

    @Test func aStopLimitTriggersAndRestsAsALimitFromTheNextBarOn() throws {
        let market = try order(.buy, .stopLimit(stop: price("102"), limit: price("101")))
        try market.bar(1, "100 101 99 100")
        #expect(market.news() == [], "below its stop, although below its limit too")
        try market.bar(2, "100 102 99 100")
        #expect(market.news() == [], "the low may have come before the trigger")
        try market.bar(3, "101.5 102 100.5 101")
        #expect(market.news() == ["240 #1 5 @ 101 maker"])
    }

    @Test func aStopLimitTriggeredByAnOpenTradesThereWhenItsLimitAllows() throws {
        let within = try order(.buy, .stopLimit(stop: price("102"), limit: price("103")))
        try within.bar(1, "102.5 104 102 103")
        #expect(within.news() == ["60 #1 5 @ 102.5"])
        let beyond = try order(.buy, .stopLimit(stop: price("102"), limit: price("103")))
        try beyond.bar(1, "105 106 102.5 104")
        #expect(beyond.news() == ["120 #1 5 @ 103 maker"], "the open came first, the low after it")
        let sell = try order(.sell, .stopLimit(stop: price("98"), limit: price("97")))
        try sell.bar(1, "96 96.5 95 96")
        #expect(sell.news() == [])
        try sell.bar(2, "96 97 95 96")
        #expect(sell.news() == ["180 #1 5 @ 97 maker"])
    }

    @Test func aTrailingStopFollowsTheBestPriceAndFillsWhenPassed() throws {
        let market = try order(.sell, .trailingStop(.price(price("2"))))
        try market.bar(1, "100 105 99.5 104")  // stop 98, then 103
        try market.bar(2, "104.5 106 103.5 105")  // stop 103, then 104
        #expect(market.news() == [])
        try market.bar(3, "105 105 103.9 104.5")
        #expect(market.news() == ["240 #1 5 @ 104"])
    }

    @Test func aTrailingStopFillsInABarThatRisesAndFallsBack() throws {
        let market = try order(.sell, .trailingStop(.price(price("2"))))
        // Low 99 is above the stop of 98; high 110 moves it to 108; the close is below that.
        try market.bar(1, "100 110 99 107")
        #expect(market.news() == ["120 #1 5 @ 108"])
        let buy = try order(.buy, .trailingStop(.price(price("2"))))
        try buy.bar(1, "100 101 95 96.5")  // stop 102, then 97; the close is below
        #expect(buy.news() == [])
        try buy.bar(2, "96.5 98 96 97")
        #expect(buy.news() == ["180 #1 5 @ 97"])
    }

    @Test func aTrailingStopFollowsTheOpenBeforeTheRestOfTheBar() throws {
        let market = try order(.sell, .trailingStop(.price(price("2"))))
        // The open of 105 moves the stop to 103, and any path from there to 102.5 passes it.
        try market.bar(1, "105 105 102.5 104.5")
        #expect(market.news() == ["120 #1 5 @ 103"])
    }

    @Test func aGapThroughATrailingStopFillsAtTheOpen() throws {
        let market = try order(.sell, .trailingStop(.price(price("2"))))
        try market.bar(1, "97 99 96 98")
        #expect(market.news() == ["60 #1 5 @ 97"])
    }

    @Test func aTrailingStopByFractionKeepsItsDistanceInProportion() throws {
        let market = try order(.sell, .trailingStop(.fraction(basisPoints("100"))))
        try market.bar(1, "100 105 99.5 104.5")  // stop 99, then 1 % below 105: 103.95
        #expect(market.news() == [])
        try market.bar(2, "104.5 105 103.96 104")
        #expect(market.news() == [])
        try market.bar(3, "104 104 103.95 104")
        #expect(market.news() == ["240 #1 5 @ 103.95"])
    }
}
