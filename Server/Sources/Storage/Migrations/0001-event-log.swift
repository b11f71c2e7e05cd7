extension Migration {
    /// The event log, its consumers and its checkpoints.
    static let eventLog = Migration(
        number: 1, name: "event-log",
        up: """
            CREATE TABLE outbox (
                log_offset INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                form INTEGER NOT NULL,
                type TEXT NOT NULL,
                run_id TEXT,
                correlation_id TEXT NOT NULL,
                recorded_at INTEGER NOT NULL,
                content_sha256 TEXT,
                envelope TEXT NOT NULL,
                hash BLOB NOT NULL
            ) STRICT;
            CREATE INDEX outbox_type ON outbox (type, log_offset);
            CREATE INDEX outbox_run ON outbox (run_id, log_offset) WHERE run_id IS NOT NULL;
            CREATE INDEX outbox_correlation ON outbox (correlation_id, log_offset);
            CREATE INDEX outbox_content ON outbox (content_sha256) WHERE content_sha256 IS NOT NULL;
            CREATE TABLE event_head (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                log_offset INTEGER NOT NULL,
                hash BLOB NOT NULL
            ) STRICT;
            CREATE TABLE event_blobs (
                sha256 TEXT PRIMARY KEY,
                content BLOB NOT NULL,
                recorded_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE consumer_offsets (
                consumer TEXT PRIMARY KEY,
                log_offset INTEGER NOT NULL CHECK (log_offset >= 0),
                updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE checkpoints (
                log_offset INTEGER PRIMARY KEY,
                hash BLOB NOT NULL,
                snapshot_hash BLOB,
                recorded_at INTEGER NOT NULL
            ) STRICT;
            """,
        down: """
            DROP TABLE checkpoints;
            DROP TABLE consumer_offsets;
            DROP TABLE event_blobs;
            DROP TABLE event_head;
            DROP TABLE outbox;
            """)
}
