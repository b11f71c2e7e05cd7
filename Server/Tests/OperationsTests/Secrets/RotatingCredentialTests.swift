import Operations
import Settings
import Synchronization
import Testing
import Units

@Suite struct RotatingCredentialTests {
    private let source = ScriptedSource()
    private let clock = ManualTime()
    private let audit = MemoryAudit()
    private let redactor = Redactor()

    private func credential(
        schedule: RotationSchedule = RotationSchedule(), time: SecretTime? = nil,
        rotationMark: @escaping @Sendable () -> String? = { nil }
    ) -> RotatingCredential {
        RotatingCredential(
            description: CredentialDescription(owner: "binance", required: ["api-key", "api-secret"]),
            resolver: source, schedule: schedule, time: time ?? clock.time,
            jitter: Jitter(SplitMix64(seed: 1)),
            audit: audit, redactor: redactor, rotationMark: rotationMark)
    }

    private func key(_ active: ActiveCredential?) throws -> String {
        try #require(active).credential.secret("api-key").withText { $0 }
    }

    @Test func itIsReadOnceAndThenWhenThePollIntervalIsOver() async throws {
        let credential = credential()
        #expect(credential.status.readiness.isReady == false)
        for _ in 0..<5 { #expect(try await key(credential.current()) == "first-key-value") }
        #expect(source.reads == 1)
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        clock.advance(.seconds(14))
        #expect(try await key(credential.current()) == "first-key-value")
        clock.advance(.seconds(1))
        #expect(try await key(credential.current()) == "second-key-value")
        #expect(source.reads == 2)
        #expect(credential.status.version == SecretVersion("2"))
        #expect(credential.status.readiness.isReady)
        #expect(audit.outcomes() == [.read, .rotated])
        #expect(audit.records.map(\.version?.text) == ["1", "1", "2", "2"])
    }

    @Test func everyValueThatWasReadIsHiddenFromTexts() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { $0.key = "second-key-value" }
        _ = try await credential.rotate()
        let text = "first-key-value, second-key-value, secret of first-key-value"
        #expect(redactor.redact(text) == "[redacted], [redacted], [redacted]")
    }

    @Test func aMarkThatDiffersIsSeenBeforeTheNextRequest() async throws {
        source.set { $0.mark = "a" }
        let credential = credential()
        _ = try await credential.current()
        clock.advance(.seconds(1000))
        _ = try await credential.current()
        #expect(source.reads == 1, "an unchanged file is not read again")
        source.set { ($0.mark, $0.key, $0.version) = ("b", "second-key-value", "2") }
        #expect(try await key(credential.current()) == "second-key-value")
        #expect(source.reads == 2)
    }

    @Test func requestsThatBeginDuringTheReadingOfAChangeWaitForIt() async throws {
        source.set { $0.mark = "a" }
        let credential = credential()
        _ = try await credential.current()
        source.set { ($0.mark, $0.key, $0.version, $0.isGated) = ("b", "second-key-value", "2", true) }
        let first = Task { try await self.key(credential.current()) }
        while !source.isAtGate { await Task.yield() }
        let second = Task { try await self.key(credential.current()) }
        for _ in 0..<1000 { await Task.yield() }
        source.open()
        #expect(try await first.value == "second-key-value")
        #expect(try await second.value == "second-key-value")
        #expect(source.reads == 2)
    }

    @Test func theLastGoodValueGoesOnWhileTheSourceIsDownAndHealthSaysWhy() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { $0.error = ScriptedSource.down }
        clock.advance(.seconds(15))
        #expect(try await key(credential.current()) == "first-key-value")
        let reason = try #require(credential.status.readiness.reason)
        for part in ["binance", "vault trading/binance", "does not answer", "version 1", "goes on"] {
            #expect(reason.contains(part), "\(part) in: \(reason)")
        }
        #expect(!reason.contains("first-key-value"))
        #expect(audit.outcomes() == [.read, .keptLastGood])
        // Not asked again before the wait is over, which grows.
        let reads = source.reads
        for _ in 0..<10 { _ = try await credential.current() }
        #expect(source.reads == reads)
        clock.advance(.seconds(1))
        _ = try await credential.current()
        #expect(source.reads == reads + 1)
        source.set { $0.error = nil }
        clock.advance(.seconds(2))
        _ = try await credential.current()
        #expect(credential.status.problem == nil)
        #expect(audit.outcomes() == [.read, .keptLastGood, .keptLastGood, .unchanged])
    }

    @Test func aFileThatVanishesAndComesBackUnchangedNeedsNoReading() async throws {
        source.set { $0.mark = "a" }
        let credential = credential()
        _ = try await credential.current()
        source.set { $0.markError = ScriptedSource.down }
        for _ in 0..<50 { #expect(try await key(credential.current()) == "first-key-value") }
        #expect(credential.status.problem != nil)
        #expect(audit.outcomes() == [.read, .keptLastGood], "told once, not with every request")
        source.set { $0.markError = nil }
        _ = try await credential.current()
        #expect(credential.status.problem == nil)
        #expect(source.reads == 1)
    }

    @Test func aCredentialThatWasNeverReadIsAnErrorThatNamesTheSource() async throws {
        source.set { $0.error = ScriptedSource.down }
        let credential = credential()
        let error = await #expect(throws: SecretError.self) { try await credential.current() }
        #expect(error == ScriptedSource.down)
        #expect(audit.outcomes() == [.failed])
        #expect(credential.status.readiness.reason?.contains("no value to go on with") == true)
        source.set { $0.error = nil }
        #expect(try await key(credential.current()) == "first-key-value")
    }

    @Test func manyRequestsAtOnceShareOneRead() async throws {
        let credential = credential()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await credential.current().edition } }
            for try await edition in group { #expect(edition == 1) }
        }
        #expect(source.reads == 1)
    }

    @Test func aSlowSourceHoldsRequestsUpForThePatienceOnly() async throws {
        let hasty = ManualTime(sleepsAtOnce: true)
        let credential = credential(time: hasty.time)
        while true {
            do {
                _ = try await credential.current()
                break
            } catch { await Task.yield() }
        }
        source.set { ($0.isGated, $0.key, $0.version) = (true, "second-key-value", "2") }
        hasty.advance(.seconds(15))
        #expect(try await key(credential.current()) == "first-key-value")
        source.open()
        while credential.status.version != SecretVersion("2") { await Task.yield() }
        #expect(try await key(credential.current()) == "second-key-value")
    }

    // MARK: Refusals

    @Test func aRefusedKeyIsReplacedByTheOneThatTheSourceHasNow() async throws {
        let credential = credential()
        let first = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        let other = await credential.replacement(for: first)
        #expect(try key(other) == "second-key-value")
        #expect(audit.outcomes() == [.read, .rotated, .refusedByOwner])
        // A second request that was refused with the old key gets the new one without another question.
        let reads = source.reads
        #expect(try await key(credential.replacement(for: first)) == "second-key-value")
        #expect(source.reads == reads)
    }

    @Test func aRefusalWithoutAnotherKeyStands() async throws {
        let credential = credential()
        let first = try await credential.current()
        #expect(await credential.replacement(for: first) == nil)
        #expect(source.reads == 2)
        for _ in 0..<20 { #expect(await credential.replacement(for: first) == nil) }
        #expect(source.reads == 2, "refusals do not make the source be asked again and again")
        clock.advance(.seconds(1))
        #expect(await credential.replacement(for: first) == nil)
        #expect(source.reads == 3)
        #expect(credential.status.readiness.reason?.contains("binance refuses version 1") == true)
    }

    @Test func aNewKeyThatIsRefusedStepsBackBehindTheOldOneAndIsTriedAgain() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        _ = try await credential.rotate()
        let second = try await credential.current()
        #expect(second.edition == 2)
        let back = await credential.replacement(for: second)
        #expect(try key(back) == "first-key-value")
        #expect(try await key(credential.current()) == "first-key-value")
        #expect(audit.outcomes().suffix(2) == [.refusedByOwner, .fellBack])
        let reason = try #require(credential.status.readiness.reason)
        #expect(reason.contains("refuses version 2") && reason.contains("version 1 goes on"))
        clock.advance(.seconds(30))
        #expect(try await key(credential.current()) == "second-key-value")
        #expect(credential.status.problem == nil)
    }

    @Test func whenBothKeysAreRefusedTheRefusalStands() async throws {
        let credential = credential()
        let first = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        _ = try await credential.rotate()
        let second = try await credential.current()
        let back = try #require(await credential.replacement(for: second))
        #expect(back.edition == first.edition)
        #expect(await credential.replacement(for: back) == nil)
        #expect(await credential.replacement(for: second) == nil)
    }

    @Test func theOldKeyIsNoWayBackAfterTheOverlap() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        _ = try await credential.rotate()
        clock.advance(.seconds(600))
        let second = try await credential.current()
        #expect(await credential.replacement(for: second) == nil)
    }

    // MARK: Asked by people, leases, audit

    @Test func rotatingTellsTheVersionBeforeAndAfter() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        let change = try await credential.rotate()
        #expect(change.before == SecretVersion("1") && change.after == SecretVersion("2"))
        source.set { $0.error = ScriptedSource.down }
        await #expect(throws: SecretError.self) { try await credential.rotate() }
        #expect(try await key(credential.current()) == "second-key-value")
    }

    @Test func aRequestToRotateIsSeenBeforeTheNextRequest() async throws {
        let asked = Mutex<String?>(nil)
        let mark: @Sendable () -> String? = { asked.withLock { $0 } }
        let credential = credential(rotationMark: mark)
        _ = try await credential.current()
        source.set { ($0.key, $0.version) = ("second-key-value", "2") }
        asked.withLock { $0 = "1" }
        #expect(try await key(credential.current()) == "second-key-value")
        _ = try await credential.current()
        #expect(source.reads == 2)
    }

    @Test func aLeaseIsRenewedInTimeAndReadAnewWhenItCannotBe() async throws {
        let lease = SecretLease(id: "database/creds/1", duration: .seconds(90), isRenewable: true)
        source.set { ($0.lease, $0.renewed) = (lease, lease) }
        let credential = credential(schedule: RotationSchedule(pollInterval: .seconds(3600)))
        _ = try await credential.current()
        clock.advance(.seconds(59))
        _ = try await credential.current()
        #expect(source.renewals == 0)
        clock.advance(.seconds(1))
        _ = try await credential.current()
        #expect((source.renewals, source.reads) == (1, 1))
        #expect(audit.outcomes() == [.read, .renewed])
        source.set { $0.renewed = nil }
        clock.advance(.seconds(60))
        _ = try await credential.current()
        #expect((source.renewals, source.reads) == (2, 2))
    }

    @Test func anAuditThatCannotBeWrittenIsSaidAndStopsNothing() async throws {
        audit.fail(true)
        let credential = credential()
        #expect(try await key(credential.current()) == "first-key-value")
        #expect(credential.status.readiness.reason == "the audit's disk is full")
        audit.fail(false)
        clock.advance(.seconds(15))
        _ = try await credential.current()
        #expect(credential.status.readiness.isReady)
    }

    @Test func sameValuesUnderANewVersionAreNoRotation() async throws {
        let credential = credential()
        _ = try await credential.current()
        source.set { $0.version = "2" }
        clock.advance(.seconds(15))
        let active = try await credential.current()
        #expect(active.edition == 1)
        #expect(credential.status.version == SecretVersion("2"))
        #expect(audit.outcomes() == [.read, .unchanged])
    }

    @Test func itsReadinessCheckIsNamedAfterTheOwner() async throws {
        let check = credential().readinessCheck()
        #expect(check.name.text == "secrets-source-binance")
        #expect(check.component == .secrets)
    }
}
