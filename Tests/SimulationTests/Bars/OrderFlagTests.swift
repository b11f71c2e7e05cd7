import Markets
import Simulation
import Testing
import Trading
import Units

/// Post-only and reduce-only.
@Suite struct OrderFlagTests {
    @Test func aPostOnlyOrderThatWouldTradeIsRejected() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("100")), isPostOnly: true, at: 60)
        try market.submit(.sell, "5", .limit(price("99.5")), isPostOnly: true, at: 60)
        #expect(market.news() == ["60 #1 rejected would-take", "60 #2 rejected would-take"])
        try market.submit(.buy, "5", .limit(price("99.99")), isPostOnly: true, at: 60)
        try market.bar(1, "100 101 99 100")
        #expect(market.news() == ["120 #3 5 @ 99.99 maker"])
    }

    @Test func aPostOnlyOrderIsHeldAgainstTheOtherSideOfTheBook() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 101 5 5")
        try market.submit(.buy, "1", .limit(price("101")), isPostOnly: true, at: 1)
        #expect(market.news() == ["1 #1 rejected would-take"])
        try market.submit(.buy, "1", .limit(price("100.99")), isPostOnly: true, at: 1)
        try market.quote(2, "99 100.5 5 5")
        #expect(market.news() == ["2 #2 1 @ 100.99 maker"])
    }

    @Test func aPostOnlyOrderIsNotAmendedIntoATrade() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 101 5 5")
        let order = try market.submit(.buy, "1", .limit(price("99")), isPostOnly: true, at: 1)
        try market.amend(order, "1", .limit(price("101")), at: 2)
        #expect(market.news() == ["2 #1 refused would-take"])
        try market.amend(order, "1", .limit(price("100")), at: 2)
        #expect(market.news() == ["2 #1 amended 1"])
        try market.quote(3, "99 100 5 5")
        #expect(market.news() == ["3 #1 1 @ 100 maker"])
    }

    @Test func aPostOnlyOrderThatTheMarketPassedOnItsWayIsCancelledOnArrival() throws {
        let market = TestMarket(
            ExecutionModel(orderLatency: .constant(10 * .second)), kinds: [.quotes])
        try market.quote(0, "99 101 5 5")
        try market.submit(.buy, "1", .limit(price("100")), isPostOnly: true, at: 0)
        try market.submit(.buy, "2", .limit(price("98")), isPostOnly: true, at: 0)
        try market.quote(9, "99 99.5 5 5")
        try market.quote(11, "97 97.5 5 5")
        #expect(market.news() == ["10 #1 cancelled would-take", "11 #2 2 @ 98 maker"])
    }

    @Test func aPostOnlyAmendmentThatTheMarketPassedOnItsWayIsRefused() throws {
        let market = TestMarket(
            ExecutionModel(orderLatency: .constant(10 * .second)), kinds: [.quotes])
        try market.quote(0, "99 101 5 5")
        let order = try market.submit(.buy, "1", .limit(price("98")), isPostOnly: true, at: 0)
        try market.quote(20, "99 101 5 5")
        try market.amend(order, "1", .limit(price("100")), at: 20)
        try market.quote(25, "99 100 5 5")
        try market.quote(31, "99.5 100.5 5 5")
        #expect(market.news() == ["30 #1 refused would-take"])
    }

    @Test func aReduceOnlyOrderWithoutAPositionToReduceIsRejected() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.sell, "1", isReduceOnly: true, at: 60)
        #expect(market.news() == ["60 #1 rejected nothing-to-reduce"])
        try market.submit(.buy, "3", at: 60)
        try market.bar(1, "100 100 100 100")
        try market.submit(.buy, "1", isReduceOnly: true, at: 120)
        #expect(market.news() == ["60 #2 3 @ 100", "120 #3 rejected nothing-to-reduce"])
    }

    @Test func aReduceOnlyOrderIsCutToThePosition() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "3", at: 60)
        try market.bar(1, "100 100 100 100")
        try market.submit(.sell, "5", isReduceOnly: true, at: 120)
        try market.bar(2, "101 101 101 101")
        #expect(
            market.news() == ["60 #1 3 @ 100", "120 #2 3 @ 101", "120 #2 cancelled nothing-to-reduce"])
        #expect(market.exchange.workingCount == 0)
    }

    @Test func reduceOnlyOrdersTogetherReduceNoMoreThanThePosition() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.sell, "3", at: 60)
        try market.bar(1, "100 100 100 100")
        try market.submit(.buy, "2", .limit(price("99")), isReduceOnly: true, at: 120)
        try market.submit(.buy, "2", .limit(price("98")), isReduceOnly: true, at: 120)
        try market.submit(.buy, "2", .limit(price("97")), isReduceOnly: true, at: 120)
        try market.bar(2, "100 100 97 100")
        #expect(
            market.news() == [
                "60 #1 3 @ 100", "180 #2 2 @ 99 maker", "180 #3 1 @ 98 maker",
                "180 #3 cancelled nothing-to-reduce", "180 #4 cancelled nothing-to-reduce",
            ])
    }

    @Test func aReduceOnlyOrderUnderACapEndsWithThePosition() throws {
        let market = TestMarket(ExecutionModel(participation: ExecutionModelParts.tenth))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "3", at: 60)
        try market.bar(1, "100 100 100 100")
        try market.submit(.sell, "9", isReduceOnly: true, at: 120)
        try market.bar(2, "100 100 100 100", volume: "20")
        try market.bar(3, "100 100 100 100", volume: "20")
        #expect(
            market.news() == [
                "60 #1 3 @ 100", "120 #2 2 @ 100", "180 #2 1 @ 100", "180 #2 cancelled nothing-to-reduce",
            ])
    }

    @Test func aReduceOnlyFillOrKillIsWholeWhenItClosesThePosition() throws {
        let market = TestMarket(kinds: [.quotes])
        try market.quote(0, "99 101 5 3")
        try market.submit(.buy, "3", at: 0)
        try market.quote(1, "99 101 5 3")
        try market.submit(.sell, "9", .market, .fillOrKill, isReduceOnly: true, at: 1)
        try market.quote(2, "98 101 5 3")
        #expect(
            market.news() == ["1 #1 3 @ 101", "2 #2 3 @ 98", "2 #2 cancelled nothing-to-reduce"])
    }
}
