extension Migration {
    /// Bars belong to the run that works on them. The table before held none: nothing wrote it.
    static let runBars = Migration(
        number: 34, name: "run-bars",
        up: """
            DROP TABLE bars;
            CREATE TABLE bars (
                run_id TEXT NOT NULL,
                instrument TEXT NOT NULL,
                timeframe TEXT NOT NULL,
                open_time INTEGER NOT NULL,
                open TEXT NOT NULL,
                high TEXT NOT NULL,
                low TEXT NOT NULL,
                close TEXT NOT NULL,
                volume TEXT NOT NULL,
                PRIMARY KEY (run_id, instrument, open_time)
            ) STRICT;
            """,
        down: """
            DROP TABLE bars;
            CREATE TABLE bars (
                instrument TEXT NOT NULL,
                timeframe TEXT NOT NULL,
                open_time INTEGER NOT NULL,
                open TEXT NOT NULL,
                high TEXT NOT NULL,
                low TEXT NOT NULL,
                close TEXT NOT NULL,
                volume TEXT NOT NULL,
                PRIMARY KEY (instrument, timeframe, open_time)
            ) STRICT;
            """)
}
