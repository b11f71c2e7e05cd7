import Foundation
import Operations
import Synchronization
import Testing
import Units

@Suite(.timeLimit(.minutes(1))) struct StandardChecksTests {
    let manual = ManualSources()

    /// What one check says.
    func reason(_ check: ReadinessCheck) async throws -> String? {
        let registry = HealthRegistry(sources: manual.sources(), maximumAge: .zero)
        try registry.register(check)
        return await registry.evaluate().items[0].readiness.reason
    }

    @Test func diskSpaceIsJudgedByBytesAndByFiles() async throws {
        func check(_ bytes: Int64, _ files: Int64?) -> ReadinessCheck {
            .diskSpace(path: "/state", minimum: ByteCount(1 << 30)) { (_) throws(HostError) in
                DiskSpace(availableBytes: bytes, availableFiles: files)
            }
        }
        #expect(try await reason(check(1 << 30, nil)) == nil)
        #expect(
            try await reason(check(1 << 29, nil))
                == "512.0 MiB free on the file system of /state; needed are 1.0 GiB")
        #expect(try await reason(check((1 << 30) - 1, nil)) != nil)
        #expect(try await reason(check(1 << 40, 1_000)) == nil)
        #expect(try await reason(check(1 << 40, 999))?.hasPrefix("room for 999 more files") == true)
        let failing = ReadinessCheck.diskSpace(path: "/state", minimum: ByteCount(1)) {
            (_) throws(HostError) in
            throw HostError("gone")
        }
        #expect(try await reason(failing) == "gone")
    }

    @Test func theClockFailsOnlyWhenItIsSurelyTooFarAway() async throws {
        func check(_ offset: Duration, within uncertainty: Duration) -> ReadinessCheck {
            .clockSkew(limit: .seconds(1)) {
                ClockReading(offset: offset, uncertainty: uncertainty, reference: "the venue")
            }
        }
        #expect(try await reason(check(.seconds(1), within: .zero)) == nil)
        #expect(try await reason(check(.milliseconds(1_500), within: .milliseconds(500))) == nil)
        #expect(
            try await reason(check(.milliseconds(-1_600), within: .milliseconds(500)))
                == "this machine's clock is 1.6 s behind the venue (within 500 ms); allowed is 1 s")
        #expect(try await reason(check(.seconds(90), within: .zero))?.contains("1 min 30 s ahead of") == true)
    }

    @Test func aStreamIsFreshFromItsFirstMessageUntilItsLimit() async throws {
        let watch = StreamWatch(stream: "binance:perp:BTCUSDT trades", limit: .seconds(5)) { manual.uptime }
        let check = ReadinessCheck.stream(watch)
        #expect(check.name.text == "stream-binance-perp-btcusdt-trades")
        manual.advance(.seconds(2))
        #expect(
            try await reason(check)
                == "no message of binance:perp:BTCUSDT trades yet, 2 s after it was subscribed")
        watch.recordMessage()
        manual.advance(.seconds(5))
        #expect(try await reason(check) == nil)
        manual.advance(.milliseconds(200))
        #expect(
            try await reason(check) == "no message of binance:perp:BTCUSDT trades for 5.2 s; allowed are 5 s")
        watch.recordMessage()
        #expect(try await reason(check) == nil)
    }

    @Test func statesSwitchesAndSourcesSayWhy() async throws {
        let flag = ReadinessFlag(notReady: "not reconciled yet")
        let check = ReadinessCheck.state(.reconciled, flag, judgedBy: "agreement")
        #expect(try await reason(check) == "not reconciled yet")
        flag.set(.ready)
        #expect(try await reason(check) == nil)
        #expect(try await reason(.killSwitch { nil }) == nil)
        #expect(try await reason(.killSwitch { "ann: test" }) == "the kill switch is engaged: ann: test")
        #expect(try await reason(.secretsSource { nil }) == nil)
        #expect(try await reason(.secretsSource { "the vault is sealed" }) == "the vault is sealed")
    }

    @Test func logLagCountsWaitingAndFailing() async throws {
        let destination = StubDestination()
        let queue = LogQueue(
            sink: "stub", destination: destination, now: { .epoch }, uptime: { manual.uptime })
        let output = LogOutput(
            service: "test", queues: [queue], redact: { $0 }, now: { .epoch }, metrics: MetricsRegistry())
        let check = ReadinessCheck.logLag(output, limit: .seconds(10))
        destination.block()
        queue.append(Array("a\n".utf8))
        manual.advance(.seconds(10))
        #expect(try await reason(check) == nil)
        manual.advance(.seconds(1))
        #expect(
            try await reason(check) == "a log line waits for 11 s to be written; allowed is 10 s")
        destination.unblock()
        output.flush(within: .seconds(30))
        #expect(try await reason(check) == nil)
        destination.fail("No space left on device")
        queue.append(Array("b\n".utf8))
        output.flush(within: .seconds(30))
        #expect(try await reason(check) == "log lines are being lost: No space left on device")
    }

    /// The guide's table is this list and nothing else.
    @Test func theGuideNamesEveryCheckAndItsRemedy() throws {
        let page = try String(contentsOf: Self.guide, encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
            .filter { $0.count == 4 }
        let shown = rows.map { [$0[0], $0[1], $0[3]] }
        let expected = KnownCheck.allCases.map { check in
            ["`\(check.rawValue)\(check == .stream ? "-NAME" : "")`", check.component.text, check.remedy]
        }
        #expect(shown == expected)
    }

    private static let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../Documentation/health.md").standardizedFileURL
}
