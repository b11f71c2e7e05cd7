/// Where the logs of finished days are kept for long.
public struct LogArchiveSettings: Sendable {
    /// A folder, or `s3://bucket/prefix`, as it is written; nil without an archive.
    public let destination: String?
    /// How long after the end of a day (UTC) it is archived.
    public let delay: Duration
    /// The region of the bucket; nil: that of the secrets.
    public let region: String?
    /// The address of the object store, when it is not AWS's own.
    public let endpoint: ServiceURL?
    /// The certificate authority of that address; nil: those of the system.
    public let caFile: String?

    init(_ reader: SettingsReader) {
        let reader = reader.section("archive", "Finished days of the logs, kept for long elsewhere.")
        destination = reader.optional(
            "destination", .text,
            """
            Where the lines of each finished day go, one packed file a day: a folder, or s3://bucket/prefix. \
            Without it there is no archive.
            """)
        delay = reader.value(
            "delay", .duration(.zero...(.seconds(86_400))), "1h",
            "How long after the end of a day, which is midnight UTC, it is archived.")
        region = reader.optional(
            "region", .text, "The region of the bucket; when not given, secrets.aws.region.")
        endpoint = reader.optional(
            "endpoint", .url("https", "http"),
            "The address of the object store, when it is not AWS's own: any that speaks S3.")
        caFile = reader.optional(
            "ca-file", .path, "The certificate authority of that address (PEM), when it is not a public one.")
    }

    /// Whether there is an archive.
    public var isEnabled: Bool { destination != nil }

    /// What the destination names; nil without an archive, or where it names nothing that is known.
    public var place: LogArchivePlace? { destination.flatMap { LogArchivePlace($0) } }
}

/// Where archived logs go.
public enum LogArchivePlace: Hashable, Sendable {
    /// A folder; relative to the working directory.
    case folder(String)
    /// A bucket, and what the names of objects begin with: empty, or without slashes at its ends.
    case bucket(String, prefix: String)

    /// Reads a path, or `s3://bucket/prefix`; nil for an address of another kind, and for names that no
    /// bucket can have ("Bucket naming rules", Amazon S3 User Guide, read November 2026).
    public init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else {
            self = .folder(text)
            return
        }
        guard text[..<separator.lowerBound] == "s3" else { return nil }
        let parts = text[separator.upperBound...].split(
            separator: "/", omittingEmptySubsequences: false)
        let name = parts[0]
        let isSound =
            (3...63).contains(name.utf8.count) && name.utf8.first != 0x2D && name.utf8.last != 0x2D
            && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.contains("..")
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
        var folders = parts.dropFirst()
        if folders.last?.isEmpty == true { folders.removeLast() }
        guard isSound, folders.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        self = .bucket(String(name), prefix: folders.joined(separator: "/"))
    }
}
