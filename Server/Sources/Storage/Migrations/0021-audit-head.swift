extension Migration {
    /// Where the audit ends, kept apart from its records, so that it is seen when the latest are gone. What
    /// was recorded before is taken as it stands: its end was confirmed by nobody.
    static let auditHead = Migration(
        number: 21, name: "audit-head",
        up: """
            CREATE TABLE audit_head (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                sequence INTEGER NOT NULL,
                hash BLOB NOT NULL,
                signature BLOB,
                key_id TEXT
            ) STRICT;
            INSERT INTO audit_head (id, sequence, hash, signature, key_id)
                SELECT 1, sequence, hash, NULL, 'before-heads' FROM audit ORDER BY sequence DESC LIMIT 1;
            """,
        down: "DROP TABLE audit_head;")
}
