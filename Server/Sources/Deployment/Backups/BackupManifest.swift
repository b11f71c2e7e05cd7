internal import FoundationEssentials
public import Units

/// What a backup holds: the file `manifest.json` in its folder.
///
/// A backup is a folder with the database as one file, the settings files without secrets, the index of the
/// catalogue, this manifest, and `SHA256SUMS` over all of them, in the form that `sha256sum --check` reads.
/// Names of folders start with the time in UTC, so that they sort by age.
public struct BackupManifest: Hashable, Sendable, Codable {
    /// Why a backup was made; retention treats all alike.
    public enum Reason: String, Hashable, Sendable, Codable {
        /// Somebody asked for it.
        case asked
        /// By the clock.
        case scheduled
        /// Before an update.
        case beforeUpdate = "before-update"
        /// Before a restore.
        case beforeRestore = "before-restore"
    }

    /// The version of this form.
    public var format = 1
    /// When it was made, ISO 8601 in UTC.
    public var createdAt: String
    /// Why.
    public var reason: Reason
    /// The version of the program that made it.
    public var version: String
    /// The commit of that program; nil when unknown.
    public var commit: String?
    /// The steps of the schema, by title.
    public var schema: [String]
    /// The offset of the last event.
    public var lastEvent: Int64
    /// The hash of the chain of events up to there.
    public var chainHash: String
    /// Records of the event log that it holds.
    public var events: Int
    /// Runs that it holds.
    public var runs: Int

    enum CodingKeys: String, CodingKey {
        case format, reason, version, commit, schema, events, runs
        case createdAt = "created_at"
        case lastEvent = "last_event"
        case chainHash = "chain_hash"
    }

    /// A manifest.
    public init(
        createdAt: String, reason: Reason, version: String, commit: String?, schema: [String],
        lastEvent: Int64, chainHash: String, events: Int, runs: Int
    ) {
        (self.createdAt, self.reason, self.version, self.commit) = (createdAt, reason, version, commit)
        (self.schema, self.lastEvent, self.chainHash) = (schema, lastEvent, chainHash)
        (self.events, self.runs) = (events, runs)
    }

    /// The moment it was made; nil when the text is none.
    public var moment: Instant? { Instant(iso8601: createdAt) }

    /// The text of the file.
    func text() throws(DeploymentError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [0x0A]
        } catch {
            throw DeploymentError(
                .backup, "the manifest cannot be written as JSON: \(error)", remedy: "report it")
        }
    }

    /// Reads the text of a file.
    init(text: [UInt8], path: String) throws(DeploymentError) {
        do {
            self = try JSONDecoder().decode(BackupManifest.self, from: Data(text))
        } catch {
            throw DeploymentError(
                .backup, "the manifest of the backup is damaged", path: path,
                remedy: "use another backup: tradewind backup list")
        }
        guard format == 1 else {
            throw DeploymentError(
                .backup, "the backup has the form \(format), which this version does not know", path: path,
                remedy: "use the version that made it, \(version)")
        }
    }
}
