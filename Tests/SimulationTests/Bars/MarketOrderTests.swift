import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct MarketOrderTests {
    @Test func underNextOpenItFillsAtTheOpenOfTheNextBar() throws {
        let market = TestMarket()
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        #expect(market.news() == [])
        try market.bar(1, "101.5 103 100 102")
        #expect(market.news() == ["60 #1 5 @ 101.5"])
        try market.bar(2, "102 103 100 102")
        #expect(market.news() == [])
    }

    @Test func aBarThatHadBegunWhenTheOrderCameIsNotUsed() throws {
        let market = TestMarket()
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.sell, "5", at: 90)
        try market.bar(1, "101.5 103 100 102")
        #expect(market.news() == [])
        try market.bar(2, "102.25 103 100 102")
        #expect(market.news() == ["120 #1 5 @ 102.25"])
    }

    @Test func underCloseItFillsAtTheCloseOfTheDecidingBar() throws {
        let market = TestMarket(ExecutionModel(fill: .close))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        #expect(market.news() == ["60 #1 5 @ 100.5"])
    }

    @Test func underCloseADecisionBetweenClosesWaitsForTheNextClose() throws {
        let market = TestMarket(ExecutionModel(fill: .close))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 90)
        #expect(market.news() == [])
        try market.bar(1, "101.5 103 100 102")
        #expect(market.news() == ["120 #1 5 @ 102"])
    }

    @Test func underCloseADecisionThatSawAnOpeningDoesNotFillAtTheCloseBeforeIt() throws {
        let market = TestMarket(ExecutionModel(fill: .close))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "1", .stop(price("110")), at: 60)
        try market.open(1, price("120"))
        #expect(market.news() == ["60 #1 1 @ 120"])
        try market.submit(.buy, "5", at: 60)
        #expect(market.news() == [])
        try market.bar(1, "120 121 119 119.5")
        #expect(market.news() == ["120 #2 5 @ 119.5"])
    }

    @Test func underCloseWithLatencyItFillsAtTheFirstCloseAfterItArrived() throws {
        let market = TestMarket(ExecutionModel(fill: .close, orderLatency: .constant(.second)))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        #expect(market.news() == [])
        try market.bar(1, "101.5 103 100 102")
        #expect(market.news() == ["120 #1 5 @ 102"])
    }

    @Test func underVwapItFillsAtTheMeanOfHighLowAndCloseOfTheNextBar() throws {
        let market = TestMarket(ExecutionModel(fill: .vwap))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        // (103 + 99 + 101) / 3
        try market.bar(1, "100 103 99 101")
        #expect(market.news() == ["120 #1 5 @ 101"])
        // 298.99 / 3 = 99.66333..., kept to six decimals; 299 / 3 = 99.666666...
        try market.submit(.sell, "5", at: 120)
        try market.bar(2, "100 100 99 99.99")
        try market.submit(.sell, "5", at: 180)
        try market.bar(3, "100 100 99 100")
        #expect(market.news() == ["180 #2 5 @ 99.663333", "240 #3 5 @ 99.666667"])
    }

    @Test func underWorstItBuysAtTheHighAndSellsAtTheLowOfTheNextBar() throws {
        let market = TestMarket(ExecutionModel(fill: .worst))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        try market.submit(.sell, "2", at: 60)
        try market.bar(1, "100 103 98 101")
        #expect(market.news() == ["120 #1 5 @ 103", "120 #2 2 @ 98"])
    }

    @Test(arguments: [BarFillRule.nextOpen, .vwap, .worst])
    func withoutANextBarItNeverFills(_ rule: BarFillRule) throws {
        let market = TestMarket(ExecutionModel(fill: rule))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        #expect(market.news() == [])
        #expect(market.exchange.workingCount == 1)
    }

    @Test func ordersOfOneMomentFillInTheOrderInWhichTheyWereSent() throws {
        let market = TestMarket()
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", at: 60)
        try market.submit(.sell, "3", at: 60)
        try market.submit(.buy, "1", at: 60)
        try market.bar(1, "101.5 103 100 102")
        #expect(market.news() == ["60 #1 5 @ 101.5", "60 #2 3 @ 101.5", "60 #3 1 @ 101.5"])
        #expect(market.exchange.workingCount == 0)
    }
}
