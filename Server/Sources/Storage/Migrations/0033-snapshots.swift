extension Migration {
    /// What removed events made of the tables of runs: a fingerprint of each run, and the hash of all of them
    /// beside the hash of the chain.
    static let snapshots = Migration(
        number: 33, name: "snapshots",
        up: """
            ALTER TABLE checkpoints ADD COLUMN snapshot_hash BLOB;
            CREATE TABLE snapshot_runs (
                run_id TEXT PRIMARY KEY,
                tables TEXT NOT NULL,
                content TEXT
            ) STRICT;
            """,
        down: """
            DROP TABLE snapshot_runs;
            ALTER TABLE checkpoints DROP COLUMN snapshot_hash;
            """)
}
