extension Migration {
    /// Runs with their results, orders, fills and positions: projections of the event log.
    static let runs = Migration(
        number: 10, name: "runs",
        up: """
            CREATE TABLE runs (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                mode TEXT NOT NULL,
                strategy TEXT NOT NULL,
                status TEXT NOT NULL,
                share_class TEXT,
                initial_equity TEXT,
                window_start INTEGER,
                window_end INTEGER,
                config TEXT NOT NULL,
                created_by TEXT NOT NULL,
                correlation_id TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                started_at INTEGER,
                ended_at INTEGER,
                stop_requested_at INTEGER,
                queued_at INTEGER,
                attempts INTEGER NOT NULL,
                percent REAL NOT NULL,
                run_time INTEGER,
                equity TEXT,
                drawdown REAL,
                orders INTEGER NOT NULL,
                fills INTEGER NOT NULL,
                reason TEXT,
                error_code TEXT,
                problems TEXT
            ) STRICT;
            CREATE INDEX runs_status ON runs (status, created_at);
            CREATE INDEX runs_created ON runs (created_at, id);
            CREATE TABLE results (
                run_id TEXT PRIMARY KEY,
                final_equity TEXT,
                total_return REAL,
                sharpe REAL,
                max_drawdown REAL,
                trades INTEGER,
                fills INTEGER,
                log_hash TEXT,
                elapsed_seconds REAL,
                summary TEXT NOT NULL,
                recorded_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE orders (
                client_order_id TEXT PRIMARY KEY,
                run_id TEXT,
                instrument TEXT NOT NULL,
                side TEXT NOT NULL,
                type TEXT NOT NULL,
                status TEXT NOT NULL,
                quantity TEXT NOT NULL,
                filled_quantity TEXT NOT NULL,
                average_price TEXT,
                limit_price TEXT,
                stop_price TEXT,
                venue_order_id TEXT,
                reason TEXT,
                correlation_id TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX orders_run ON orders (run_id, created_at, client_order_id);
            CREATE INDEX orders_status ON orders (status, created_at);
            CREATE TABLE fills (
                id TEXT PRIMARY KEY,
                run_id TEXT,
                client_order_id TEXT NOT NULL,
                instrument TEXT NOT NULL,
                side TEXT NOT NULL,
                quantity TEXT NOT NULL,
                price TEXT NOT NULL,
                fee TEXT,
                fee_asset TEXT,
                cause TEXT,
                filled_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX fills_run ON fills (run_id, filled_at, id);
            CREATE TABLE positions (
                run_id TEXT NOT NULL,
                instrument TEXT NOT NULL,
                quantity TEXT NOT NULL,
                mark TEXT,
                updated_at INTEGER NOT NULL,
                PRIMARY KEY (run_id, instrument)
            ) STRICT;
            CREATE TABLE run_points (
                run_id TEXT NOT NULL,
                run_time INTEGER NOT NULL,
                equity TEXT NOT NULL,
                PRIMARY KEY (run_id, run_time)
            ) STRICT;
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
            """,
        down: """
            DROP TABLE bars;
            DROP TABLE run_points;
            DROP TABLE positions;
            DROP TABLE fills;
            DROP TABLE orders;
            DROP TABLE results;
            DROP TABLE runs;
            """)
}
