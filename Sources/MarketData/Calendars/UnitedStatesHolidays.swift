internal import Units

/// Days on which the United States stock exchanges are closed or close early, by rule.
///
/// Sources: New York Stock Exchange Rule 7.2 (holidays, and how one that falls on a weekend is observed)
/// and the exchange's yearly notices; checked against every daily bar of three shares from 1998 to 2019.
/// The rules hold from 1998 on, the first year with Martin Luther King Day; extraordinary closures are
/// known up to January 2025.
public enum UnitedStatesHolidays {
    /// Days since 1970-01-01 of closed days of a year that fall on a weekday, ascending.
    public static func closedDays(inYear year: Int) -> [Int] {
        var days = [
            martinLutherKing(year), day(year, 2, weekday: 1, nth: 3), goodFriday(inYear: year),
            last(year, 5, weekday: 1), observed(year, 7, 4), day(year, 9, weekday: 1, nth: 1),
            day(year, 11, weekday: 4, nth: 4), observed(year, 12, 25),
        ]
        if let newYear = newYearsDay(inYear: year) { days.append(newYear) }
        if year >= 2022 { days.append(observed(year, 6, 19)) }
        for closure in extraordinaryClosures where closure.year == year { days.append(closure.day) }
        return days.sorted()
    }

    /// Days since 1970-01-01 of days of a year on which trading ends at 13:00 New York time, ascending.
    public static func earlyCloses(inYear year: Int) -> [Int] {
        var days = [day(year, 11, weekday: 4, nth: 4) + 1]
        let independence = CivilDate.day(year: year, month: 7, day: 4)
        switch CivilDate(day: independence).weekday {
        case 2, 3, 5: days.append(independence - 1)
        // A Thursday: until 2012 the Friday after it was short, since 2013 the Wednesday before it is.
        case 4: days.append(year < 2013 ? independence + 1 : independence - 1)
        default: break
        }
        let christmasEve = CivilDate.day(year: year, month: 12, day: 24)
        if CivilDate(day: christmasEve).weekday <= 4 { days.append(christmasEve) }
        if year == 2003 { days.append(CivilDate.day(year: 2003, month: 12, day: 26)) }
        return days.sorted()
    }

    /// Christmas as observed: the Friday before a Saturday, the Monday after a Sunday.
    public static func christmas(inYear year: Int) -> Int { observed(year, 12, 25) }

    /// New Year's Day as observed: the Monday after a Sunday. Nil on a Saturday, as the Friday before ends
    /// a month and stays a trading day (Rule 7.2).
    public static func newYearsDay(inYear year: Int) -> Int? {
        let day = CivilDate.day(year: year, month: 1, day: 1)
        switch CivilDate(day: day).weekday {
        case 6: return nil
        case 7: return day + 1
        default: return day
        }
    }

    /// Good Friday, two days before Easter Sunday.
    ///
    /// Easter by the anonymous Gregorian algorithm (Meeus, "Astronomical Algorithms", chapter 8).
    public static func goodFriday(inYear year: Int) -> Int {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let g = (b - (b + 8) / 25 + 1) / 3
        let h = (19 * a + b - b / 4 - g + 15) % 30
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let n = h + l - 7 * m + 114
        return CivilDate.day(year: year, month: n / 31, day: n % 31 + 1) - 2
    }

    /// Closed days beyond the rules: the attacks of September 2001, the funerals of presidents Reagan, Ford,
    /// G. H. W. Bush and Carter, hurricane Sandy.
    private static let extraordinaryClosures: [(year: Int, day: Int)] = [
        (2001, 9, 11), (2001, 9, 12), (2001, 9, 13), (2001, 9, 14), (2004, 6, 11), (2007, 1, 2),
        (2012, 10, 29), (2012, 10, 30), (2018, 12, 5), (2025, 1, 9),
    ].map { ($0.0, CivilDate.day(year: $0.0, month: $0.1, day: $0.2)) }

    private static func martinLutherKing(_ year: Int) -> Int { day(year, 1, weekday: 1, nth: 3) }

    /// The nth weekday (1 Monday) of a month.
    private static func day(_ year: Int, _ month: Int, weekday: Int, nth: Int) -> Int {
        let first = CivilDate.day(year: year, month: month, day: 1)
        return first + (weekday - CivilDate(day: first).weekday + 7) % 7 + (nth - 1) * 7
    }

    /// The last weekday (1 Monday) of a month.
    private static func last(_ year: Int, _ month: Int, weekday: Int) -> Int {
        let end = CivilDate.day(year: year, month: month, day: CivilDate.length(ofMonth: month, year: year))
        return end - (CivilDate(day: end).weekday - weekday + 7) % 7
    }

    /// A fixed date, on the Friday before when it is a Saturday and the Monday after when it is a Sunday.
    private static func observed(_ year: Int, _ month: Int, _ dayOfMonth: Int) -> Int {
        let day = CivilDate.day(year: year, month: month, day: dayOfMonth)
        switch CivilDate(day: day).weekday {
        case 6: return day - 1
        case 7: return day + 1
        default: return day
        }
    }
}
