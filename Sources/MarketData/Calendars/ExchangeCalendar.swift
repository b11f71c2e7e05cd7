public import Markets
internal import Units

/// The trading hours that data-set descriptions may name.
///
/// A calendar becomes a list of sessions for a span of years and the rules of its zone, which the caller
/// hands in, as this library opens no file.
public enum ExchangeCalendar: String, Hashable, Sendable, CaseIterable {
    /// United States shares, regular session: 09:30 to 16:00 New York, half days to 13:00.
    case usEquity = "us-equity"
    /// United States shares with early and late trading: 04:00 to 20:00 New York, half days to 17:00.
    case usEquityExtended = "us-equity-extended"
    /// United States index options: 09:30 to 16:15 New York, half days to 13:15.
    case usIndexOptions = "us-index-options"
    /// Currencies between banks: Sunday 17:00 to Friday 17:00 New York, a session from 17:00 to 17:00 for
    /// each weekday; none on Christmas Day and New Year's Day.
    case fx
    /// Currency futures on CME Globex: Sunday 17:00 to Friday 16:00 Chicago with a break from 16:00 to
    /// 17:00 each day; none on Good Friday, Christmas and New Year's Day as observed. Shortened sessions
    /// of other United States holidays are not listed.
    case cmeFX = "cme-fx"
    /// Never closes.
    case always

    /// The zone of its clock, as the time-zone database names it.
    public var zoneName: String {
        switch self {
        case .usEquity, .usEquityExtended, .usIndexOptions, .fx: "America/New_York"
        case .cmeFX: "America/Chicago"
        case .always: "UTC"
        }
    }

    /// Trading days in a year, for annualisation: 252 for shares and futures, 260 for currencies, 365 where
    /// the market never closes.
    public var daysPerYear: Int {
        switch self {
        case .usEquity, .usEquityExtended, .usIndexOptions, .cmeFX: 252
        case .fx: 260
        case .always: 365
        }
    }

    /// The sessions that belong to days of given years, in order.
    ///
    /// - Parameters:
    ///   - years: the years; those outside 1970 to 2200 are left out. Holidays are those of the rules from
    ///     1998 on.
    ///   - zone: the rules of ``zoneName``.
    /// - Returns: nil for ``always``, as a market that never closes has no sessions.
    public func sessions(years: ClosedRange<Int>, zone: ZoneRules) -> SessionCalendar? {
        if self == .always { return nil }
        var sessions: [MarketSession] = []
        let first = max(years.lowerBound, 1970)
        for year in stride(from: first, through: min(years.upperBound, 2200), by: 1) {
            append(year: year, zone: zone, to: &sessions)
        }
        return SessionCalendar(name: rawValue, sessions: sessions)
    }

    private func append(year: Int, zone: ZoneRules, to sessions: inout [MarketSession]) {
        let closed = closedDays(inYear: year)
        let early = isShares ? UnitedStatesHolidays.earlyCloses(inYear: year) : []
        let newYear = CivilDate.day(year: year, month: 1, day: 1)
        for day in newYear..<CivilDate.day(year: year + 1, month: 1, day: 1) {
            guard CivilDate(day: day).weekday <= 5, !closed.contains(day) else { continue }
            let hours = hours(isEarlyClose: early.contains(day))
            let midnight = Int64(day) * Timespan.day.nanoseconds
            sessions.append(
                MarketSession(
                    day: day,
                    open: zone.instant(ofLocal: midnight + hours.open * Timespan.minute.nanoseconds),
                    close: zone.instant(ofLocal: midnight + hours.close * Timespan.minute.nanoseconds)))
        }
    }

    private var isShares: Bool {
        switch self {
        case .usEquity, .usEquityExtended, .usIndexOptions: true
        case .fx, .cmeFX, .always: false
        }
    }

    private func closedDays(inYear year: Int) -> [Int] {
        switch self {
        case .usEquity, .usEquityExtended, .usIndexOptions:
            return UnitedStatesHolidays.closedDays(inYear: year)
        case .fx:
            return [
                CivilDate.day(year: year, month: 1, day: 1), CivilDate.day(year: year, month: 12, day: 25),
            ]
        case .cmeFX:
            let fixed = [
                UnitedStatesHolidays.goodFriday(inYear: year), UnitedStatesHolidays.christmas(inYear: year),
            ]
            return fixed + [UnitedStatesHolidays.newYearsDay(inYear: year)].compactMap { $0 }
        case .always:
            return []
        }
    }

    /// Minutes from midnight of the session's day on its own clock.
    private func hours(isEarlyClose: Bool) -> (open: Int64, close: Int64) {
        switch self {
        case .usEquity: (570, isEarlyClose ? 780 : 960)
        case .usEquityExtended: (240, isEarlyClose ? 1020 : 1200)
        case .usIndexOptions: (570, isEarlyClose ? 795 : 975)
        case .fx: (-420, 1020)
        case .cmeFX: (-420, 960)
        case .always: (0, 1440)
        }
    }
}
