internal import Events
internal import MarketData
internal import Storage
internal import TradewindCommands
internal import Units

/// How far the event log and the audit had come, kept in a small file beside the log files.
///
/// A database that is replaced by an older copy of itself is whole: every chain in it verifies. Only
/// something apart from it can tell that what came later is missing.
struct StorageNote: Equatable {
    /// Which database it is about.
    let database: String
    /// The end of the event log.
    let log: EventCheckpoint
    /// The place of the last record of the audit; 0 where there is none.
    let auditEnd: Int64
    /// The hash of that record; nil where there is none.
    let auditHash: Digest?

    /// Where a store stands now.
    static func now(_ store: any MigratableStore) async throws -> StorageNote {
        let database = store.location
        return try await store.read { transaction in
            let audit = try transaction.audit.head()
            return StorageNote(
                database: database, log: try transaction.eventHead(), auditEnd: audit?.sequence ?? 0,
                auditHash: audit?.hash)
        }
    }

    /// What a store lacks of what is noted here, each in one sentence; empty when nothing does, or when the
    /// note is about another database.
    func missing(in store: any MigratableStore) async throws -> [String] {
        guard store.location == database else { return [] }
        let (log, auditEnd) = (log, auditEnd)
        let found = try await store.read { transaction in
            (
                end: try transaction.eventHead().offset, hash: try transaction.eventHash(at: log.offset),
                audit: try transaction.audit.head()?.sequence ?? 0,
                auditHash: try transaction.audit.hashes(from: auditEnd, through: auditEnd)[auditEnd]
            )
        }
        var sentences: [String] = []
        if found.end < log.offset {
            sentences.append(
                "the event log ends at \(found.end) and had come to \(log.offset): "
                    + Self.words("event", found.end.value + 1, log.offset.value))
        } else if let hash = found.hash, hash != log.hash {
            sentences.append(
                "event \(log.offset) is not the one that was written at that place: the log is another one")
        }
        if found.audit < auditEnd {
            sentences.append(
                "the audit ends at \(found.audit) and had come to \(auditEnd): "
                    + Self.words("record", found.audit + 1, auditEnd))
        } else if let hash = found.auditHash, let auditHash, hash != auditHash {
            sentences.append("record \(auditEnd) of the audit is not the one that was written at that place")
        }
        return sentences
    }

    private static func words(_ thing: String, _ first: Int64, _ last: Int64) -> String {
        first == last ? "\(thing) \(first) is missing" : "\(thing)s \(first) to \(last) are missing"
    }

    // MARK: The file

    /// Where the note about a database is kept: in the folder of the log files.
    static func path(logFile: String) -> String {
        guard let slash = logFile.lastIndex(of: "/") else { return "storage-note.json" }
        return logFile[...slash] + "storage-note.json"
    }

    /// Reads a note; nil where there is none, or one that cannot be read.
    static func read(_ path: String) -> StorageNote? {
        do {
            guard try PosixFileStore().entry(path) != nil, let text = try PosixFileStore().read(path).text
            else { return nil }
            return StorageNote(try JSONText(parsing: text))
        } catch {
            return nil
        }
    }

    /// Replaces the note.
    func write(_ path: String) throws {
        try PosixFileStore().replace(path, with: json.pretty)
    }

    private init(database: String, log: EventCheckpoint, auditEnd: Int64, auditHash: Digest?) {
        (self.database, self.log, self.auditEnd, self.auditHash) = (database, log, auditEnd, auditHash)
    }

    private init?(_ json: JSONText) {
        guard let database = json["database"]?.text, let offset = json["event_offset"]?.wholeNumber,
            let hash = json["event_hash"]?.text.flatMap({ Digest(hexadecimal: $0) }),
            let auditEnd = json["audit_record"]?.wholeNumber
        else { return nil }
        self.init(
            database: database, log: EventCheckpoint(offset: EventOffset(Int64(offset)), hash: hash),
            auditEnd: Int64(auditEnd),
            auditHash: json["audit_hash"]?.text.flatMap { Digest(hexadecimal: $0) })
    }

    private var json: JSONText {
        .object([
            JSONMember("database", .string(database)),
            JSONMember("event_offset", .integer(Int(log.offset.value))),
            JSONMember("event_hash", .string(log.hash.description)),
            JSONMember("audit_record", .integer(Int(auditEnd))),
            JSONMember("audit_hash", .optional(auditHash?.description)),
        ])
    }
}
