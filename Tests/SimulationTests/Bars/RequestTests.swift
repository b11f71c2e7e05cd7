import Markets
import Simulation
import Testing
import Trading
import Units

/// Cancelling and amending, at once and with latency.
@Suite struct RequestTests {
    private func delayed(_ seconds: Int64) -> ExecutionModel {
        ExecutionModel(orderLatency: .constant(Timespan(nanoseconds: seconds * 1_000_000_000)))
    }

    @Test func aCancelledOrderFillsNoMore() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "5", .limit(price("99")), at: 60)
        try market.cancel(order, at: 60)
        try market.bar(1, "98 100 90 100")
        try market.cancel(order, at: 120)
        #expect(market.news() == ["60 #1 cancelled requested", "120 #1 refused not-working"])
    }

    @Test func anAmendmentChangesPriceAndQuantity() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "5", .limit(price("90")), at: 60)
        try market.amend(order, "7", .limit(price("99")), at: 60)
        try market.bar(1, "100 100 98 100")
        #expect(market.news() == ["60 #1 amended 7", "120 #1 7 @ 99 maker"])
    }

    @Test func anAmendmentCountsWhatFilledAlready() throws {
        let market = TestMarket(ExecutionModel(participation: ExecutionModelParts.tenth))
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "5", at: 60)
        try market.bar(1, "100 100 100 100", volume: "20")
        try market.amend(order, "2", .market, at: 120)
        try market.amend(order, "3", .market, at: 120)
        try market.bar(2, "101 101 101 101", volume: "20")
        #expect(
            market.news() == [
                "60 #1 2 @ 100", "120 #1 refused bad-quantity", "120 #1 amended 3", "120 #1 1 @ 101",
            ])
        #expect(market.exchange.workingCount == 0)
    }

    @Test func anAmendedPriceTakesWhenTheNextOpenIsBeyondIt() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "5", .limit(price("90")), at: 60)
        try market.bar(1, "100 100 98 100")
        try market.amend(order, "5", .limit(price("102")), at: 120)
        try market.bar(2, "101 101 101 101")
        #expect(market.news() == ["120 #1 amended 5", "120 #1 5 @ 101"])
    }

    @Test func aTriggeredStopStaysTriggeredWhenAmended() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        let type = OrderType.stopLimit(stop: price("102"), limit: price("101"))
        let order = try market.submit(.buy, "5", type, at: 60)
        try market.bar(1, "101.5 102 101.5 101.8")
        try market.amend(order, "4", type, at: 120)
        try market.bar(2, "101.5 101.8 101 101.5")
        #expect(market.news() == ["120 #1 amended 4", "180 #1 4 @ 101 maker"])
    }

    @Test func anOrderArrivesAfterItsLatency() throws {
        let market = TestMarket(delayed(60))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", at: 60)
        try market.bar(1, "101 101 101 101")
        #expect(market.news() == [])
        try market.bar(2, "102 102 102 102")
        #expect(market.news() == ["120 #1 5 @ 102"])
        let late = TestMarket(delayed(61))
        try late.bar(0, "100 100 100 100")
        try late.submit(.buy, "5", at: 60)
        for minute in 1...3 { try late.bar(Int64(minute), "10\(minute) 110 100 105") }
        #expect(late.news() == ["180 #1 5 @ 103"])
    }

    @Test func aCancelOnItsWayDoesNotStopAFillBeforeItArrives() throws {
        let market = TestMarket(delayed(30))
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "5", .limit(price("99")), at: 60)
        let other = try market.submit(.buy, "6", .limit(price("90")), at: 60)
        try market.bar(1, "100 100 100 100")
        try market.cancel(order, at: 120)
        try market.cancel(other, at: 120)
        try market.bar(2, "100 100 99 100")
        #expect(market.news() == ["180 #1 5 @ 99 maker", "150 #1 refused not-working"])
        try market.bar(3, "80 80 80 80")
        #expect(market.news() == ["150 #2 cancelled requested"])
    }

    @Test func amendmentsOnTheirWayAllArriveInOrder() throws {
        let market = TestMarket(delayed(30), kinds: [.quotes])
        try market.quote(0, "99 101 5 5")
        let order = try market.submit(.buy, "1", .limit(price("95")), at: 0)
        // One every ten seconds, each thirty seconds on its way.
        for step in 4...9 {
            try market.amend(order, "\(step)", .limit(price("9\(step)")), at: Int64(step) * 10)
            try market.quote(Int64(step) * 10 + 5, "99 101 5 5")
        }
        #expect(market.news() == ["70 #1 amended 4", "80 #1 amended 5", "90 #1 amended 6"])
        try market.quote(200, "90 96 5 50")
        #expect(
            market.news() == [
                "100 #1 amended 7", "110 #1 amended 8", "120 #1 amended 9", "200 #1 9 @ 96",
            ])
    }

    @Test func anOrderThatExpiredIsNotThereWhenTheCancelArrives() throws {
        let market = TestMarket(delayed(600))
        try market.bar(0, "100 100 100 100")
        let order = try market.submit(.buy, "1", .limit(price("95")), .day, at: 60)
        try market.bar(1_400, "100 100 100 100")
        try market.cancel(order, at: 86_300)
        try market.bar(1_500, "100 100 100 100")
        #expect(market.news() == ["86400 #1 expired session-ended", "86900 #1 refused not-working"])
    }

    @Test func reportsReachTheStrategyAfterTheirLatency() throws {
        let model = ExecutionModel(
            orderLatency: .constant(.second), reportLatency: .constant(Timespan(nanoseconds: 500_000_000)))
        let market = TestMarket(model)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", at: 60)
        try market.bar(1, "101 101 101 101")
        try market.bar(2, "102 102 102 102")
        #expect(market.reports.map(\.knownAt.nanoseconds) == [61_500_000_000, 120_500_000_000])
        #expect(market.news() == ["120 #1 5 @ 102"], "the fill itself is at the open")
    }

    @Test func drawnLatenciesComeFromTheSeedAlone() throws {
        func times(_ seed: UInt64) throws -> [Int64] {
            let model = ExecutionModel(
                orderLatency: .uniform(0...1_000_000), reportLatency: .uniform(5...2_000_000))
            let market = TestMarket(model, seed: seed)
            try market.bar(0, "100 100 100 100")
            for _ in 0..<20 { try market.submit(.buy, "5", .limit(price("90")), at: 60) }
            return market.reports.map { $0.knownAt.nanoseconds - 60_000_000_000 }
        }
        #expect(try times(1) == times(1))
        #expect(try times(1) != times(2))
        #expect(try times(1).allSatisfy { (5...3_000_000).contains($0) })
        #expect(Set(try times(1)).count > 15)
    }
}
