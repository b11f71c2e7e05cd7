import Foundation
import Operations
import Settings
import Synchronization
import TestServers
import Testing
import Units
import Venues

/// Signed requests flow at 200 a second while their key is rotated, with an overlap and without one, and
/// while the source goes away. With `TRADEWIND_TEST_LONG=1` each phase lasts ten times as long and there are
/// more rotations.
@Suite(.serialized) struct RotationCampaignTests {
    static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    @Test func keysInAFileRotateWhileRequestsFlow() async throws {
        try await RotationCampaign(source: FileSource(), isInstant: true).run()
    }

    @Test(.enabled(if: ServerTools.path(of: "bao") != nil, Comment(rawValue: ServerTools.absence)))
    func keysInOpenBaoRotateWhileRequestsFlow() async throws {
        let redactor = Redactor()
        let source = try #require(try await OpenBaoSource(redactor: redactor))
        try await RotationCampaign(source: source, redactor: redactor).run()
    }

    @Test(.enabled(if: ServerTools.path(of: "moto_server") != nil, Comment(rawValue: ServerTools.absence)))
    func keysInMotoRotateWhileRequestsFlow() async throws {
        let source = try #require(try await MotoSource())
        try await RotationCampaign(source: source).run()
    }
}

/// One campaign over one source.
private final class RotationCampaign: Sendable {
    /// One request as the client saw it.
    struct Sent: Sendable {
        let number: Int
        let startedAt: Duration
        let status: Int
    }

    static let rate = 200
    /// How often a source that has no marks is asked.
    static let pollInterval = Duration.milliseconds(100)

    private let source: any CampaignSource
    private let redactor: Redactor
    /// Whether a rotation is seen by the very next request.
    private let isInstant: Bool
    private let venue = VerifyingVenue(scheme: .binance)
    private let audit = CampaignAudit()
    private let sent = Mutex<[Sent]>([])
    private let isOver = Mutex(false)
    /// From when on each request must use a key: after the process has adopted it.
    private let adoptions = Mutex<[(key: String, at: Duration)]>([])

    init(source: any CampaignSource, redactor: Redactor = Redactor(), isInstant: Bool = false) {
        (self.source, self.redactor, self.isInstant) = (source, redactor, isInstant)
    }

    private var phase: Duration { RotationCampaignTests.isLong ? .seconds(8) : .milliseconds(800) }
    private var rotations: Int { RotationCampaignTests.isLong ? 6 : 2 }

    func run() async throws {
        try await source.publish(CampaignKey(1))
        let server = try await LoopbackServer.start { self.venue.answer(to: $0) }
        let credential = makeCredential()
        accept(1)
        let client = SignedClient(
            signer: BinanceSigner(), credentials: credential,
            transport: HTTPVenueTransport(client: directClient, address: server.address),
            now: SystemClocks.now)
        _ = try await credential.current()
        let health = HealthRegistry(sources: .system(redact: { self.redactor.redact($0) }), maximumAge: .zero)
        try health.register(credential.readinessCheck())
        let fresh = Task { await credential.keepFresh() }
        let began = SystemClocks.uptime()
        let flow = Task { await self.sendUntilOver(client) }

        try await Task.sleep(for: phase)
        for number in 2...(rotations + 1) {
            try await rotate(to: number, credential, withOverlap: number % 2 == 0)
            try await Task.sleep(for: phase)
        }
        #expect(await health.evaluate().isReady)
        try await loseSource(credential, health)

        isOver.withLock { $0 = true }
        await flow.value
        fresh.cancel()
        try await server.stop()
        try judge(elapsed: SystemClocks.uptime() - began)
    }

    private func makeCredential() -> RotatingCredential {
        RotatingCredential(
            description: CredentialDescription(
                owner: "binance", required: ["api-key", "api-secret"],
                backend: BackendReference(adapter: source.backend.kind, path: source.path)),
            resolver: SecretChain(variables: [:], backends: [source.backend]),
            // Patient, so that a busy machine does not look like a slow source.
            schedule: RotationSchedule(
                pollInterval: Self.pollInterval, patience: .seconds(2), forcedInterval: .milliseconds(20)),
            jitter: Jitter(SplitMix64(seed: 2)), audit: audit, redactor: redactor)
    }

    private func accept(_ numbers: Int...) {
        let keys = numbers.map { CampaignKey($0) }
        venue.accept(Dictionary(keys.map { ($0.key, $0.secret) }) { first, _ in first })
    }

    /// Puts a new key in force. With an overlap the venue takes both for a phase; without one it forgets the
    /// old one at the moment at which the source has the new one.
    private func rotate(
        to number: Int, _ credential: RotatingCredential, withOverlap: Bool
    ) async throws {
        if withOverlap { accept(number - 1, number) }
        try await source.publish(CampaignKey(number))
        let published = SystemClocks.uptime()
        accept(number - (withOverlap ? 1 : 0), number)
        if isInstant { adoptions.withLock { $0.append((CampaignKey(number).key, published)) } }
        while credential.status.edition < number {
            try await Task.sleep(for: .milliseconds(1))
            try #require(SystemClocks.uptime() - published < .seconds(10), "the new key was not taken up")
        }
        adoptions.withLock { $0.append((CampaignKey(number).key, SystemClocks.uptime())) }
        if withOverlap {
            try await Task.sleep(for: phase)
            accept(number)
        }
    }

    /// Takes the source away: requests go on, and health says why it is not well.
    private func loseSource(_ credential: RotatingCredential, _ health: HealthRegistry) async throws {
        try source.vanish()
        let vanished = SystemClocks.uptime()
        while credential.status.problem == nil {
            try await Task.sleep(for: .milliseconds(5))
            try #require(
                SystemClocks.uptime() - vanished < .seconds(30), "nobody noticed that the source is gone")
        }
        try await Task.sleep(for: phase)
        let report = await health.evaluate()
        let reason = try #require(
            report.items.first { $0.check.name.text == "secrets-source-binance" }?.readiness.reason)
        #expect(reason.contains(source.backend.kind) && reason.contains(source.path), "\(reason)")
        #expect(reason.contains("goes on"), "\(reason)")
    }

    private func sendUntilOver(_ client: SignedClient) async {
        let began = SystemClocks.uptime()
        await withTaskGroup(of: Void.self) { group in
            var number = 0
            while !isOver.withLock({ $0 }) {
                let due = began + .seconds(1) / Self.rate * number
                let now = SystemClocks.uptime()
                if due > now { try? await Task.sleep(for: due - now) }
                number += 1
                let current = number
                group.addTask { await self.sendOne(client, current) }
            }
        }
    }

    private func sendOne(_ client: SignedClient, _ number: Int) async {
        let startedAt = SystemClocks.uptime()
        let request = VenueRequest(method: "POST", path: "/api/v3/order", query: [.init("n", String(number))])
        var status = -1
        do {
            status = try await client.send(request).status
        } catch {
            Issue.record("request \(number): \(error)")
        }
        sent.withLock { $0.append(Sent(number: number, startedAt: startedAt, status: status)) }
    }

    private func judge(elapsed: Duration) throws {
        let sent = sent.withLock { $0 }
        let failed = sent.filter { $0.status != 200 }
        #expect(failed.isEmpty, "\(failed.count) of \(sent.count) requests failed")
        let perSecond =
            Double(sent.count)
            / (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
        #expect(perSecond > 0.8 * Double(Self.rate), "only \(perSecond) requests a second")
        let keys = Dictionary(venue.visits.map { ($0.number, [$0.key]) }, uniquingKeysWith: +)
        for adoption in adoptions.withLock({ $0 }) {
            let after = sent.filter { $0.startedAt > adoption.at }
            // Keys are numbered: an older one is a smaller text.
            let late = after.filter { keys[$0.number]?.contains { $0 < adoption.key } ?? true }
            #expect(
                late.isEmpty,
                "\(late.count) of \(after.count) requests after \(adoption.key) used an older key")
        }
        #expect(venue.visits.filter { $0.status != 200 && $0.status != 401 }.isEmpty)
        let outcomes = audit.outcomes
        #expect(outcomes.filter { $0 == .rotated }.count == rotations)
        #expect(outcomes.contains(.keptLastGood))
        #expect(!audit.text.contains("secret-of-key"))
        print(
            "\(source.backend.kind): \(sent.count) signed requests at \(Int(perSecond))/s, "
                + "\(rotations) rotations, "
                + "\(venue.visits.count - sent.count) sent again, \(failed.count) failed")
    }
}

/// An audit in memory.
private final class CampaignAudit: AuditSink {
    private let kept = Mutex<[SecretAuditRecord]>([])

    func record(_ records: [SecretAuditRecord]) throws(AuditError) { kept.withLock { $0 += records } }

    var outcomes: [SecretAuditRecord.Outcome] {
        kept.withLock { $0.filter { $0.secret.name == "api-key" }.map(\.outcome) }
    }
    var text: String { kept.withLock { "\($0)" } }
}
