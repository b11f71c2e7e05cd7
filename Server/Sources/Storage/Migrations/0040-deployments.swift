extension Migration {
    /// What was deployed, by whom, and what came of it.
    static let deployments = Migration(
        number: 40, name: "deployments",
        up: """
            CREATE TABLE deployments (
                id TEXT PRIMARY KEY,
                action TEXT NOT NULL,
                environment TEXT NOT NULL,
                actor TEXT NOT NULL,
                started_at INTEGER NOT NULL,
                milliseconds INTEGER NOT NULL,
                from_commit TEXT,
                to_commit TEXT,
                backup TEXT,
                result TEXT NOT NULL,
                reason TEXT
            ) STRICT;
            CREATE INDEX deployments_by_time ON deployments (started_at);
            """,
        down: "DROP TABLE deployments;")
}
