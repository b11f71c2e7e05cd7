import MarketData
import Markets
import Testing
import Units

private func day(_ text: String) throws -> Int { try #require(Instant(iso8601: text)).day }

@Suite struct ExchangeCalendarTests {
    /// The exchange's published holidays of four years, typed from its notices.
    @Test func holidaysOfSharesFollowTheExchangesNotices() throws {
        for (year, dates) in [
            (1998, "01-01 01-19 02-16 04-10 05-25 07-03 09-07 11-26 12-25"),
            (2001, "01-01 01-15 02-19 04-13 05-28 07-04 09-03 09-11 09-12 09-13 09-14 11-22 12-25"),
            (2011, "01-17 02-21 04-22 05-30 07-04 09-05 11-24 12-26"),
            (2021, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24"),
            (2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"),
            (2025, "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25"),
        ] {
            let expected = try dates.split(separator: " ").map { try day("\(year)-\($0)") }
            #expect(UnitedStatesHolidays.closedDays(inYear: year) == expected, "\(year)")
        }
    }

    @Test func halfDaysFollowTheExchangesNotices() throws {
        for (year, dates) in [
            (2002, "07-05 11-29 12-24"), (2003, "07-03 11-28 12-24 12-26"), (2004, "11-26"),
            (2010, "11-26"), (2013, "07-03 11-29 12-24"), (2019, "07-03 11-29 12-24"),
            (2020, "11-27 12-24"), (2023, "07-03 11-24"), (2024, "07-03 11-29 12-24"),
            (2025, "07-03 11-28 12-24"),
        ] {
            let expected = try dates.split(separator: " ").map { try day("\(year)-\($0)") }
            #expect(UnitedStatesHolidays.earlyCloses(inYear: year) == expected, "\(year)")
        }
    }

    /// Dates of Easter Sunday by Python `dateutil.easter`.
    @Test func goodFridayIsTwoDaysBeforeEaster() throws {
        for (year, date) in [
            (1998, "04-12"), (2000, "04-23"), (2008, "03-23"), (2011, "04-24"), (2019, "04-21"),
            (2024, "03-31"), (2025, "04-20"), (2030, "04-21"),
        ] {
            let friday = try day("\(year)-\(date)") - 2
            #expect(UnitedStatesHolidays.goodFriday(inYear: year) == friday)
        }
    }

    @Test func sessionsBeginAndEndOnTheWallClock() throws {
        guard let newYork = try systemZone("America/New_York") else { return }
        guard let chicago = try systemZone("America/Chicago") else { return }
        let cases: [(ExchangeCalendar, ZoneRules, String, String, String)] = [
            (.usEquity, newYork, "2015-12-24", "2015-12-24T14:30:00Z", "2015-12-24T18:00:00Z"),
            (.usEquity, newYork, "2014-06-06", "2014-06-06T13:30:00Z", "2014-06-06T20:00:00Z"),
            (.usEquityExtended, newYork, "2014-06-06", "2014-06-06T08:00:00Z", "2014-06-07T00:00:00Z"),
            (.usIndexOptions, newYork, "2021-01-04", "2021-01-04T14:30:00Z", "2021-01-04T21:15:00Z"),
            (.fx, newYork, "2014-05-05", "2014-05-04T21:00:00Z", "2014-05-05T21:00:00Z"),
            (.cmeFX, chicago, "2024-01-02", "2024-01-01T23:00:00Z", "2024-01-02T22:00:00Z"),
        ]
        for (calendar, zone, date, open, close) in cases {
            let year = try #require(Int(date.prefix(4)))
            let built = try #require(calendar.sessions(years: year...year, zone: zone))
            let wanted = try day(date)
            let session = try #require(built.sessions.first { $0.day == wanted })
            #expect(session.open.description == open && session.close.description == close, "\(calendar)")
        }
        #expect(ExchangeCalendar.always.sessions(years: 2020...2021, zone: .utc) == nil)
    }

    @Test func currenciesTradeFromSundayToFriday() throws {
        guard let newYork = try systemZone("America/New_York") else { return }
        let fx = try #require(ExchangeCalendar.fx.sessions(years: 2014...2014, zone: newYork))
        func isOpen(_ text: String) throws -> Bool { fx.isOpen(at: try #require(Instant(iso8601: text))) }
        #expect(try isOpen("2014-05-09T20:59:59Z"))
        #expect(try !isOpen("2014-05-09T21:00:00Z"))
        #expect(try !isOpen("2014-05-11T20:59:59Z"))
        #expect(try isOpen("2014-05-11T21:00:00Z"))
        #expect(try !isOpen("2014-12-25T12:00:00Z"))
        #expect(try isOpen("2014-12-25T22:00:00Z"))
    }

    @Test func anyYearsAreTakenWithoutATrap() {
        for years in [Int.min...0, 0...1, 1900...1999, 5000...Int.max, Int.min...Int.max] {
            _ = ExchangeCalendar.usEquity.sessions(years: years, zone: .utc)
        }
    }
}
