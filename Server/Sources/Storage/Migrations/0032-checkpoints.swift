extension Migration {
    /// A checkpoint is a place and the hash of the chain there: what was before it stands in the tables,
    /// which retention leaves as they are.
    static let checkpoints = Migration(
        number: 32, name: "checkpoints",
        up: """
            ALTER TABLE checkpoints DROP COLUMN snapshot_hash;
            """,
        down: """
            ALTER TABLE checkpoints RENAME TO checkpoints_kept;
            CREATE TABLE checkpoints (
                log_offset INTEGER PRIMARY KEY,
                hash BLOB NOT NULL,
                snapshot_hash BLOB,
                recorded_at INTEGER NOT NULL
            ) STRICT;
            INSERT INTO checkpoints (log_offset, hash, recorded_at)
                SELECT log_offset, hash, recorded_at FROM checkpoints_kept;
            DROP TABLE checkpoints_kept;
            """)
}
