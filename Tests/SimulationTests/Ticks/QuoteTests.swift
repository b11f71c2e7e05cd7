import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct QuoteTests {
    @Test func anOrderTakesTheTopAsFarAsItsSizeGoesAndWaits() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 3")
        try market.submit(.buy, "5", at: 0)
        #expect(market.news() == [])
        try market.quote(1, "99 100 5 3")
        #expect(market.news() == ["1 #1 3 @ 100"])
        try market.quote(2, "99 100 5 3")
        #expect(market.news() == [], "the same quote is not there twice")
        try market.quote(3, "99 100.5 5 4")
        #expect(market.news() == ["3 #1 2 @ 100.5"])
    }

    @Test func ordersOfARunShareTheDisplayedSize() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 3")
        try market.submit(.sell, "4", at: 0)
        try market.submit(.sell, "4", at: 0)
        try market.submit(.buy, "1", at: 0)
        try market.quote(1, "99 100 5 3")
        #expect(market.news() == ["1 #1 4 @ 99", "1 #2 1 @ 99", "1 #3 1 @ 100"])
    }

    @Test func whatWasTakenIsThereAgainWhenTheQuoteChanged() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 3")
        try market.submit(.buy, "3", at: 0)
        try market.quote(1, "99 100 5 3")
        // No order works while the book changes.
        try market.quote(2, "99 100.5 5 3")
        try market.submit(.buy, "3", at: 2)
        try market.quote(3, "99 100.5 5 3")
        #expect(market.news() == ["1 #1 3 @ 100", "3 #2 3 @ 100.5"])
    }

    @Test func anAbsentSizeDoesNotLimitAndAnAbsentSideDoesNotTrade() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 0 0")
        try market.submit(.buy, "500", at: 0)
        try market.submit(.sell, "500", at: 0)
        try market.quote(1, "99 0 0 0")
        #expect(market.news() == ["1 #2 500 @ 99"])
        try market.quote(2, "99 101 0 0")
        #expect(market.news() == ["2 #1 500 @ 101"])
    }

    @Test func aLimitTakesOnArrivalAtTheQuoteAndMakesAtItsLimitLater() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 3")
        try market.submit(.buy, "5", .limit(price("100.5")), at: 0)
        try market.quote(1, "99 100 5 3")
        #expect(market.news() == ["1 #1 3 @ 100"])
        try market.quote(2, "99 100.25 5 3")
        #expect(market.news() == ["2 #1 2 @ 100.5 maker"])
        try market.submit(.sell, "2", .limit(price("100.75")), at: 2)
        try market.quote(3, "100.7 100.9 1 1")
        #expect(market.news() == [])
        try market.quote(4, "100.8 100.9 1 1")
        #expect(market.news() == ["4 #2 1 @ 100.75 maker"])
    }

    @Test func stopsTriggerOnTheSideTheyWouldTrade() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 5")
        try market.submit(.buy, "1", .stop(price("101")), at: 0)
        try market.submit(.sell, "1", .stop(price("98")), at: 0)
        try market.submit(.buy, "1", .stopLimit(stop: price("101"), limit: price("100.5")), at: 0)
        try market.quote(1, "98.5 100.99 5 5")
        #expect(market.news() == [])
        try market.quote(2, "98.5 101 5 5")
        #expect(market.news() == ["2 #1 1 @ 101"])
        try market.quote(3, "98 100.4 5 5")
        #expect(market.news() == ["3 #2 1 @ 98", "3 #3 1 @ 100.5 maker"])
    }

    @Test func aTrailingStopFollowsTheBid() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 5")
        try market.submit(.sell, "1", .trailingStop(.price(price("2"))), at: 0)
        for (time, bid) in [(1, "99"), (2, "103"), (3, "101.01"), (4, "102")] {
            try market.quote(Int64(time), "\(bid) 110 5 5")
        }
        #expect(market.news() == [])
        try market.quote(5, "101 110 5 5")
        #expect(market.news() == ["5 #1 1 @ 101"])
    }

    @Test func immediateOrdersMeetOneQuote() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 100 5 3")
        try market.submit(.buy, "5", .market, .immediateOrCancel, at: 0)
        try market.submit(.buy, "5", .market, .fillOrKill, at: 0)
        try market.submit(.sell, "5", .market, .fillOrKill, at: 0)
        try market.quote(1, "99 100 5 3")
        #expect(
            market.news() == [
                "1 #1 3 @ 100", "1 #1 cancelled immediate-or-cancel", "1 #2 cancelled fill-or-kill",
                "1 #3 5 @ 99",
            ])
    }

    @Test func barsOfAnInstrumentWithQuotesMatchNothing() throws {
        let market = TestMarket(kinds: [.bars, .quotes])
        try market.bar(0, "100 100 100 100")
        try market.quote(60, "99 101 5 5")
        try market.submit(.buy, "1", .limit(price("98")), at: 60)
        try market.submit(.buy, "1", at: 60)
        try market.bar(1, "90 90 80 85")
        #expect(market.news() == [])
        try market.quote(121, "97 98 5 5")
        #expect(market.news() == ["121 #1 1 @ 98", "121 #2 1 @ 98"])
    }
}
