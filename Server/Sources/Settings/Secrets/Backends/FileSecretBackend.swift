internal import Units

/// Secrets in a JSON file, as an agent renders it: `{"api-key": "...", "api-secret": "..."}`.
///
/// A change is seen by modification time, size and inode before each use, without reading. The version is the
/// time of the modification. The shape that Vault's agent writes, with the fields under `data`, or
/// `data.data`, is read when the reference's `key` says so.
public struct FileSecretBackend: SecretBackend {
    private let mustBePrivate: Bool

    /// A backend of files. With `mustBePrivate` a file that others than its owner may read is refused.
    public init(mustBePrivate: Bool) {
        self.mustBePrivate = mustBePrivate
    }

    public var kind: String { "file" }

    public func fetch(path: String) async throws(SecretError) -> SecretPayload {
        let file = SecretFile(path: path, mustBePrivate: mustBePrivate)
        return try file.read { content, mark throws(SecretError) in
            SecretPayload(
                fields: try SecretFields.decode(json: content, source: "file \(path)"),
                version: Self.version(of: mark), storedAt: Self.instant(of: mark))
        }
    }

    public func mark(path: String) throws(SecretError) -> String? {
        try SecretFile(path: path, mustBePrivate: mustBePrivate).mark().text
    }

    /// The text content of a file that holds one secret and nothing else, without white space at its ends;
    /// for tokens that an agent keeps fresh.
    public func text(path: String) throws(SecretError) -> Secret {
        let file = SecretFile(path: path, mustBePrivate: mustBePrivate)
        return try file.read { content, _ throws(SecretError) in
            let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
            let start = content.firstIndex { !isBlank($0) } ?? content.endIndex
            let end = (content.lastIndex { !isBlank($0) }).map { $0 + 1 } ?? start
            return Secret(bytes: content[start..<end])
        }
    }

    private static func instant(of mark: SecretFile.Mark) -> Instant? {
        let (product, overflows) = mark.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowsToo) = product.addingReportingOverflow(mark.nanoseconds)
        return overflows || overflowsToo ? nil : Instant(nanoseconds: sum)
    }

    private static func version(of mark: SecretFile.Mark) -> SecretVersion {
        let digits = String(mark.nanoseconds)
        let fraction = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        return SecretVersion("\(mark.seconds).\(fraction)")
    }
}
