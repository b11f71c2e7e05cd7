import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct TradeTests {
    @Test func withoutQuotesATakingOrderFillsFromTrades() throws {
        let market = TestMarket(kinds: [.trades])
        try market.trade(0, "100", "1", aggressor: .buy)
        try market.submit(.buy, "5", at: 0)
        try market.submit(.buy, "1", .limit(price("101")), at: 0)
        try market.trade(1, "100.5", "3", aggressor: .sell)
        #expect(market.news() == ["1 #1 3 @ 100.5"])
        // Nothing was left of that trade for the limit order: it rests from here on.
        try market.trade(2, "101", "3", aggressor: nil)
        #expect(market.news() == ["2 #1 2 @ 101"])
        try market.trade(3, "100.75", "3", aggressor: nil)
        #expect(market.news() == ["3 #2 1 @ 101 maker"])
    }

    @Test func aRestingOrderFillsWhenTheMarketTradesThroughItsPrice() throws {
        let market = TestMarket(kinds: [.trades])
        try market.trade(0, "100", "1", aggressor: .buy)
        try market.submit(.buy, "5", .limit(price("99")), at: 0)
        try market.trade(1, "100", "5", aggressor: .sell)
        try market.trade(2, "99", "5", aggressor: .sell)
        #expect(market.news() == [], "its place in the queue is not known")
        try market.trade(3, "98.5", "2", aggressor: .sell)
        #expect(market.news() == ["3 #1 2 @ 99 maker"])
    }

    @Test func theQueueBeforeAnOrderTradesFirst() throws {
        let market = TestMarket(kinds: [.quotes, .trades])
        try market.quote(0, "99 100 10 10")
        try market.submit(.buy, "5", .limit(price("99")), at: 0)
        try market.quote(1, "99 100 10 10")
        try market.trade(2, "99", "4", aggressor: .sell)
        try market.trade(3, "99", "50", aggressor: .buy)
        #expect(market.news() == [])
        try market.trade(4, "99", "8", aggressor: .sell)
        #expect(market.news() == ["4 #1 2 @ 99 maker"])
        try market.trade(5, "99", "8", aggressor: .sell)
        #expect(market.news() == ["5 #1 3 @ 99 maker"])
    }

    @Test func whatLeavesTheLevelLeavesTheQueue() throws {
        let market = TestMarket(kinds: [.quotes, .trades])
        try market.quote(0, "99 100 10 10")
        try market.submit(.buy, "5", .limit(price("99")), at: 0)
        try market.quote(1, "99 100 10 10")
        try market.quote(2, "99 100 3 10")
        try market.quote(3, "99 100 30 10")
        try market.trade(4, "99", "4", aggressor: .sell)
        #expect(market.news() == ["4 #1 1 @ 99 maker"])
    }

    @Test func anOrderThatImprovesTheBookIsFirst() throws {
        let market = TestMarket(kinds: [.quotes, .trades])
        try market.quote(0, "99 100 10 10")
        try market.submit(.buy, "5", .limit(price("99.5")), at: 0)
        try market.quote(1, "99 100 10 10")
        try market.trade(2, "99.5", "4", aggressor: .sell)
        #expect(market.news() == ["2 #1 4 @ 99.5 maker"])
    }

    @Test func aTradeThroughFillsAheadOfTheQueue() throws {
        let market = TestMarket(kinds: [.quotes, .trades])
        try market.quote(0, "99 100 10 10")
        try market.submit(.buy, "5", .limit(price("99")), at: 0)
        try market.submit(.sell, "5", .limit(price("100")), at: 0)
        try market.quote(1, "99 100 10 10")
        try market.trade(2, "98.99", "3", aggressor: .sell)
        try market.trade(3, "100.01", "9", aggressor: .buy)
        #expect(market.news() == ["2 #1 3 @ 99 maker", "3 #2 5 @ 100 maker"])
    }

    @Test func anAmendedPriceGoesToTheEndOfItsQueue() throws {
        let market = TestMarket(kinds: [.quotes, .trades])
        try market.quote(0, "99 100 10 10")
        let order = try market.submit(.buy, "5", .limit(price("99")), at: 0)
        try market.quote(1, "99 100 2 10")
        try market.amend(order, "4", .limit(price("99")), at: 1)
        try market.trade(2, "99", "3", aggressor: .sell)
        #expect(market.news() == ["1 #1 amended 4", "2 #1 1 @ 99 maker"], "fewer keeps its place")
        try market.amend(order, "6", .limit(price("99")), at: 2)
        try market.quote(3, "99 100 7 10")
        try market.trade(4, "99", "8", aggressor: .sell)
        #expect(market.news() == ["2 #1 amended 6", "4 #1 1 @ 99 maker"], "more goes behind")
    }
}
