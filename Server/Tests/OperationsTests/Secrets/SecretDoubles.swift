import Operations
import Settings
import Synchronization
import Units

/// A clock that stands still until it is moved.
final class ManualTime: Sendable {
    private let uptime = Mutex(Duration.seconds(1000))
    /// Whether sleeping returns at once, or only when the task is cancelled.
    let sleepsAtOnce: Bool

    init(sleepsAtOnce: Bool = false) { self.sleepsAtOnce = sleepsAtOnce }

    func advance(_ duration: Duration) { uptime.withLock { $0 += duration } }

    var time: SecretTime {
        SecretTime(
            uptime: { self.uptime.withLock { $0 } },
            now: {
                let (seconds, _) = self.uptime.withLock { $0 }.components
                return Instant(nanoseconds: (1_795_247_742 + seconds) * 1_000_000_000)
            },
            sleep: { _ in
                if self.sleepsAtOnce { return }
                try await Task.sleep(for: .seconds(3600))
            })
    }
}

/// An audit in memory.
final class MemoryAudit: AuditSink {
    private let kept = Mutex<[SecretAuditRecord]>([])
    private let failing = Mutex(false)

    func record(_ records: [SecretAuditRecord]) throws(AuditError) {
        if failing.withLock({ $0 }) { throw AuditError("the audit's disk is full") }
        kept.withLock { $0 += records }
    }

    func fail(_ fails: Bool) { failing.withLock { $0 = fails } }

    var records: [SecretAuditRecord] { kept.withLock { $0 } }
    /// What came of the reads of one secret, in order.
    func outcomes(of name: String = "api-key") -> [SecretAuditRecord.Outcome] {
        records.filter { $0.secret.name == name }.map(\.outcome)
    }
}

/// A source whose values, failures, marks and leases the test sets.
final class ScriptedSource: SecretResolver {
    struct State {
        var key = "first-key-value"
        var version = "1"
        var error: SecretError?
        var mark: String?
        var markError: SecretError?
        var lease: SecretLease?
        var renewed: SecretLease?
        var reads = 0
        var renewals = 0
        var gate: CheckedContinuation<Void, Never>?
        var isGated = false
    }

    private let state = Mutex(State())

    func set(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }
    var reads: Int { state.withLock { $0.reads } }
    var renewals: Int { state.withLock { $0.renewals } }

    static let down = SecretError(
        .unavailable, source: "vault trading/binance", message: "does not answer", remedy: "start it")

    /// Lets a read that waits go on.
    func open() {
        let gate = state.withLock { state in
            defer { (state.gate, state.isGated) = (nil, false) }
            return state.gate
        }
        gate?.resume()
    }

    func resolve(
        _ description: CredentialDescription, request: [String: Secret]
    ) async throws(SecretError) -> Credential {
        if state.withLock({ $0.isGated }) {
            await withCheckedContinuation { continuation in state.withLock { $0.gate = continuation } }
        }
        let now = state.withLock { state in
            state.reads += 1
            return (state.key, state.version, state.error, state.lease)
        }
        if let error = now.2 { throw error }
        let origin = SecretOrigin.backend(kind: "vault", path: "trading/binance")
        return Credential(
            owner: description.owner,
            entries: [
                "api-key": .init(secret: Secret(now.0), origin: origin),
                "api-secret": .init(secret: Secret("secret of " + now.0), origin: origin),
            ], version: SecretVersion(now.1), lease: now.3)
    }

    func mark(_ description: CredentialDescription) throws(SecretError) -> String? {
        let (mark, error) = state.withLock { ($0.mark, $0.markError) }
        if let error { throw error }
        return mark
    }

    func mayChange(_ description: CredentialDescription) -> Bool { true }

    func renew(
        _ lease: SecretLease, of description: CredentialDescription
    ) async throws(SecretError) -> SecretLease? {
        state.withLock { state in
            state.renewals += 1
            return state.renewed
        }
    }
}

/// The client of all tests, which lives as long as they do.
let directClient = DirectHTTPClient()
