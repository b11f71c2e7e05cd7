import Foundation
import MarketData
import Testing
import Units

/// A zone of this machine's time-zone database; nil, with the test skipped, where there is none.
func systemZone(_ name: String) throws -> ZoneRules? {
    guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)") else {
        print("skipped: no time-zone database with \(name) on this machine")
        return nil
    }
    return try ZoneRules(name: name, tzfile: Array(data))
}

/// Wall-clock nanoseconds of text read as if it were UTC.
private func wall(_ text: String) throws -> Int64 {
    try #require(Instant(iso8601: text + "Z")).nanoseconds
}

@Suite struct ZoneRulesTests {
    /// Expected values by Python 3.11 `zoneinfo`, fold 0.
    @Test func wallClocksOfNewYorkAreReadWithDaylightSaving() throws {
        guard let zone = try systemZone("America/New_York") else { return }
        for (local, utc) in [
            ("2014-01-02T09:30:00", "2014-01-02T14:30:00Z"),
            ("2014-07-02T09:30:00", "2014-07-02T13:30:00Z"),
            ("2013-11-03T01:30:00", "2013-11-03T05:30:00Z"),
            ("2013-11-03T02:00:00", "2013-11-03T07:00:00Z"),
            ("2014-03-09T01:59:59", "2014-03-09T06:59:59Z"),
            ("2014-03-09T03:00:00", "2014-03-09T07:00:00Z"),
            ("1998-01-02T00:00:00", "1998-01-02T05:00:00Z"),
            ("2006-04-02T04:00:00", "2006-04-02T08:00:00Z"),
            ("2100-07-01T12:00:00", "2100-07-01T16:00:00Z"),
            ("2100-12-01T12:00:00", "2100-12-01T17:00:00Z"),
        ] {
            #expect(zone.instant(ofLocal: try wall(local)).description == utc)
        }
    }

    @Test func aTimeInAGapMovesForwardAndAnOverlapGivesTheEarlier() throws {
        guard let zone = try systemZone("America/New_York") else { return }
        let gap = zone.instant(ofLocal: try wall("2014-03-09T02:30:00"))
        #expect(gap.description == "2014-03-09T07:30:00Z")
        #expect(zone.local(of: gap) == (try wall("2014-03-09T03:30:00")))
        let overlap = zone.instant(ofLocal: try wall("2013-11-03T01:00:00"))
        #expect(overlap.description == "2013-11-03T05:00:00Z")
        #expect(zone.local(of: overlap + .hour) == (try wall("2013-11-03T01:00:00")))
    }

    /// Europe/London 2012, Lord Howe's half hour and Apia's missing day; values by Python 3.11 `zoneinfo`.
    @Test func otherZonesFollowTheirOwnRules() throws {
        for (name, local, utc) in [
            ("Europe/London", "2012-07-27T21:00:00", "2012-07-27T20:00:00Z"),
            ("Australia/Lord_Howe", "2020-01-01T00:00:00", "2019-12-31T13:00:00Z"),
            ("Australia/Lord_Howe", "2090-06-01T00:00:00", "2090-05-31T13:30:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z"),
            ("Asia/Kolkata", "2024-05-12T05:30:00", "2024-05-12T00:00:00Z"),
            ("America/Chicago", "2024-01-01T17:00:00", "2024-01-01T23:00:00Z"),
            ("Europe/Dublin", "2150-07-01T00:00:00", "2150-06-30T23:00:00Z"),
        ] {
            guard let zone = try systemZone(name) else { return }
            #expect(zone.instant(ofLocal: try wall(local)).description == utc, "\(name) \(local)")
        }
    }

    @Test func anInstantComesBackFromItsWallClock() throws {
        for name in ["America/New_York", "America/Chicago", "Europe/London", "Asia/Tokyo"] {
            guard let zone = try systemZone(name) else { return }
            var random = SplitMix64(seed: 7, purpose: name)
            for _ in 0..<3000 {
                let second = random.integer(in: -2_000_000_000...6_000_000_000)
                let instant = Instant(nanoseconds: second * 1_000_000_000)
                let local = zone.local(of: instant)
                let back = zone.instant(ofLocal: local)
                #expect(back <= instant && zone.local(of: back) == local)
                #expect(back == instant || instant.since(back) == .hour)
            }
        }
    }

    @Test func fixedOffsetsAreReadWithTheSignOfISO8601() throws {
        let noon = try wall("2020-01-01T12:00:00")
        for (text, utc) in [
            ("Z", "2020-01-01T12:00:00Z"), ("UTC", "2020-01-01T12:00:00Z"),
            ("UTC-5", "2020-01-01T17:00:00Z"), ("-05:00", "2020-01-01T17:00:00Z"),
            ("+05:30", "2020-01-01T06:30:00Z"), ("+0530", "2020-01-01T06:30:00Z"),
            ("GMT+1", "2020-01-01T11:00:00Z"), ("UTC+14:00", "2019-12-31T22:00:00Z"),
        ] {
            let zone = try #require(ZoneRules(fixedOffset: text))
            #expect(zone.instant(ofLocal: noon).description == utc, "\(text)")
            #expect(zone.local(of: zone.instant(ofLocal: noon)) == noon)
        }
        for text in ["", "+", "5", "UTC5", "+5:3", "+19", "+05:60", "EST", "UTC--5", "+05300", "+:30"] {
            #expect(ZoneRules(fixedOffset: text) == nil, "\(text)")
        }
    }

    @Test func theEndsOfTimeDoNotTrap() throws {
        for zone in [ZoneRules.utc, try #require(ZoneRules(fixedOffset: "+14"))] {
            for value in [Int64.min, Int64.min + 1, Int64.max - 1, Int64.max] {
                _ = zone.instant(ofLocal: value)
                _ = zone.local(of: Instant(nanoseconds: value))
            }
        }
    }

    @Test func hostileBytesThrowAndNeverTrap() throws {
        #expect(throws: ZoneError.self) { try ZoneRules(name: "x", tzfile: []) }
        #expect(throws: ZoneError.self) { try ZoneRules(name: "x", tzfile: Array("TZif2".utf8)) }
        let path = "/usr/share/zoneinfo/America/New_York"
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let good = Array(data)
        for length in 0..<good.count {
            #expect(throws: ZoneError.self) { try ZoneRules(name: "cut", tzfile: Array(good[..<length])) }
        }
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0...Int(random.integer(in: 0...20)) {
                bytes[Int(random.integer(in: 0...Int64(good.count - 1)))] = UInt8(random.integer(in: 0...255))
            }
            guard let zone = try? ZoneRules(name: "bent", tzfile: bytes) else { continue }
            for value in [Int64.min, -1, 0, 1_700_000_000_000_000_000, Int64.max] {
                _ = zone.instant(ofLocal: value)
                _ = zone.local(of: Instant(nanoseconds: value))
            }
        }
    }

    @Test func namesThatLeaveTheDatabaseAreRefused() {
        #expect(ZoneRules.isDatabaseName("America/New_York"))
        #expect(ZoneRules.isDatabaseName("Etc/GMT+5"))
        for name in ["", "/etc/passwd", "../x", "America/../x", "a b", "America/"] {
            #expect(!ZoneRules.isDatabaseName(name))
        }
    }
}
