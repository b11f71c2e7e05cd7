import Testing
import Units

@Suite("Moments")
struct InstantTests {
    @Test("ISO 8601 text is read back as the same nanosecond, to the ends of the range")
    func roundTrips() {
        var random = SplitMix64(seed: 31)
        // Text runs from 1678 to 2261.
        let (first, last) = (Int64(-9_214_560_000_000_000_000), Int64(9_214_646_399_999_999_999))
        var times = [first, last, 0, -1, 1, 999_999_999, -1_000_000_000, 1_715_472_000_000_000_000]
        for _ in 0..<4_000 {
            let time = random.integer(in: first...last)
            let unit: Int64 = [1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000][Int(random.next() % 5)]
            times.append(time / unit * unit)
        }
        for nanoseconds in times {
            let instant = Instant(nanoseconds: nanoseconds)
            #expect(Instant(iso8601: instant.description) == instant, "\(nanoseconds): \(instant)")
        }
        #expect(Instant(nanoseconds: first).description == "1678-01-01T00:00:00Z")
        #expect(Instant(nanoseconds: last).description == "2261-12-31T23:59:59.999999999Z")
        #expect(Instant(nanoseconds: 1_715_472_000_100_000_000).description == "2024-05-12T00:00:00.1Z")
    }

    @Test("the ends of time have a text and a day like any other moment")
    func ends() {
        #expect(Instant.distantFuture.description == "2262-04-11T23:47:16.854775807Z")
        #expect(Instant.distantPast.description == "1677-09-21T00:12:43.145224192Z")
        #expect(Instant.distantPast.day == -106_752)
        #expect(Instant(day: -106_752) == .distantPast)
        #expect(Instant(day: Int.max) == .distantFuture)
        #expect(Instant(day: -1).day == -1)
        #expect(Instant(nanoseconds: -1).day == -1)
    }

    @Test("zones, short forms and cases are understood")
    func forms() {
        let expected = Instant(nanoseconds: 1_715_472_000_000_000_000)
        for text in [
            "2024-05-12", "2024-05-12T00:00Z", "2024-05-12T00:00:00Z", "2024-05-12t00:00:00.000z",
            "2024-05-12 00:00:00Z", "2024-05-12T05:30:00+05:30", "2024-05-11T19:00:00-0500",
            "2024-05-12T14:59:00+14:59",
        ] { #expect(Instant(iso8601: text) == expected, "\(text)") }
    }

    @Test("anything else is refused, and no bytes crash the reader")
    func refusals() {
        for text in [
            "", "2024", "2024-05", "2024-5-12", "2024-02-30", "2024-05-12T", "2024-05-12T00:00:00",
            "2024-05-12T24:00:00Z", "2024-05-12T00:60:00Z", "2024-05-12T00:00:60Z", "2024-05-12T00:00:00.Z",
            "2024-05-12T00:00:00.1234567890Z", "2024-05-12T00:00:00+15:00", "2024-05-12T00:00:00+01:60",
            "2024-05-12T00:00:00Zx", "1677-12-31", "2262-01-01", "20240512", "2024-05-12X00:00:00Z",
            "+024-05-12",
            "2024-05-12T00:00:00 Z", "２０２４-05-12",
        ] { #expect(Instant(iso8601: text) == nil, "\(text)") }
        var random = SplitMix64(seed: 32)
        let form = Array("2261-12-31T23:59:59.999999999-14:59".utf8)
        for _ in 0..<5_000 {
            var bytes = Array(form.prefix(Int(random.next() % 36)))
            if !bytes.isEmpty { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 128) }
            _ = Instant(iso8601: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("sums and differences stop at the ends of time")
    func saturation() {
        let second = Timespan.second
        #expect(Instant.distantFuture + second == .distantFuture)
        #expect(Instant.distantPast - second == .distantPast)
        #expect(Instant.distantPast + Timespan(nanoseconds: -1) == .distantPast)
        #expect(Instant.distantFuture - Timespan(nanoseconds: Int64.min) == .distantFuture)
        #expect(Instant.distantFuture.since(.distantPast) == Timespan(nanoseconds: Int64.max))
        #expect(Instant.distantPast.since(.distantFuture) == Timespan(nanoseconds: Int64.min))
        #expect(Instant.epoch.since(Instant(nanoseconds: -5)) == Timespan(nanoseconds: 5))
        // From the latest negative moment to one before it and to the first: signs decide the end.
        #expect(Instant(nanoseconds: -2).since(.distantPast).nanoseconds == Int64.max - 1)
    }
}

@Suite("Spans of time")
struct TimespanTests {
    @Test("the shortest text of a span reads back")
    func roundTrips() {
        var random = SplitMix64(seed: 33)
        let units: [Int64] = [1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000]
        for _ in 0..<2_000 {
            let unit = units[Int(random.next() % 6)]
            let span = Timespan(nanoseconds: random.integer(in: 0...Int64.max / unit) * unit)
            #expect(Timespan(span.description) == span, "\(span)")
        }
        let texts: [(String, Int64)] = [
            ("90m", 5_400_000_000_000), ("250ms", 250_000_000), ("7us", 7_000), ("3ns", 3), ("0s", 0),
            ("1d", 86_400_000_000_000), ("4h", 14_400_000_000_000), ("1500ms", 1_500_000_000),
        ]
        for (text, nanoseconds) in texts {
            #expect(Timespan(text)?.nanoseconds == nanoseconds)
            #expect(Timespan(nanoseconds: nanoseconds).description == text)
        }
        #expect(Timespan("60s")?.description == "1m")
    }

    @Test("anything else is refused")
    func refusals() {
        for text in [
            "", "s", "1", "1.5h", "-1m", "1 m", "1M", "1y", "٣s", "9223372036854775808ns", "106752d",
            "99999999999999999999999s", "1mm", "1m ",
        ] { #expect(Timespan(text) == nil, "\(text)") }
        #expect(Timespan("106751d") != nil)
    }
}
