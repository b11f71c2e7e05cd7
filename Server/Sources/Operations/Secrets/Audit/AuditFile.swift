internal import Events
internal import Glibc
internal import Settings
internal import Synchronization
internal import Units

/// The audit as a file of JSON lines, one record each: `time` (ISO 8601, UTC), `secret`, `origin`, `outcome`,
/// `version`, `failure`.
///
/// It is only ever appended to, by whole lines in one write, so that several processes may share it; it
/// belongs to its owner alone (mode 0600). Each month has its own file, `secrets-2026-11.jsonl`; none is ever
/// removed, so that keeping them for the 400 days that an audit is kept is up to whoever tidies the folder.
public final class AuditFile: AuditSink {
    let folder: String
    private let lock = Mutex(())

    /// An audit in `folder`, which is made when it is not there.
    public init(folder: String) {
        self.folder = folder
    }

    public func record(_ records: [SecretAuditRecord]) throws(AuditError) {
        guard let first = records.first else { return }
        let lines = records.map { Self.line($0) + "\n" }.joined()
        let path = "\(folder)/\(Self.fileName(first.time))"
        let failure = lock.withLock { _ in Self.append(Array(lines.utf8), to: path, in: folder) }
        if let failure {
            throw AuditError(
                "the audit \(path) cannot be written: \(failure); see to the disk and the folder")
        }
    }

    /// The name of the file for a moment.
    static func fileName(_ time: Instant) -> String {
        "secrets-\(time.description.prefix(7)).jsonl"
    }

    static func line(_ record: SecretAuditRecord) -> String {
        JSONText.object([
            JSONMember("time", .string(record.time.description)),
            JSONMember("secret", .string(record.secret.description)),
            JSONMember("origin", .string(record.origin)),
            JSONMember("outcome", .string(record.outcome.rawValue)),
            JSONMember("version", .optional(record.version?.text)),
            JSONMember("failure", .optional(record.failure?.rawValue)),
        ])
        .compact
    }

    /// Appends in one write; says what failed, or nothing.
    private static func append(_ bytes: [UInt8], to path: String, in folder: String) -> String? {
        if let failure = make(folder) { return failure }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 { return String(cString: strerror(errno)) }
        return written == bytes.count ? nil : "only a part was written"
    }

    /// Makes a folder and those above it, for its owner alone; says what failed, or nothing.
    private static func make(_ folder: String) -> String? {
        var path = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            path += part + "/"
            if mkdir(path, 0o700) != 0, errno != EEXIST { return String(cString: strerror(errno)) }
        }
        return nil
    }
}
