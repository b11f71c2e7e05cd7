extension Migration {
    /// Small things that are one value each, such as the kill switch.
    static let keyValues = Migration(
        number: 31, name: "named-values",
        up: """
            CREATE TABLE key_values (
                name TEXT PRIMARY KEY,
                value TEXT NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT;
            """,
        down: """
            DROP TABLE key_values;
            """)
}
