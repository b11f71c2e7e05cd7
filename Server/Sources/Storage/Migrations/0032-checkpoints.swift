extension Migration {
    /// A checkpoint is a place and the hash of the chain there: what was before it stands in the tables,
    /// which retention leaves as they are.
    static let checkpoints = Migration(
        number: 32, name: "checkpoints",
        up: """
            ALTER TABLE checkpoints DROP COLUMN snapshot_hash;
            """,
        down: """
            ALTER TABLE checkpoints ADD COLUMN snapshot_hash BLOB;
            """)
}
