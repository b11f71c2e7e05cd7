public import Settings
public import Units

/// How a credential is, for health and for `secrets check`. It holds no values.
public struct CredentialStatus: Sendable {
    /// Whose credential it is.
    public let owner: String
    /// The version in use; `nil` before the first was read.
    public internal(set) var version: SecretVersion?
    /// When the version in use was read, or last found unchanged.
    public internal(set) var confirmedAt: Instant?
    /// When its backend says that it was stored.
    public internal(set) var storedAt: Instant?
    /// Where each secret was found, by name.
    public internal(set) var origins: [String: SecretOrigin] = [:]
    /// The lease and when it was given.
    public internal(set) var lease: (lease: SecretLease, since: Instant)?
    /// How many values this process has used, one after another.
    public internal(set) var edition = 0

    var failure: (error: SecretError, since: Instant)?
    var refusal: (version: SecretVersion, since: Instant, fallback: SecretVersion?)?
    var auditProblem: String?

    init(owner: String) {
        self.owner = owner
    }

    /// Whether requests can be signed, though perhaps with an old value.
    public var isUsable: Bool { version != nil }

    private var storedWords: String { storedAt.map { " of \($0)" } ?? "" }

    private var leaseWords: String {
        lease.map { " with a lease of \($0.lease.duration.components.seconds) s from \($0.since)" } ?? ""
    }

    /// What is wrong, in a sentence; `nil` when nothing is.
    public var problem: String? {
        var sentences: [String] = []
        if let failure {
            let rest =
                if let version, let confirmedAt {
                    "version \(version)\(storedWords), last confirmed \(confirmedAt)\(leaseWords), goes on"
                } else {
                    "there is no value to go on with"
                }
            sentences.append(
                "the secrets of \(owner) cannot be read since \(failure.since): \(failure.error); \(rest)")
        }
        if let refusal {
            let rest = refusal.fallback.map { "version \($0) goes on" } ?? "no other version is known"
            sentences.append("\(owner) refuses version \(refusal.version) since \(refusal.since); \(rest)")
        }
        if let auditProblem { sentences.append(auditProblem) }
        return sentences.isEmpty ? nil : sentences.joined(separator: ". ")
    }
}
