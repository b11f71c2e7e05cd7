internal import Units

/// The dates of HTTP headers.
public enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970 UTC of `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else. The two obsolete
    /// forms are not read: no server sends them.
    ///
    /// Source: RFC 9110 section 5.6.7.
    public static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]), year < 10_000,
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }), let hour = Int64(clock[0]),
            hour < 24,
            let minute = Int64(clock[1]), minute < 60, let second = Int64(clock[2]), second <= 60,
            hour >= 0, minute >= 0, second >= 0
        else { return nil }
        return Int64(date.day) * 86_400 + hour * 3_600 + minute * 60 + second
    }
}
