extension Migration {
    /// Users, their sessions with refresh tokens, the audit, and answers to requests with an idempotency key.
    static let access = Migration(
        number: 20, name: "access",
        up: """
            CREATE TABLE users (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                role TEXT NOT NULL,
                password TEXT NOT NULL,
                version INTEGER NOT NULL,
                is_disabled INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                password_set_at INTEGER NOT NULL,
                last_login_at INTEGER
            ) STRICT;
            CREATE TABLE sessions (
                id TEXT PRIMARY KEY,
                user_id TEXT NOT NULL,
                user_version INTEGER NOT NULL,
                scopes TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                ended_at INTEGER,
                end_reason TEXT
            ) STRICT;
            CREATE INDEX sessions_user ON sessions (user_id);
            CREATE INDEX sessions_expiry ON sessions (expires_at);
            CREATE TABLE refresh_tokens (
                hash TEXT PRIMARY KEY,
                session_id TEXT NOT NULL,
                issued_at INTEGER NOT NULL,
                used_at INTEGER
            ) STRICT;
            CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
            CREATE TABLE audit (
                sequence INTEGER PRIMARY KEY,
                recorded_at INTEGER NOT NULL,
                org_id TEXT NOT NULL,
                project_id TEXT,
                actor TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                actor_name TEXT NOT NULL,
                entity_type TEXT NOT NULL,
                entity_id TEXT NOT NULL,
                action TEXT NOT NULL,
                outcome TEXT NOT NULL,
                diff_summary TEXT NOT NULL,
                request_id TEXT,
                correlation_id TEXT NOT NULL,
                source_ip TEXT,
                user_agent TEXT,
                hash BLOB NOT NULL,
                signature BLOB,
                key_id TEXT
            ) STRICT;
            CREATE INDEX audit_time ON audit (recorded_at);
            CREATE INDEX audit_actor ON audit (actor, sequence);
            CREATE INDEX audit_entity ON audit (entity_type, entity_id, sequence);
            CREATE INDEX audit_correlation ON audit (correlation_id, sequence);
            CREATE TABLE idempotency (
                principal TEXT NOT NULL,
                route TEXT NOT NULL,
                key TEXT NOT NULL,
                request_hash TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                status INTEGER,
                headers TEXT,
                body BLOB,
                PRIMARY KEY (principal, route, key)
            ) STRICT;
            CREATE INDEX idempotency_expiry ON idempotency (expires_at);
            """,
        down: """
            DROP TABLE idempotency;
            DROP TABLE audit;
            DROP TABLE refresh_tokens;
            DROP TABLE sessions;
            DROP TABLE users;
            """)
}
