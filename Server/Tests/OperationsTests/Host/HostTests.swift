import Foundation
import Operations
import Synchronization
import Testing
import Units

@Suite struct HostTests {
    @Test func usageIsReadFromTheKernelAtMostOnceASecond() {
        let manual = ManualSources()
        let reads = Tally()
        let usage = SystemUsage(uptime: { manual.uptime }) { path in
            switch path {
            case "/proc/stat":
                // Between readings 100 ticks pass, 25 of them working.
                let pass = Int64(reads.add())
                return "cpu  \(pass * 20) 0 \(pass * 5) \(pass * 70) \(pass * 5) 0 0 0 0 0\ncpu0 1 1 1 1\n"
            case "/proc/meminfo":
                return "MemTotal:       8388608 kB\nMemFree:        1 kB\nMemAvailable:   2097152 kB\n"
            default: return nil
            }
        }
        #expect(usage.reading == usage.reading)
        #expect(reads.count == 1)
        #expect(usage.reading.memoryPercent == 75)
        #expect(usage.reading.memoryAvailableGiB == 2)
        manual.advance(.seconds(1))
        #expect(usage.reading.cpuPercent == 25)
        #expect(reads.count == 2)
    }

    @Test func whatTheKernelDoesNotSayIsLeftOut() {
        let manual = ManualSources()
        for text in [
            "", "cpu", "cpu  a b c d", "cpu  1 2 3", "cpu  9223372036854775807 1 1 1 1",
            "MemTotal: 0 kB\nMemAvailable: 0 kB",
        ] {
            let reading = SystemUsage(uptime: { manual.uptime }) { _ in text }.reading
            #expect(reading.cpuPercent == nil && reading.memoryPercent == nil, "\(text)")
        }
    }

    @Test func thisMachineHasUsageSpaceAndClocks() throws {
        let reading = SystemUsage(uptime: SystemClocks.uptime).reading
        #expect((0...100).contains(try #require(reading.cpuPercent)))
        #expect((0...100).contains(try #require(reading.memoryPercent)))
        let there = try DiskSpace.of("/")
        #expect(there.availableBytes > 0)
        #expect(try DiskSpace.of("/no/such/folder/anywhere").availableBytes > 0)
        #expect(try DiskSpace.of("no-such-folder").availableBytes > 0)
        #expect(SystemClocks.now().nanoseconds > 1_700_000_000_000_000_000)
        #expect(SystemClocks.uptime() <= SystemClocks.uptime())
    }

    @Test func aDateHeaderTellsTheTimeToHalfASecondAndHalfTheTrip() {
        let reading = ClockReading(
            httpDate: 1_000, sent: .milliseconds(1_003_000), received: .milliseconds(1_003_200),
            reference: "x")
        // Half way at 1003.1 s; their clock was at 1000.5 s, give or take half a second and half the trip.
        #expect(reading.offset == .milliseconds(2_600))
        #expect(reading.uncertainty == .milliseconds(600))
        #expect(reading.readiness(limit: .seconds(2)) == .ready)
        #expect(reading.readiness(limit: .milliseconds(1_999)) != .ready)
    }

    @Test func datesOfHeadersAreReadAndNothingElse() {
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        for wrong in [
            "", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:-1:37 GMT",
            "Sun, 06 Nov 99999999 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sun Nov  6 08:49:37 1994", "Sun, -6 Nov 1994 08:49:37 GMT",
        ] {
            #expect(HTTPDate.seconds(wrong) == nil, "\(wrong)")
        }
    }

    @Test func sizesAndTimesAreWrittenForPeople() {
        let sizes: [(Int64, String)] = [
            (0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1.0 KiB"), (1_535, "1.4 KiB"), (1_536, "1.5 KiB"),
            (1 << 30, "1.0 GiB"), (-(3 << 20), "-3.0 MiB"), (Int64.max, "8388607.9 TiB"),
            (Int64.min, "-8388608.0 TiB"),
        ]
        for (bytes, text) in sizes { #expect(ByteCount(bytes).description == text) }
        let times: [(Duration, String)] = [
            (.zero, "0 us"), (.milliseconds(450), "450 ms"), (.milliseconds(1_250), "1.3 s"),
            (.seconds(5), "5 s"),
            (.seconds(60), "1 min"), (.seconds(312), "5 min 12 s"), (.seconds(7_500), "2 h 5 min"),
        ]
        for (time, text) in times { #expect(time.shortText == text) }
    }

    @Test func aBuildStampIsBelievedOnlyWhenItLooksLikeOne() {
        let commit = String(repeating: "0a", count: 20)
        let stamp = BuildStamp(version: "1.2.3", stampFile: "\(commit)-modified\n2026-11-21T08:00:00Z\n")
        #expect(stamp.commit == commit + "-modified")
        #expect(stamp.date == "2026-11-21T08:00:00Z")
        for wrong in [nil, "", "\n", "abc\nyesterday", "\(commit.uppercased())\n2026", "<script>\n\"\n"] {
            let stamp = BuildStamp(version: "1.2.3", stampFile: wrong)
            #expect(stamp.commit == nil && stamp.date == nil && stamp.version == "1.2.3")
        }
    }
}
