extension Migration {
    /// Lines of log files, and how far each file was read.
    static let logs = Migration(
        number: 30, name: "logs",
        up: """
            CREATE TABLE logs (
                id INTEGER PRIMARY KEY,
                logged_at INTEGER NOT NULL,
                ingested_at INTEGER NOT NULL,
                severity INTEGER NOT NULL CHECK (severity >= 0 AND severity <= 6),
                service TEXT NOT NULL,
                logger TEXT NOT NULL,
                event TEXT,
                message TEXT NOT NULL,
                correlation_id TEXT,
                request_id TEXT,
                run_id TEXT,
                strategy_id TEXT,
                trace_id TEXT,
                payload TEXT,
                file INTEGER NOT NULL,
                position INTEGER NOT NULL,
                line_hash BLOB NOT NULL
            ) STRICT;
            CREATE UNIQUE INDEX logs_line ON logs (file, position, line_hash);
            CREATE INDEX logs_time ON logs (logged_at, id);
            CREATE INDEX logs_severity ON logs (severity, logged_at, id);
            CREATE INDEX logs_severe ON logs (logged_at, id) WHERE severity >= 4;
            CREATE INDEX logs_correlation ON logs (correlation_id, logged_at, id)
                WHERE correlation_id IS NOT NULL;
            CREATE INDEX logs_run ON logs (run_id, logged_at, id) WHERE run_id IS NOT NULL;
            CREATE TABLE log_files (
                log TEXT NOT NULL,
                device INTEGER NOT NULL,
                inode INTEGER NOT NULL,
                head BLOB NOT NULL,
                identity INTEGER NOT NULL,
                position INTEGER NOT NULL CHECK (position >= 0),
                is_skipping INTEGER NOT NULL,
                PRIMARY KEY (log, device, inode)
            ) STRICT;
            """,
        down: """
            DROP TABLE log_files;
            DROP TABLE logs;
            """)
}
