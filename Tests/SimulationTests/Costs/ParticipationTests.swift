import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct ParticipationTests {
    private let model = ExecutionModel(participation: ExecutionModelParts.tenth)

    @Test func anOrderTakesItsShareOfEachBarUntilItIsFilled() throws {
        let market = TestMarket(model)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "25", at: 60)
        try market.bar(1, "101 102 100 101", volume: "100")
        try market.bar(2, "102 103 101 102", volume: "100")
        try market.bar(3, "103 103 101 102", volume: "0")
        try market.bar(4, "104 105 103 104", volume: "100")
        #expect(market.news() == ["60 #1 10 @ 101", "120 #1 10 @ 102", "240 #1 5 @ 104"])
    }

    @Test func ordersShareOneCap() throws {
        let market = TestMarket(model)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "6", at: 60)
        try market.submit(.sell, "6", at: 60)
        try market.submit(.buy, "6", .limit(price("100")), at: 60)
        try market.bar(1, "101 102 100 101", volume: "100")
        #expect(market.news() == ["60 #1 6 @ 101", "60 #2 4 @ 101"])
        try market.bar(2, "102 103 100 102", volume: "50")
        #expect(market.news() == ["120 #2 2 @ 102", "180 #3 3 @ 100 maker"])
    }

    @Test func sharesAreWholeLots() throws {
        let market = TestMarket(model, lot: "3")
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "24", at: 60)
        for minute in 1...4 { try market.bar(Int64(minute), "101 102 100 101", volume: "100") }
        #expect(market.news() == ["60 #1 9 @ 101", "120 #1 9 @ 101", "180 #1 6 @ 101"])
    }

    @Test func theCapUnderCloseIsThatOfTheDecidingBar() throws {
        let market = TestMarket(
            ExecutionModel(fill: .close, participation: ExecutionModelParts.tenth))
        try market.bar(0, "100 100 100 100", volume: "50")
        try market.submit(.buy, "5", at: 60)
        try market.bar(1, "101 101 101 101", volume: "50")
        // Nothing worked while this bar closed; its volume is all there.
        try market.submit(.buy, "4", at: 120)
        try market.submit(.buy, "4", at: 120)
        #expect(market.news() == ["60 #1 5 @ 100", "120 #2 4 @ 101", "120 #3 1 @ 101"])
        try market.bar(2, "102 103 101 102", volume: "50")
        #expect(market.news() == ["180 #3 3 @ 102"])
    }
}
