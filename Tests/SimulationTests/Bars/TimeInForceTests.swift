import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct TimeInForceTests {
    @Test func goodTillCancelledWorksOverDays() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("90")), at: 60)
        try market.bar(1_440, "100 100 99 100")
        try market.bar(14_400, "100 100 90 100")
        #expect(market.news() == ["864060 #1 5 @ 90 maker"])
    }

    @Test func aDayOrderEndsWithTheUTCDay() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("90")), .day, at: 60)
        try market.submit(.buy, "7", .limit(price("95")), .day, at: 60)
        try market.bar(1_438, "100 100 99 100")
        #expect(market.news() == [])
        try market.bar(1_439, "100 100 95 100")
        #expect(market.news() == ["86400 #1 expired session-ended", "86400 #2 7 @ 95 maker"])
        // Decided at midnight: it belongs to the new day.
        try market.submit(.buy, "1", .limit(price("90")), .day, at: 86_400)
        try market.bar(1_440, "100 100 90 100")
        #expect(market.news() == ["86460 #3 1 @ 90 maker"])
    }

    @Test func aDayOrderEndsBeforeABarOfTheNextDayWhenTheDayHasNoLastBar() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("90")), .day, at: 60)
        try market.bar(1_500, "80 80 80 80")
        #expect(market.news() == ["86400 #1 expired session-ended"])
    }

    @Test func aDayOrderEndsWithTheSessionInWhichItArrives() throws {
        let calendar = SessionCalendar(
            name: "test",
            sessions: [
                MarketSession(day: 0, open: second(0), close: second(3_600)),
                MarketSession(day: 1, open: second(7_200), close: second(10_800)),
            ])
        let market = TestMarket(calendar: calendar)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("90")), .day, at: 60)
        try market.bar(58, "100 100 99 100")
        #expect(market.news() == [])
        try market.bar(59, "100 100 99 100")
        #expect(market.news() == ["3600 #1 expired session-ended"])
        // Sent after the close: it waits for the next session and ends with it.
        try market.submit(.buy, "5", .limit(price("90")), .day, at: 3_600)
        try market.bar(178, "100 100 99 100")
        #expect(market.news() == [])
        try market.bar(179, "100 100 99 100")
        #expect(market.news() == ["10800 #2 expired session-ended"])
    }

    @Test func aDayOrderAtTheEndOfTimeDoesNotOverflow() throws {
        let market = TestMarket(
            ExecutionModel(orderLatency: .constant(Timespan(nanoseconds: Int64.max))))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("90")), .day, at: 60)
        try market.bar(1, "100 100 80 100")
        #expect(market.news() == [])
    }

    @Test func immediateOrCancelLimitsMeetTheNextOpenOnly() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("99")), .immediateOrCancel, at: 60)
        try market.submit(.buy, "3", .limit(price("100")), .immediateOrCancel, at: 60)
        try market.bar(1, "99.5 101 98 100")
        #expect(market.news() == ["60 #1 cancelled immediate-or-cancel", "60 #2 3 @ 99.5"])
    }

    @Test func immediateOrCancelLimitsUnderCloseMeetTheDecidingCloseOnly() throws {
        let market = TestMarket(ExecutionModel(fill: .close))
        try market.bar(0, "100 101 99 100.5")
        try market.submit(.buy, "5", .limit(price("100")), .immediateOrCancel, at: 60)
        try market.submit(.buy, "3", .limit(price("101")), .fillOrKill, at: 60)
        #expect(market.news() == ["60 #1 cancelled immediate-or-cancel", "60 #2 3 @ 100.5"])
    }

    @Test func immediateOrCancelKeepsWhatFilledAndCancelsTheRest() throws {
        let market = TestMarket(ExecutionModel(participation: ExecutionModelParts.tenth))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .market, .immediateOrCancel, at: 60)
        try market.bar(1, "101 102 100 101", volume: "20")
        #expect(market.news() == ["60 #1 2 @ 101", "120 #1 cancelled immediate-or-cancel"])
    }

    @Test func anImmediateStopThatIsNotReachedByItsFirstBarEnds() throws {
        let market = TestMarket()
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .stop(price("102")), .immediateOrCancel, at: 60)
        try market.submit(.buy, "3", .stop(price("101")), .fillOrKill, at: 60)
        try market.bar(1, "100 101.5 99 100")
        #expect(market.news() == ["120 #1 cancelled immediate-or-cancel", "120 #2 3 @ 101"])
    }

    @Test func fillOrKillFillsWholeOrNotAtAll() throws {
        let market = TestMarket(ExecutionModel(participation: ExecutionModelParts.tenth))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .market, .fillOrKill, at: 60)
        try market.submit(.buy, "2", .market, .fillOrKill, at: 60)
        try market.bar(1, "101 102 100 101", volume: "20")
        #expect(market.news() == ["120 #1 cancelled fill-or-kill", "60 #2 2 @ 101"])
    }
}

enum ExecutionModelParts {
    static let tenth = ExactDecimal("0.1")!
}
