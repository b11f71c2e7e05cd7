import Settings

/// For each rule, settings that break it.
enum RuleCases {
    static let all = modes + access + storage + venues + secrets + relations + archives

    static let modes = [
        Mistake("mode-asked", .local, "contradicting-settings execution.mode") {
            $0.mode = .live
            $0["execution.mode"] = "backtest"
        },
        Mistake("live-enabled", .local, "contradicting-settings live.enabled") {
            $0["live.enabled"] = "true"
        },
        Mistake(
            "live-limits", .live, "missing-setting risk.max-daily-loss",
            "missing-setting risk.max-position-notional"
        ) {
            $0["risk.max-daily-loss"] = nil
            $0["risk.max-position-notional"] = nil
        },
        Mistake(
            "live-in-ci", .ci, "contradicting-settings execution.mode", "missing-setting venues.use"
        ) { $0["execution.mode"] = "live" },
    ]

    static let access = [
        Mistake("ports", .local, "contradicting-settings metrics.port") { $0["metrics.port"] = "8000" },
        Mistake("ports", .local, "contradicting-settings worker.port") {
            $0["queue.backend"] = "database"
            $0["supervisor.services"] = "api,worker"
            $0["worker.port"] = "8000"
        },
        Mistake("ports", .local, "contradicting-settings scheduler.port") {
            $0["worker.port"] = "9100"
            $0["scheduler.port"] = "9100"
        },
        Mistake("api-exposed", .local, "missing-setting api.token") { $0["api.host"] = "0.0.0.0" },
        Mistake("auth-switched-off", .production, "contradicting-settings auth.required") {
            $0["auth.required"] = "false"
        },
        Mistake("auth-switched-off", .local, "contradicting-settings auth.required") {
            $0["api.host"] = "0.0.0.0"
            $0["api.token"] = "a-token-that-nobody-guesses"
            $0["auth.required"] = "false"
        },
        Mistake("cors-star", .production, "invalid-setting api.cors-origins") {
            $0["api.cors-origins"] = "*"
        },
        Mistake("signing-keys", .local, "invalid-setting auth.signing-keys") {
            $0["auth.signing-keys"] = "2026a:c2hvcnQ=,2026b:c2hvcnQ=,2026c:c2hvcnQ="
        },
        Mistake("signing-keys", .local, "invalid-setting auth.signing-keys") {
            $0["auth.signing-keys"] = Fixture.signingKeys + "," + Fixture.signingKeys
        },
        Mistake("signing-keys", .local, "invalid-setting auth.signing-keys") {
            $0["auth.signing-keys"] = "only-a-long-text-without-any-kid-in-it"
        },
        Mistake("key-set-plain", .production, "invalid-setting auth.key-set-url") {
            $0["auth.key-set-url"] = "http://id.internal/keys"
        },
        Mistake("key-set-plain", .production, "invalid-setting secrets.vault.address") {
            $0["secrets.vault.address"] = "http://vault.internal:8200"
        },
    ]

    static let storage = [
        Mistake("database-tls", .production, "invalid-setting database.url") {
            $0["database.url"] = "postgres://trader@db.internal/tradewind"
        },
        Mistake("database-tls", .production, "invalid-setting database.url") {
            $0["database.url"] = "postgres://trader@db.internal/tradewind?sslmode=verify-ca"
        },
        Mistake("database-tls", .production, "missing-setting database.ca-file") {
            $0["database.ca-file"] = nil
        },
        Mistake("database-tls", .production, "missing-setting database.key-file") {
            $0["database.key-file"] = nil
        },
        Mistake("database-tls", .production, "settings-file database.certificate-file") {
            $0["database.certificate-file"] = "/run/db/other.crt"
        },
        Mistake("database-tls", .production, "settings-file database.key-file") {
            $0.files.modes["/run/db/client.key"] = 0o604
        },
        Mistake("database-tls", .production, "settings-file database.key-file") {
            $0.files.modes["/run/db/client.key"] = 0o660
        },
        Mistake("database-tls", .production, "settings-file database.ca-file") {
            $0.files.modes["/run/db/ca.pem"] = 0o644
        },
        Mistake("database-password-once", .local, "contradicting-settings database.password") {
            $0["database.url"] = "postgres://trader:one@localhost/tradewind"
            $0["database.password"] = "two"
        },
        Mistake("redis-url", .local, "missing-setting redis.url") { $0["queue.backend"] = "redis" },
        Mistake("queue-shared", .local, "contradicting-settings supervisor.services") {
            $0["supervisor.services"] = "api,worker"
        },
        Mistake("log-file-shared", .local, "contradicting-settings logging.file") {
            $0["supervisor.services"] = "api,scheduler"
            $0["queue.backend"] = "database"
            $0["logging.file"] = "all.log"
        },
    ]

    static let venues = [
        Mistake(
            "venue-keys", .production, "missing-setting venues.okx.api-key",
            "missing-setting venues.okx.api-secret",
            "missing-setting venues.okx.passphrase"
        ) { $0["venues.use"] = "binance,okx" },
        Mistake("venue-keys", .live, "missing-setting venues.binance.api-secret") {
            $0["venues.binance.api-secret"] = nil
        },
        Mistake("venue-account", .live, "contradicting-settings venues.binance.account") {
            $0["venues.binance.account"] = "paper"
        },
        Mistake("venue-account", .production, "contradicting-settings venues.binance.account") {
            $0["venues.binance.account"] = "live"
        },
        Mistake("venue-host", .local, "contradicting-settings venues.bybit.url") {
            $0["venues.bybit.url"] = "https://api.bybit.com"
        },
        Mistake("venue-host", .live, "contradicting-settings venues.binance.url") {
            $0["venues.binance.url"] = "https://testnet.binance.vision"
        },
        Mistake("alpaca-key", .local, "contradicting-settings venues.alpaca.api-key") {
            $0["venues.alpaca.api-key"] = "AKX7Q2"
        },
        Mistake("alpaca-key", .local, "contradicting-settings venues.alpaca.api-key") {
            $0["venues.alpaca.account"] = "live"
            $0["venues.alpaca.api-key"] = "PKX7Q2"
        },
        Mistake("venues-in-use", .live, "missing-setting venues.use") { $0["venues.use"] = nil },
        Mistake("venues-in-use", .local, "contradicting-settings venues.use") {
            $0["venues.use"] = "okx,okx"
        },
        Mistake("chain-network", .local, "contradicting-settings chain.network") {
            $0["chain.network"] = "mainnet"
        },
        Mistake(
            "chain-network", .production.with { $0["execution.mode"] = "backtest" },
            "contradicting-settings chain.network"
        ) { $0["chain.network"] = "sepolia" },
        Mistake("chain-network", .local, "contradicting-settings chain.chain-id") {
            $0["chain.network"] = "sepolia"
            $0["chain.chain-id"] = "1"
        },
        Mistake(
            "chain-wallet", .production, "missing-setting chain.wallet-address",
            "missing-setting chain.rpc-url",
            "missing-setting chain.private-key"
        ) { $0["chain.network"] = "mainnet" },
        Mistake("chain-wallet", .local, "invalid-setting chain.private-key") {
            $0["chain.private-key"] = "0x" + String(repeating: "g", count: 64)
        },
        Mistake("chain-wallet", .local, "invalid-setting chain.rpc-url") {
            $0["chain.rpc-url"] = "node.internal"
        },
    ]

    static let secrets = [
        Mistake(
            "vault-login", .local, "missing-setting secrets.vault.address",
            "missing-setting secrets.vault.token-file"
        ) {
            $0["api.secret-backend"] = "vault"
            $0["api.secret-path"] = "tradewind/api"
        },
        Mistake("vault-login", .local, "missing-setting secrets.vault.secret-id-file") {
            $0["api.secret-backend"] = "vault"
            $0["api.secret-path"] = "tradewind/api"
            $0["secrets.vault.address"] = "https://vault.internal"
            $0["secrets.vault.role-id"] = "desk"
        },
        Mistake("vault-once", .local, "contradicting-settings secrets.vault.token") {
            $0["secrets.vault.token"] = "s.abc"
            $0["secrets.vault.token-file"] = "token"
        },
        Mistake("vault-once", .local, "contradicting-settings secrets.vault.secret-id") {
            $0["secrets.vault.secret-id"] = "abc"
            $0["secrets.vault.secret-id-file"] = "id"
        },
        Mistake("vault-once", .local, "contradicting-settings secrets.vault.role-id") {
            $0["secrets.vault.role-id"] = "desk"
            $0["secrets.vault.token-file"] = "token"
        },
        Mistake("aws-region", .local, "missing-setting secrets.aws.region") {
            $0["venues.kraken.secret-backend"] = "aws-secrets-manager"
            $0["venues.kraken.secret-path"] = "desk/kraken"
        },
        Mistake("aws-region", .local, "missing-setting secrets.aws.secret-access-key") {
            $0["secrets.aws.access-key-id"] = "AKIA"
        },
        Mistake("aws-region", .local, "missing-setting secrets.aws.access-key-id") {
            $0["secrets.aws.secret-access-key"] = "abc"
        },
        Mistake("secret-files-private", .production, "settings-file venues.binance.secret-path") {
            $0["venues.binance.api-key"] = nil
            $0["venues.binance.secret-backend"] = "file"
            $0["venues.binance.secret-path"] = "/run/secrets/binance.json"
        },
        Mistake("secret-files-private", .production, "settings-file secrets.vault.token-file") {
            $0["secrets.vault.token-file"] = "/run/vault-token"
            $0.files["/run/vault-token"] = "t"
            $0.files.modes["/run/vault-token"] = 0o644
        },
        Mistake("secret-files-private", .production, "settings-file venues.binance.secret-path-env") {
            $0["venues.binance.secret-backend"] = "file"
            $0["venues.binance.secret-path-env"] = "BINANCE_SECRETS"
            $0.environment["BINANCE_SECRETS"] = "/run/absent.json"
        },
    ]

    static let relations = [
        Mistake("data-window", .local, "contradicting-settings data.end") {
            $0["data.start"] = "2024-05-12"
            $0["data.end"] = "2024-05-12T00:00:00Z"
        },
        Mistake("health-times", .local, "contradicting-settings health.timeout") {
            $0["health.interval"] = "3s"
            $0["health.timeout"] = "3s"
        },
        Mistake("token-lifetimes", .local, "contradicting-settings auth.refresh-token-lifetime") {
            $0["auth.refresh-token-lifetime"] = "15m"
        },
        Mistake("event-lag", .local, "contradicting-settings events.lag-stop") {
            $0["events.lag-stop"] = "1000"
        },
        Mistake("order-limit", .local, "contradicting-settings risk.max-position-notional") {
            $0["risk.max-position-notional"] = "99999"
        },
        Mistake("supervised-services", .local, "contradicting-settings supervisor.services") {
            $0["supervisor.services"] = "api,api"
        },
        Mistake("supervised-services", .local, "contradicting-settings supervisor.restart-waits") {
            $0.yaml = "supervisor: {restart-waits: []}"
        },
        Mistake("stream-age", .live, "contradicting-settings live.heartbeat-timeout") {
            $0["live.heartbeat-timeout"] = "60s"
        },
    ]

    static let archives = [
        Mistake("log-archive-destination", .local, "invalid-setting logs.archive.destination") {
            $0["logs.archive.destination"] = "gs://desk/logs"
        },
        Mistake("log-archive-destination", .local, "invalid-setting logs.archive.destination") {
            $0["logs.archive.destination"] = "s3://De_sk/logs"
            $0["logs.archive.region"] = "eu-central-1"
        },
        Mistake("log-archive-destination", .local, "missing-setting logs.archive.region") {
            $0["logs.archive.destination"] = "s3://desk/logs"
        },
        Mistake("log-archive-destination", .production, "contradicting-settings logs.archive.endpoint") {
            $0["logs.archive.destination"] = "s3://desk"
            $0["logs.archive.endpoint"] = "http://store.example:9000"
        },
        Mistake("log-archive-source", .local, "contradicting-settings logs.ingest") {
            $0["logs.archive.destination"] = "/mnt/logs"
            $0["logs.ingest"] = "false"
        },
    ]
}
