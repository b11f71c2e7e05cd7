import Testing
import Units

@Suite("Calendar dates")
struct CivilDateTests {
    @Test("every day from 1678 to 2261 is the one that counting on the fingers gives")
    func everyDay() {
        // 1678-01-01 was a Saturday, 106,650 days before 1970-01-01.
        var (year, month, day, weekday) = (1678, 1, 1, 6)
        var number = -106_650
        while year < 2262 {
            let date = CivilDate(day: number)
            if (date.year, date.month, date.dayOfMonth) != (year, month, day)
                || CivilDate.day(year: year, month: month, day: day) != number || date.weekday != weekday
            {
                Issue.record("day \(number) is \(year)-\(month)-\(day), not \(date) (\(date.weekday))")
                return
            }
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            number += 1
            weekday = weekday % 7 + 1
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(CivilDate(day: 0).description == "1970-01-01")
    }

    @Test("dates that do not exist are refused")
    func refusals() {
        let bad = [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0)]
        for (year, month, day) in bad { #expect(CivilDate(year: year, month: month, day: day) == nil) }
        #expect(CivilDate(year: 2000, month: 2, day: 29)?.description == "2000-02-29")
    }
}
