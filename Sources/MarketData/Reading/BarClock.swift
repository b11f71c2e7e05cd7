internal import Markets
internal import Units

/// When bars of a series open and close, and how far apart their stamps should be.
struct BarClock {
    let timeframe: Timeframe
    let zone: ZoneRules
    let calendar: SessionCalendar?

    /// The close of a bar that opens at `open`: the end of its span; of a day or longer the next local
    /// boundary, or the close of the day's session.
    func close(of open: Int64) -> Int64 {
        guard timeframe.isDayOrLonger, !zone.isFixed || calendar != nil else {
            return timeframe.close(of: Instant(nanoseconds: open)).nanoseconds
        }
        let local = zone.local(of: Instant(nanoseconds: open))
        if timeframe == .fixed(.day), let session = session(onDay: BarClock.day(local)) {
            if session.close.nanoseconds > open { return session.close.nanoseconds }
        }
        return zone.instant(ofLocal: timeframe.close(of: Instant(nanoseconds: local)).nanoseconds).nanoseconds
    }

    /// The open of a bar that closes at `close`.
    func open(of close: Int64) -> Int64 {
        guard timeframe.isDayOrLonger, !zone.isFixed else {
            return timeframe.open(of: Instant(nanoseconds: close)).nanoseconds
        }
        let local = zone.local(of: Instant(nanoseconds: close))
        return zone.instant(ofLocal: timeframe.open(of: Instant(nanoseconds: local)).nanoseconds).nanoseconds
    }

    /// The distance at which nothing is absent, whatever the calendar says; 0 where there is none.
    var regularDistance: Int64 {
        if case .fixed(let span) = timeframe { span.nanoseconds } else { 0 }
    }

    /// How many bars are absent between two that follow each other.
    func missing(from a: Int64, to b: Int64) -> Int {
        switch timeframe {
        case .months(let count):
            let months =
                BarClock.month(zone.local(of: Instant(nanoseconds: b)))
                - BarClock.month(zone.local(of: Instant(nanoseconds: a)))
            return max(0, months / count - 1)
        case .fixed(let span):
            if span >= .day, !zone.isFixed || calendar != nil {
                let days = (
                    BarClock.day(zone.local(of: Instant(nanoseconds: a))),
                    BarClock.day(zone.local(of: Instant(nanoseconds: b)))
                )
                if calendar != nil && span == .day { return sessions(fromDay: days.0 + 1, before: days.1) }
                return max(0, (days.1 - days.0) / Int(span.nanoseconds / Timespan.day.nanoseconds) - 1)
            }
            if let calendar { return missing(calendar, span.nanoseconds, from: a, to: b) }
            let (distance, overflow) = b.subtractingReportingOverflow(a)
            if overflow { return 0 }
            let (rounded, tooFar) = distance.addingReportingOverflow(span.nanoseconds / 2)
            return tooFar ? 0 : max(0, Int(rounded / span.nanoseconds) - 1)
        }
    }

    /// Stamps between two that would fall, as bars, into a session.
    private func missing(_ calendar: SessionCalendar, _ span: Int64, from a: Int64, to b: Int64) -> Int {
        // Longer bars than a day have no place in sessions.
        guard span < Timespan.day.nanoseconds, b - a > span + span / 2 else { return 0 }
        var count = 0
        var next = a + span
        while next < b - span / 2,
            let session = calendar.session(atOrAfter: Instant(nanoseconds: next)),
            session.open.nanoseconds < b
        {
            // The first stamp whose bar ends after the session opens.
            let ahead = session.open.nanoseconds - next
            if ahead >= span { next += ahead / span * span }
            let end = min(session.close.nanoseconds, b - span / 2)
            if next >= end {
                if next < session.close.nanoseconds { break }
                continue
            }
            let stamps = (end - next + span - 1) / span
            count += Int(stamps)
            next += stamps * span
        }
        return count
    }

    private func sessions(fromDay first: Int, before end: Int) -> Int {
        guard let calendar, first < end else { return 0 }
        return BarClock.lowerBound(calendar.sessions, day: end)
            - BarClock.lowerBound(calendar.sessions, day: first)
    }

    private func session(onDay day: Int) -> MarketSession? {
        guard let calendar else { return nil }
        let index = BarClock.lowerBound(calendar.sessions, day: day)
        guard index < calendar.sessions.count, calendar.sessions[index].day == day else { return nil }
        return calendar.sessions[index]
    }

    private static func lowerBound(_ sessions: [MarketSession], day: Int) -> Int {
        var (low, high) = (0, sessions.count)
        while low < high {
            let middle = (low + high) / 2
            if sessions[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func day(_ local: Int64) -> Int { Instant(nanoseconds: local).day }

    private static func month(_ local: Int64) -> Int {
        let date = CivilDate(day: day(local))
        return date.year * 12 + date.month - 1
    }
}

extension Timeframe {
    /// The timeframe that ascending times suggest: the most frequent distance, or a shorter one that
    /// divides it and is frequent too, where many bars are absent.
    ///
    /// - Returns: the timeframe and how many of the distances agree; nil when fewer than two times differ,
    ///   or when no distance stands out.
    static func detect(_ times: Column) -> (timeframe: Timeframe, agreeing: Int)? {
        var counts: [Int64: Int] = [:]
        var months = [Int](repeating: 0, count: 13)
        var run: (distance: Int64, count: Int) = (0, 0)
        for row in 1..<max(1, times.count) {
            let (raw, overflow) = times.base[row].subtractingReportingOverflow(times.base[row - 1])
            // Times of several series may follow each other.
            if overflow || raw <= 0 { continue }
            if raw == run.distance {
                run.count += 1
                continue
            }
            note(run.distance, run.count, &counts, &months)
            if counts.count > 4096 { return nil }
            run = (raw, 1)
        }
        note(run.distance, run.count, &counts, &months)
        let found = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        guard let first = found.first else { return nil }
        for count in [1, 3, 12] where months[count] > first.value || months[count] * 2 > times.count {
            return (.months(count), months[count])
        }
        let finer = found.filter {
            $0.key < first.key && first.key % $0.key == 0 && $0.value * 4 >= first.value
        }
        let best = finer.min { $0.key < $1.key } ?? first
        return (.fixed(Timespan(nanoseconds: best.key)), best.value)
    }

    private static func note(
        _ raw: Int64, _ count: Int, _ counts: inout [Int64: Int], _ months: inout [Int]
    ) {
        if count == 0 { return }
        // Stamps of an exchange may be late by milliseconds.
        let second: Int64 = 1_000_000_000
        let distance = raw >= 10 * second ? (raw + second / 2) / second * second : raw
        counts[distance, default: 0] += count
        let days = Int(distance / Timespan.day.nanoseconds)
        if (28...31).contains(days) { months[1] += count }
        if (89...92).contains(days) { months[3] += count }
        if (365...366).contains(days) { months[12] += count }
    }
}
