import MarketData
import Markets
import Testing
import Units

@Suite struct TimeSpellingTests {
    private func times(_ cells: [String], _ change: (inout SeriesSpec) -> Void = { _ in }) throws -> [String]
    {
        var spec = SeriesSpec(kind: .funding)
        change(&spec)
        let text = "time,rate\n" + cells.map { "\($0),1\n" }.joined()
        let series = try SeriesReader(files: MemoryFiles(["a.csv": text])).read(
            ["a.csv"], instrument: try #require(InstrumentID("a:perp:B")), spec: spec)
        return (0..<series.count).map { Instant(nanoseconds: series.columns.visibleTime[$0]).description }
    }

    @Test func everySpellingNamesTheSameMoment() throws {
        let spellings = [
            "2024-05-12T13:14:15Z", "2024-05-12 13:14:15+00:00", "2024-05-12T18:44:15+05:30",
            "2024-05-12T13:14:15.000000Z", "2024-05-12T13:14:15+00:00Z", "2024-05-12 13:14:15",
            "20240512 13:14:15", "20240512 131415000", "1715519655", "1715519655000", "1715519655000000",
            "1715519655000000000", "1715519655.0", "2024-05-12t13:14:15z", "2024-05-12T08:14:15-0500",
        ]
        for spelling in spellings {
            #expect(try times([spelling]) == ["2024-05-12T13:14:15Z"], "\(spelling)")
        }
        #expect(try times(["2024-05-12"]) == ["2024-05-12T00:00:00Z"])
        #expect(try times(["20240512"]) == ["2024-05-12T00:00:00Z"])
        #expect(try times(["20240512 17:00"]) == ["2024-05-12T17:00:00Z"])
        #expect(try times(["20200101 170000065"]) == ["2020-01-01T17:00:00.065Z"])
        #expect(try times(["1675329600138"]) == ["2023-02-02T09:20:00.138Z"])
    }

    @Test func declaredFormatsAndShiftsWinOverGuesses() throws {
        #expect(try times(["60000"]) { $0.timeFormat = .epochMilliseconds } == ["1970-01-01T00:01:00Z"])
        #expect(try times(["20240512"]) { $0.timeFormat = .epochSeconds } == ["1970-08-23T06:21:52Z"])
        #expect(try times(["2024-05-12 00:00"]) { $0.shift = Timespan.minute } == ["2024-05-12T00:01:00Z"])
        #expect(try times(["2024-05-12 00:00"]) { $0.zone = "+05:30" } == ["2024-05-11T18:30:00Z"])
    }

    @Test func wrongTimesAreBadRowsAndNeverOtherMoments() throws {
        let wrong = [
            "2024-02-30", "2024-13-01", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "20240230",
            "2024-01-01T00:00:00Q", "99999999999999999999", "", "noon", "2024-01-01T", "-", "1e9",
            "2024-01-01T00:00:00+", "9223372036854775807123",
        ]
        for cell in wrong {
            #expect(throws: MarketDataError.self, "\(cell)") { try times([cell]) }
        }
    }
}
