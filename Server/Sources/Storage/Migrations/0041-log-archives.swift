extension Migration {
    /// Which lines of the logs were archived: for each file of a day, up to which line it goes.
    static let logArchives = Migration(
        number: 41, name: "log-archives",
        up: """
            CREATE TABLE log_archives (
                day INTEGER NOT NULL,
                part INTEGER NOT NULL CHECK (part >= 1),
                last_line INTEGER NOT NULL,
                name TEXT NOT NULL,
                destination TEXT NOT NULL,
                lines INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                file_hash BLOB NOT NULL,
                archived_at INTEGER NOT NULL,
                PRIMARY KEY (day, part)
            ) STRICT;
            """,
        down: "DROP TABLE log_archives;")
}
