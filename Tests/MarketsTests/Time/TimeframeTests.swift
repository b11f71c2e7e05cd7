import Markets
import Testing
import Units

@Suite("Timeframes")
struct TimeframeTests {
    private static func instant(_ text: String) -> Instant { Instant(iso8601: text)! }

    @Test("text is read, written and refused")
    func text() {
        let cases = [
            ("1s", "1s"), ("1m", "1m"), ("60m", "1h"), ("4h", "4h"), ("1d", "1d"), ("1w", "7d"), ("1M", "1M"),
            ("12M", "12M"), ("250ms", "250ms"),
        ]
        for (given, written) in cases {
            #expect(Timeframe(given)?.description == written)
            #expect(Timeframe(written).map(\.description) == written)
        }
        for text in [
            "", "m", "0m", "-1m", "1.5h", "0M", "-1M", "1201M", "0w", "521w", "1x", "M", "w", "999999999999d",
            "99999999999999999999M", "+ 1M", "1 M",
        ] { #expect(Timeframe(text) == nil, "\(text)") }
        #expect(Timeframe("1w") == .fixed(7 * .day))
        #expect(Timeframe("23h")?.isDayOrLonger == false)
        #expect(Timeframe("24h")?.isDayOrLonger == true && Timeframe("1M")?.isDayOrLonger == true)
    }

    @Test("fixed bars close a span after they open, and boundaries divide the time since 1970")
    func fixedBars() {
        var random = SplitMix64(seed: 61)
        for _ in 0..<2_000 {
            let size = random.integer(in: 1...(1 << 40))
            let timeframe = Timeframe.fixed(Timespan(nanoseconds: size))
            let time = Instant(nanoseconds: random.integer(in: -(1 << 60)...(1 << 60)))
            #expect(timeframe.open(of: timeframe.close(of: time)) == time)
            let next = timeframe.nextBoundary(after: time)
            #expect(
                next > time && next.nanoseconds % size == 0 && next.nanoseconds - time.nanoseconds <= size)
            #expect(timeframe.nextBoundary(after: next) == next + Timespan(nanoseconds: size))
        }
        let week = Timeframe("1w")!
        #expect(week.nextBoundary(after: Self.instant("2024-05-12")) == Self.instant("2024-05-16"))
    }

    @Test("months close at the same day and hour, and month ends stay month ends")
    func months() {
        let cases = [
            ("1M", "2024-01-01", "2024-02-01"), ("1M", "2024-12-01", "2025-01-01"),
            ("3M", "2024-11-15T05:00:00Z", "2025-02-15T05:00:00Z"), ("1M", "2024-01-31", "2024-02-29"),
            ("1M", "2023-01-30", "2023-02-28"), ("12M", "2024-02-29", "2025-02-28"),
            ("1M", "2024-04-30", "2024-05-31"), ("1M", "1969-12-31T23:00:00Z", "1970-01-31T23:00:00Z"),
        ]
        for (text, open, close) in cases {
            #expect(
                Timeframe(text)!.close(of: Self.instant(open)) == Self.instant(close), "\(text) from \(open)")
        }
        #expect(Timeframe("1M")!.open(of: Self.instant("2024-03-31")) == Self.instant("2024-02-29"))
        #expect(Timeframe("1M")!.open(of: Self.instant("2024-01-01")) == Self.instant("2023-12-01"))
    }

    @Test("month boundaries are the first days that walking day by day finds")
    func monthBoundaries() {
        for count in [1, 2, 3, 6, 12] {
            let timeframe = Timeframe.months(count)
            var pending: [Int] = []
            // From 1960 on, so that days before 1970 are among them.
            for day in -3_653..<12_000 {
                let date = CivilDate(day: day)
                if date.dayOfMonth == 1 && (date.month - 1) % count == 0 && date.year * 12 % count == 0 {
                    for earlier in pending
                    where timeframe.nextBoundary(after: Instant(day: earlier)).day != day {
                        Issue.record("\(count) months after \(CivilDate(day: earlier)): \(date) expected")
                        return
                    }
                    pending = []
                }
                pending.append(day)
            }
        }
        let noon = Timeframe.months(1).nextBoundary(after: Self.instant("2024-02-29T12:00:00.000000001Z"))
        #expect(noon == Self.instant("2024-03-01"))
    }

    @Test("the ends of time stop every computation instead of crashing it")
    func ends() {
        for text in ["1ns", "1d", "520w", "106751d", "1M", "7M", "1200M"] {
            let timeframe = Timeframe(text)!
            for time in [
                Instant.distantPast, .distantFuture, Instant(nanoseconds: Int64.max - 1),
                Self.instant("2261-12-31T23:59:59Z"), Self.instant("1678-01-01"), .epoch,
                Instant(nanoseconds: 1 << 62),
            ] {
                #expect(timeframe.close(of: time) >= time && timeframe.open(of: time) <= time)
                #expect(timeframe.nextBoundary(after: time) >= time)
            }
        }
        #expect(Timeframe("1200M")!.close(of: Self.instant("2261-12-31")) == .distantFuture)
    }
}
