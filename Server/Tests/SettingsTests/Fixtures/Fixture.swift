import Settings

/// Sources of settings to start from: right as they are, to be made wrong one thing at a time.
struct Fixture: Sendable {
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var files = MemoryFiles()
    var service: ServiceKind?
    var mode: ExecutionMode?

    /// A ring of signing keys: 32 bytes each.
    static let signingKeys =
        "2026b:b2Zhc3RlcmlvbmRldmVudG9zdXJtYXJlcXVpZXRvMDE=,"
        + "2026a:bWFyZWRvbW9jb25jZXJ0b2RlaXZlbnRpYWxpc2VpMDI="

    /// Nothing is given: a person's machine.
    static let local = Fixture()

    /// All that continuous integration must give.
    static let ci: Fixture = {
        var fixture = Fixture()
        fixture.environment = [
            "TRADEWIND_ENVIRONMENT": "ci", "TRADEWIND_API__TOKEN": "token-of-the-ci-job-4711",
            "TRADEWIND_AUTH__SIGNING_KEYS": signingKeys,
        ]
        fixture.addEnvironmentFiles()
        return fixture
    }()

    /// All that production must give, for a paper process with one venue.
    static let production: Fixture = {
        var fixture = Fixture()
        fixture.environment = [
            "TRADEWIND_ENVIRONMENT": "production", "TRADEWIND_EXECUTION__MODE": "paper",
            "TRADEWIND_DATABASE__URL": "postgres://trader@db.internal:5433/tradewind?sslmode=verify-full",
            "TRADEWIND_DATABASE__PASSWORD": "correct horse battery staple",
            "TRADEWIND_DATABASE__CA_FILE": "/run/db/ca.pem",
            "TRADEWIND_DATABASE__CERTIFICATE_FILE": "/run/db/client.crt",
            "TRADEWIND_DATABASE__KEY_FILE": "/run/db/client.key",
            "TRADEWIND_API__TOKEN": "a-token-that-nobody-guesses",
            "TRADEWIND_API__CORS_ORIGINS": "https://desk.tradewind.internal",
            "TRADEWIND_AUTH__SIGNING_KEYS": signingKeys,
            "TRADEWIND_AUTH__AUDIT_KEY": "the-audit-key-of-our-desk",
            "TRADEWIND_VENUES__USE": "binance", "TRADEWIND_VENUES__BINANCE__API_KEY": "binance-key",
            "TRADEWIND_VENUES__BINANCE__API_SECRET": "binance-signing-secret",
        ]
        fixture.addEnvironmentFiles()
        for path in ["/run/db/ca.pem", "/run/db/client.crt", "/run/db/client.key"] {
            fixture.files[path] = "PEM"
        }
        return fixture
    }()

    /// Production with all guards of live trading open.
    static let live: Fixture = {
        var fixture = production
        fixture["execution.mode"] = "live"
        fixture["venues.binance.account"] = "live"
        fixture["live.enabled"] = "true"
        fixture["live.read-only"] = "false"
        fixture["risk.max-order-notional"] = "500"
        fixture["risk.max-position-notional"] = "2000"
        fixture["risk.max-daily-loss"] = "100"
        return fixture
    }()

    /// The environment variable of a setting.
    subscript(_ key: String) -> String? {
        get { environment[SettingKey.environmentVariable(for: key)] }
        set { environment[SettingKey.environmentVariable(for: key)] = newValue }
    }

    /// The lines of the settings file.
    var yaml: String? {
        get { files["tradewind.yaml"] }
        set { files["tradewind.yaml"] = newValue }
    }

    var dotenv: String? {
        get { files[".env"] }
        set { files[".env"] = newValue }
    }

    var sources: SettingsSources {
        SettingsSources(arguments: arguments, environment: environment, files: files)
    }

    var survey: SettingsSurvey { SettingsLoader.survey(service: service, mode: mode, sources: sources) }

    /// What is wrong.
    var problems: [SettingsProblem] { survey.problems?.problems ?? [] }

    func load() throws(SettingsProblems) -> LoadedSettings {
        try SettingsLoader.load(service: service, mode: mode, sources: sources)
    }

    /// The fixture with a change.
    func with(_ change: (inout Fixture) -> Void) -> Fixture {
        var copy = self
        change(&copy)
        return copy
    }

    private mutating func addEnvironmentFiles() {
        for name in DeploymentEnvironment.allCases.map(\.rawValue) {
            let path = "Deploy/Environments/\(name).yaml"
            do {
                files[path] = try ProjectFile.text(path)
            } catch {
                files.contents[path] = .unreadable(reason: "\(error)")
            }
        }
    }
}

extension SettingsProblem {
    /// Code and key, to compare.
    var mark: String { "\(code.rawValue) \(key ?? "-")" }
}
