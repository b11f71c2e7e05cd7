public import Settings
public import Units

/// That a secret was read, or something was done with it. It never holds a value.
public struct SecretAuditRecord: Hashable, Sendable {
    /// What came of it.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Read for the first time in this process.
        case read
        /// Read again, and the version was the same.
        case unchanged
        /// Read again, and the version was another; requests use it from now on.
        case rotated
        /// It could not be read, and nothing older is there.
        case failed
        /// It could not be read; the last good value goes on.
        case keptLastGood = "kept_last_good"
        /// The owner (a venue) refused this version with 401 or 403.
        case refusedByOwner = "refused_by_owner"
        /// The version before this one is used, as the owner refuses this one.
        case fellBack = "fell_back"
        /// The lease was prolonged.
        case renewed
    }

    /// When it happened.
    public let time: Instant
    /// Which secret.
    public let secret: SecretReference
    /// Where it was read, as in `vault trading/binance`; never a value.
    public let origin: String
    /// What came of it.
    public let outcome: Outcome
    /// The version, where there is one.
    public let version: SecretVersion?
    /// The code of the failure, where there was one.
    public let failure: SecretError.Code?

    /// A record.
    public init(
        time: Instant, secret: SecretReference, origin: String, outcome: Outcome, version: SecretVersion?,
        failure: SecretError.Code? = nil
    ) {
        self.time = time
        self.secret = secret
        self.origin = origin
        self.outcome = outcome
        self.version = version
        self.failure = failure
    }
}

/// Where records of the audit go. Records are handed over in the order in which things happened.
public protocol AuditSink: Sendable {
    /// Keeps the records. Throws an ``AuditError`` when it cannot; the caller says so in health and goes on.
    func record(_ records: [SecretAuditRecord]) throws(AuditError)
}

/// Why a record of the audit could not be kept.
public struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong and what to do.
    public let description: String

    /// A failure, told in a sentence.
    public init(_ description: String) {
        self.description = description
    }
}
