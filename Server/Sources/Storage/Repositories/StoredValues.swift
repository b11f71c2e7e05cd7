public import Events
public import Units

/// Small things that are one value each, such as the kill switch, by name.
public struct ValueRepository {
    let session: any SQLSession

    /// The value of a name; nil when there is none.
    ///
    /// - Throws: ``StorageError`` with code `corrupt` when what is stored is no JSON.
    public func find(_ name: String) throws -> JSONText? {
        let text = try session.first("SELECT value FROM key_values WHERE name = ?", [.text(name)]) {
            try $0.text(0)
        }
        guard let text else { return nil }
        do throws(JSONError) { return try JSONText(parsing: text) } catch {
            throw StorageError(
                .corrupt, "the stored value \(name) is no JSON: \(error)",
                remedy: "restore a backup, or delete the row of the table key_values")
        }
    }

    /// Sets the value of a name, in place of an older one.
    public func set(_ name: String, _ value: JSONText, at time: Instant) throws {
        try session.execute(
            """
            INSERT INTO key_values (name, value, updated_at) VALUES (?, ?, ?) \
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
            """, [.text(name), .json(value), .instant(time)])
    }
}

extension StoreTransaction {
    /// Small things that are one value each.
    public var values: ValueRepository { ValueRepository(session: session) }
}
