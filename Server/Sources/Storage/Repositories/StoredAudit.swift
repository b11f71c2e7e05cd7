public import Events
public import Units

/// What somebody did, as the audit keeps it.
public struct AuditRecord: Hashable, Sendable {
    /// When.
    public var time: Instant
    /// Whose data it is about: a label of the organisation.
    public var organisation = "default"
    /// The label of a project, if any.
    public var project: String?
    /// Who, as an id.
    public var actor: String
    /// How it is known who: `local`, `token`, `user`, `external`, `command`, `system`, `anonymous`.
    public var actorKind: String
    /// Who, as a name for people.
    public var actorName: String
    /// The kind of thing that was changed, as `run`.
    public var entityType: String
    /// Which one.
    public var entityID: String
    /// What was done, as `run.stopped`.
    public var action: String
    /// `done`, `refused` or `failed`.
    public var outcome: String
    /// What changed, in short, without anything sensitive.
    public var changes: JSONText
    /// The request.
    public var requestID: String?
    /// The work that it belongs to.
    public var correlationID: String
    /// Where the client connected from.
    public var sourceAddress: String?
    /// What the client calls itself.
    public var userAgent: String?

    /// A record.
    public init(
        time: Instant, actor: String, actorKind: String, actorName: String, entityType: String,
        entityID: String, action: String, outcome: String, changes: JSONText, correlationID: String
    ) {
        (self.time, self.actor, self.actorKind, self.actorName) = (time, actor, actorKind, actorName)
        (self.entityType, self.entityID, self.action) = (entityType, entityID, action)
        (self.outcome, self.changes, self.correlationID) = (outcome, changes, correlationID)
    }

    /// The bytes that the chain is over: every field as one JSON object, in this order.
    func canonical(sequence: Int64) -> String {
        JSONText.object([
            JSONMember("sequence", .integer(Int(sequence))), JSONMember("time", .time(time)),
            JSONMember("org_id", .string(organisation)), JSONMember("project_id", .optional(project)),
            JSONMember("actor", .string(actor)), JSONMember("actor_kind", .string(actorKind)),
            JSONMember("actor_name", .string(actorName)), JSONMember("entity_type", .string(entityType)),
            JSONMember("entity_id", .string(entityID)), JSONMember("action", .string(action)),
            JSONMember("outcome", .string(outcome)), JSONMember("diff_summary", .string(changes.compact)),
            JSONMember("request_id", .optional(requestID)),
            JSONMember("correlation_id", .string(correlationID)),
            JSONMember("source_ip", .optional(sourceAddress)),
            JSONMember("user_agent", .optional(userAgent)),
        ]).compact
    }

    /// The hash of the chain with this record: SHA-256 over the hash before it and its bytes.
    public func hash(sequence: Int64, after previous: Digest) -> Digest {
        var stream = SHA256Stream()
        previous.bytes.withUnsafeBytes { stream.update($0) }
        stream.update(canonical(sequence: sequence))
        return stream.snapshot()
    }
}

/// A record with its place in the chain.
public struct StoredAuditRecord: Hashable, Sendable {
    /// Its place, from 1, without gaps.
    public let sequence: Int64
    /// The record.
    public let record: AuditRecord
    /// The hash of the chain up to it.
    public let hash: Digest
    /// The signature of the hash; nil where there was no key.
    public let signature: [UInt8]?
    /// Which key signed.
    public let keyID: String?
}

/// Signs hashes of the audit's chain.
public struct AuditSignature: Sendable {
    /// Names the key, without telling it.
    public let keyID: String
    /// The signature of a hash.
    public let sign: @Sendable (Digest) -> [UInt8]

    /// A way to sign.
    public init(keyID: String, sign: @escaping @Sendable (Digest) -> [UInt8]) {
        (self.keyID, self.sign) = (keyID, sign)
    }
}

/// Which records a list holds.
public struct AuditSelection: Hashable, Sendable {
    /// Values that columns must have, by column.
    public var equal: [Column: String] = [:]
    /// The first moment.
    public var from: Instant?
    /// The moment after the last.
    public var until: Instant?
    /// Records to leave out at the start.
    public var offset = 0
    /// The most records.
    public var limit = 50

    /// A column that may be asked for.
    public enum Column: String, Hashable, Sendable, CaseIterable {
        /// Who.
        case actor
        /// The kind of thing.
        case entityType = "entity_type"
        /// Which thing.
        case entityID = "entity_id"
        /// What was done.
        case action
        /// What came of it.
        case outcome
        /// The request.
        case requestID = "request_id"
        /// The work.
        case correlationID = "correlation_id"
        /// Where from.
        case sourceAddress = "source_ip"
        /// With what.
        case userAgent = "user_agent"
        /// The label of the organisation.
        case organisation = "org_id"
        /// The label of the project.
        case project = "project_id"
    }

    /// The newest records of all.
    public init() {}
}

/// Where the audit ends, as it was noted apart from the records.
public struct AuditHead: Hashable, Sendable {
    /// The place of the last record.
    public let sequence: Int64
    /// The hash of the chain up to it.
    public let hash: Digest
    /// The signature of ``statement``; nil where there was no key.
    public let signature: [UInt8]?
    /// Which key signed.
    public let keyID: String?

    /// What is signed: other than the hash of the record alone, whose signature stands with the record, so
    /// that no earlier record can be made the last one.
    public var statement: Digest { Self.statement(sequence, hash) }

    static func statement(_ sequence: Int64, _ hash: Digest) -> Digest {
        var stream = SHA256Stream()
        stream.update("audit ends at \(sequence) with \(hash)")
        return stream.snapshot()
    }
}

/// A record that was just added.
public struct AuditPlace: Hashable, Sendable {
    /// Its place.
    public let sequence: Int64
    /// The hash of the chain up to it.
    public let hash: Digest
}

/// The audit: a chain of records, to which is only ever added.
public struct AuditRepository {
    let session: any SQLSession

    private static let columns = """
        sequence, recorded_at, org_id, project_id, actor, actor_kind, actor_name, entity_type, entity_id, \
        action, outcome, diff_summary, request_id, correlation_id, source_ip, user_agent, hash, signature, \
        key_id
        """

    /// The hash before the first record.
    public static let beginning = Digest(bytes: [UInt8](repeating: 0, count: 32))

    /// Adds a record at the end of the chain, and notes that it ends there.
    ///
    /// Where the latest records are missing it goes on after the place that was noted: the gap stays.
    ///
    /// - Returns: its place.
    @discardableResult
    public func insert(_ record: AuditRecord, signature: AuditSignature? = nil) throws -> AuditPlace {
        let last = try session.first(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
        ) { AuditPlace(sequence: try $0.integer(0), hash: try Self.digest($0.blob(1))) }
        let noted = try head().map { AuditPlace(sequence: $0.sequence, hash: $0.hash) }
        let end = [last, noted].compactMap { $0 }.max { $0.sequence < $1.sequence }
        let sequence = (end?.sequence ?? 0) + 1
        let hash = record.hash(sequence: sequence, after: end?.hash ?? Self.beginning)
        let marks = Array(repeating: "?", count: 19).joined(separator: ", ")
        try session.execute(
            "INSERT INTO audit (\(Self.columns)) VALUES (\(marks))",
            [
                .integer(sequence), .instant(record.time), .text(record.organisation),
                .optional(record.project), .text(record.actor), .text(record.actorKind),
                .text(record.actorName), .text(record.entityType), .text(record.entityID),
                .text(record.action), .text(record.outcome), .json(record.changes),
                .optional(record.requestID), .text(record.correlationID), .optional(record.sourceAddress),
                .optional(record.userAgent), .blob(hash.bytes),
                signature.map { .blob($0.sign(hash)) } ?? .null, .optional(signature?.keyID),
            ])
        try setHead(AuditPlace(sequence: sequence, hash: hash), signature)
        return AuditPlace(sequence: sequence, hash: hash)
    }

    private func setHead(_ end: AuditPlace, _ signature: AuditSignature?) throws {
        let statement = AuditHead.statement(end.sequence, end.hash)
        try session.execute(
            """
            INSERT INTO audit_head (id, sequence, hash, signature, key_id) VALUES (1, ?, ?, ?, ?) \
            ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, \
            signature = excluded.signature, key_id = excluded.key_id
            """,
            [
                .integer(end.sequence), .blob(end.hash.bytes),
                signature.map { .blob($0.sign(statement)) } ?? .null, .optional(signature?.keyID),
            ])
    }

    /// Where the audit ends, as it was noted; nil when that was never noted.
    public func head() throws -> AuditHead? {
        try session.first("SELECT sequence, hash, signature, key_id FROM audit_head WHERE id = 1") { row in
            AuditHead(
                sequence: try row.integer(0), hash: try Self.digest(row.blob(1)),
                signature: row[2] == .null ? nil : try row.blob(2), keyID: try row.optionalText(3))
        }
    }

    /// The hashes of records by their places, from one to another.
    public func hashes(from first: Int64, through last: Int64) throws -> [Int64: Digest] {
        let rows = try session.all(
            "SELECT sequence, hash FROM audit WHERE sequence BETWEEN ? AND ?",
            [.integer(first), .integer(last)]
        ) { (try $0.integer(0), try Self.digest($0.blob(1))) }
        return rows.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    /// Records, the newest first.
    public func list(_ selection: AuditSelection) throws -> [StoredAuditRecord] {
        let (condition, arguments) = Self.condition(selection)
        return try session.all(
            "SELECT \(Self.columns) FROM audit\(condition) ORDER BY sequence DESC LIMIT ? OFFSET ?",
            arguments + [.integer(Int64(selection.limit)), .integer(Int64(selection.offset))], Self.read)
    }

    /// How many records there are, whatever the page.
    public func count(_ selection: AuditSelection) throws -> Int {
        let (condition, arguments) = Self.condition(selection)
        return Int(try session.integer("SELECT count(*) FROM audit\(condition)", arguments) ?? 0)
    }

    /// Records after a place, in order.
    public func records(after sequence: Int64, limit: Int) throws -> [StoredAuditRecord] {
        try session.all(
            "SELECT \(Self.columns) FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            [.integer(sequence), .integer(Int64(limit))], Self.read)
    }

    private static func digest(_ bytes: [UInt8]) throws -> Digest {
        guard bytes.count == 32 else {
            throw StorageError(
                .corrupt, "a record of the audit holds no hash of 32 bytes", remedy: "restore a backup")
        }
        return Digest(bytes: bytes)
    }

    private static func condition(_ selection: AuditSelection) -> (String, [SQLValue]) {
        var parts: [String] = []
        var arguments: [SQLValue] = []
        for (column, value) in selection.equal.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            parts.append("\(column.rawValue) = ?")
            arguments.append(.text(value))
        }
        if let from = selection.from {
            parts.append("recorded_at >= ?")
            arguments.append(.instant(from))
        }
        if let until = selection.until {
            parts.append("recorded_at < ?")
            arguments.append(.instant(until))
        }
        return (parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND "), arguments)
    }

    private static func read(_ row: SQLRow) throws -> StoredAuditRecord {
        let (changes, text): (JSONText, String)
        text = try row.text(11)
        do throws(JSONError) { changes = try JSONText(parsing: text) } catch {
            throw StorageError(
                .corrupt, "record \(try row.integer(0)) of the audit holds no JSON: \(error.reason)",
                remedy: "restore a backup")
        }
        var record = AuditRecord(
            time: try row.instant(1), actor: try row.text(4), actorKind: try row.text(5),
            actorName: try row.text(6), entityType: try row.text(7), entityID: try row.text(8),
            action: try row.text(9), outcome: try row.text(10), changes: changes,
            correlationID: try row.text(13))
        record.organisation = try row.text(2)
        record.project = try row.optionalText(3)
        record.requestID = try row.optionalText(12)
        record.sourceAddress = try row.optionalText(14)
        record.userAgent = try row.optionalText(15)
        return StoredAuditRecord(
            sequence: try row.integer(0), record: record, hash: try digest(row.blob(16)),
            signature: row[17] == .null ? nil : try row.blob(17), keyID: try row.optionalText(18))
    }
}

extension StoreTransaction {
    /// The audit.
    public var audit: AuditRepository { AuditRepository(session: session) }
}
