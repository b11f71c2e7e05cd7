public import Logging
internal import Settings

/// An audit whose records also become lines of the log: rotations and refusals for people, the rest for
/// those who look closely. Failures are left to health, which says them once with their reason.
public struct LoggedAudit: AuditSink {
    private let base: any AuditSink
    private let logger: Logger

    /// The records of `base`, told to `logger` as well.
    public init(_ base: any AuditSink, logger: Logger) {
        (self.base, self.logger) = (base, logger)
    }

    public func record(_ records: [SecretAuditRecord]) throws(AuditError) {
        // The records of one call are those of one owner.
        if let record = records.first { log(record) }
        try base.record(records)
    }

    private func log(_ record: SecretAuditRecord) {
        let owner = record.secret.owner
        let version = record.version.map { "version \($0)" } ?? "no version"
        let (level, message): (Logger.Level, String) =
            switch record.outcome {
            case .read: (.info, "the secrets of \(owner) are read: \(version) from \(record.origin)")
            case .rotated: (.notice, "the secrets of \(owner) are rotated: \(version) from \(record.origin)")
            case .refusedByOwner: (.warning, "\(owner) refuses its secrets of \(version)")
            case .fellBack: (.warning, "the secrets of \(owner) fall back to \(version)")
            case .renewed: (.debug, "the lease of the secrets of \(owner) is renewed")
            case .unchanged: (.debug, "the secrets of \(owner) are unchanged: \(version)")
            case .failed, .keptLastGood: (.debug, "the secrets of \(owner) could not be read again")
            }
        logger.log(
            level: level, "\(message)",
            metadata: ["event": "secrets_\(record.outcome.rawValue)", "owner": "\(owner)"])
    }
}
