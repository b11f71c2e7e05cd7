import MarketData
import Markets
import Testing
import Units

/// The calendars against recorded bars.
@Suite struct RealSessionTests {
    /// Three shares over 1998 to 2019: a bar on each open day and on no other.
    @Test(arguments: ["spy_1d_trade", "aapl_1d_trade", "goog_1d_trade"])
    func eachOpenDayHasADailyBarAndNoOtherDayHasOne(_ name: String) throws {
        guard let lines = try SharedData.lines("bars/\(name).csv") else { return }
        guard let zone = try systemZone("America/New_York") else { return }
        let days = lines.dropFirst().compactMap { LeanStamp.day($0) }
        let calendar = try #require(ExchangeCalendar.usEquity.sessions(years: 1998...2019, zone: zone))
        let (first, last) = (try #require(days.first), try #require(days.last))
        #expect(days == calendar.sessions.map(\.day).filter { $0 >= first && $0 <= last })
    }

    /// SPY 2010 to 2019 by the hour: seven bars on full days, four on half days, none on closed days.
    @Test func hourBarsFillEachSession() throws {
        guard let lines = try SharedData.lines("bars/spy_1h_trade.csv") else { return }
        guard let zone = try systemZone("America/New_York") else { return }
        let calendar = try #require(ExchangeCalendar.usEquity.sessions(years: 2010...2019, zone: zone))
        // The label is the full hour of the New York clock: 09:00 is the half hour from 09:30.
        let expected = calendar.sessions.flatMap { session -> [String] in
            let isFull = session.close.since(session.open) > 4 * .hour
            return (9..<(isFull ? 16 : 13)).map { "\(session.day) \($0)" }
        }
        let found = lines.dropFirst().compactMap { line in
            LeanStamp.day(line).map { "\($0) \(Int(line.dropFirst(9).prefix(2)) ?? -1)" }
        }
        #expect(found == expected)
    }

    /// Minute bars with early and late trading lie inside the extended session.
    @Test(arguments: ["spy_1m_trade", "aapl_1m_trade", "goog_1m_trade"])
    func minuteBarsLieInTheExtendedSession(_ name: String) throws {
        guard let lines = try SharedData.lines("bars/\(name).csv") else { return }
        guard let zone = try systemZone("America/New_York") else { return }
        let built = ExchangeCalendar.usEquityExtended.sessions(years: 2013...2015, zone: zone)
        let calendar = try #require(built)
        let outside = lines.dropFirst().filter { line in
            let cells = line.split(separator: ",")
            guard let day = LeanStamp.day(line), let milliseconds = Int64(cells[1]) else { return true }
            let local = Int64(day) * Timespan.day.nanoseconds + milliseconds * 1_000_000
            return !calendar.isOpen(at: zone.instant(ofLocal: local))
        }
        #expect(outside.isEmpty)
    }

    /// A month of a currency future: stamps are bar ends, none in the daily break or at the weekend.
    @Test func futureBarsLieInTheSessionAndStartEachOne() throws {
        guard let lines = try SharedData.lines("bars/cme_6eh4_1m_2024-01.csv") else { return }
        guard let zone = try systemZone("America/Chicago") else { return }
        let calendar = try #require(ExchangeCalendar.cmeFX.sessions(years: 2024...2024, zone: zone))
        let opens = lines.dropFirst().compactMap { line in
            Instant(iso8601: line.prefix(19) + "Z").map { $0 - .minute }
        }
        #expect(opens.count == 29_996 && opens.allSatisfy { calendar.isOpen(at: $0) })
        let january = calendar.sessions.filter { $0.open < (opens.last ?? .epoch) }
        #expect(january.count == 23)
        #expect(january.allSatisfy { session in opens.contains(session.open) })
    }

    /// Hour quotes of EURUSD: the weekend and the two holidays are empty; hours missing in a session are
    /// the venue's early ends of 24 and 31 December and nine stretches of its own.
    @Test func currencyBarsLieInTheSession() throws {
        guard let lines = try SharedData.lines("bars/oanda_eurusd_1h_quote.csv") else { return }
        guard let zone = try systemZone("America/New_York") else { return }
        let calendar = try #require(ExchangeCalendar.fx.sessions(years: 2014...2017, zone: zone))
        let times = lines.dropFirst().compactMap { line -> Instant? in
            guard let day = LeanStamp.day(line), let hour = Int(line.dropFirst(9).prefix(2))
            else { return nil }
            return Instant(day: day) + hour * .hour
        }
        #expect(times.count == 24_675)
        let outside = times.filter { !calendar.isOpen(at: $0) }
        #expect(outside.map(\.description) == [])
    }
}

/// Reads the stamps `YYYYMMDD` at the start of a line.
enum LeanStamp {
    /// Days since 1970-01-01.
    static func day(_ line: some StringProtocol) -> Int? {
        let digits = line.prefix(8)
        guard digits.count == 8, let year = Int(digits.prefix(4)),
            let month = Int(digits.dropFirst(4).prefix(2)), let day = Int(digits.dropFirst(6))
        else { return nil }
        return CivilDate(year: year, month: month, day: day)?.day
    }
}
