import Settings
import Testing
import Units

@Suite struct PrecedenceTests {
    @Test func nothingGivenIsSafeOnAPersonsMachine() throws {
        let loaded = try Fixture.local.load()
        #expect(loaded.environment == .local)
        #expect(loaded.settings.api.host == "127.0.0.1")
        #expect(loaded.settings.api.port == 8000)
        #expect(loaded.settings.metrics.port == nil)
        #expect(loaded.settings.execution.mode == .backtest)
        #expect(loaded.settings.live.isEnabled == false)
        #expect(loaded.settings.live.isReadOnly)
        #expect(loaded.settings.live.maxOrderNotional.description == "100")
        #expect(loaded.settings.supervisor.restartWaits == [.seconds(5), .seconds(10), .seconds(20)])
        #expect(loaded.settings.supervisor.services == [.api])
        #expect(loaded.settings.logging.rotationBytes == 10_485_760)
        #expect(loaded.provenance.values.allSatisfy { $0.origin == .builtIn })
        #expect(loaded.knownSecrets.isEmpty)
    }

    @Test func aNearerPlaceCounts() throws {
        var fixture = Fixture.local
        fixture.files["Deploy/Environments/local.yaml"] = "api:\n  port: 8001\n"
        func port() throws -> (Int, SettingOrigin?) {
            let loaded = try fixture.load()
            return (loaded.settings.api.port, loaded.provenance["api.port"]?.origin)
        }
        #expect(try port() == (8001, .file(path: "Deploy/Environments/local.yaml", line: 2)))
        fixture.yaml = "\n\napi:\n  host: 127.0.0.1\n  port: 8002\n"
        #expect(try port() == (8002, .file(path: "tradewind.yaml", line: 5)))
        fixture.dotenv = "# remark\nexport TRADEWIND_API__PORT=8003\n"
        #expect(try port() == (8003, .file(path: ".env", line: 2)))
        fixture["api.port"] = "8004"
        #expect(try port() == (8004, .environment(variable: "TRADEWIND_API__PORT")))
        fixture.arguments = ["api.port=8005"]
        #expect(try port() == (8005, .commandLine(position: 1)))
        #expect(
            try fixture.load().provenance["api.port"]?.overridden.map(\.shown) == [
                "\"8004\"", "\"8003\"", "\"8002\"", "\"8001\"",
            ])
    }

    @Test func theTightestLimitCountsWhereverItStands() throws {
        var fixture = Fixture.local
        fixture.yaml = "risk:\n  max-order-notional: \"250\"\n  max-working-orders: 3\n"
        fixture["risk.max-order-notional"] = "5000"
        fixture["risk.max-working-orders"] = "2"
        let loaded = try fixture.load()
        #expect(loaded.settings.risk.maxOrderNotional.description == "250")
        #expect(
            loaded.provenance["risk.max-order-notional"]?.origin == .file(path: "tradewind.yaml", line: 2))
        #expect(loaded.settings.risk.maxWorkingOrders == 2)
        #expect(loaded.notes.contains { $0.contains("risk.max-order-notional") && $0.contains("tighter") })
        // The built-in limit is no limit that somebody set: it may be raised.
        fixture["live.max-order-notional"] = "800"
        #expect(try fixture.load().settings.live.maxOrderNotional.description == "800")
    }

    @Test func dotenvCountsInLocalOnly() throws {
        let fixture = Fixture.ci.with { $0.dotenv = "TRADEWIND_API__PORT=9999\nTRADEWIND_NO_SUCH=1\n" }
        let loaded = try fixture.load()
        #expect(loaded.settings.api.port == 8000)
        #expect(loaded.notes.contains { $0.contains(".env is not read in ci") })
    }

    @Test func dotenvReadableByOthersIsRemarkedUpon() throws {
        var fixture = Fixture.local.with { $0.dotenv = "TRADEWIND_API__PORT=9000" }
        #expect(try fixture.load().notes == [])
        fixture.files.modes[".env"] = 0o644
        #expect(try fixture.load().notes.first?.contains("mode 0644") == true)
    }

    @Test func anEmptyValueIsNotGiven() throws {
        var fixture = Fixture.local.with { $0.yaml = "api:\n  port:\n  cors-origins: ~\nmetrics:\n" }
        fixture["api.host"] = ""
        let loaded = try fixture.load()
        #expect(loaded.settings.api.port == 8000)
        #expect(loaded.settings.api.host == "127.0.0.1")
        #expect(
            Fixture.production.with { $0["api.token"] = "" }.problems.map(\.mark) == [
                "missing-setting api.token"
            ])
    }

    @Test func theOtherNameOfTheDatabase() throws {
        var fixture = Fixture.local
        fixture.environment["DATABASE_URL"] = "sqlite:////var/lib/tradewind/desk.db"
        #expect(
            try fixture.load().settings.database.url.address == .sqlite(path: "/var/lib/tradewind/desk.db"))
        #expect(
            try fixture.load().provenance["database.url"]?.origin == .environment(variable: "DATABASE_URL"))
        fixture["database.url"] = "sqlite:////var/lib/tradewind/desk.db"
        #expect(fixture.problems == [])
        fixture["database.url"] = "sqlite:///other.db"
        #expect(fixture.problems.map(\.mark) == ["contradicting-settings database.url"])
    }

    @Test func theEnvironmentIsTheSameWhereverItIsNamed() throws {
        #expect(try Fixture.local.with { $0["environment"] = "dev" }.load().environment == .local)
        #expect(try Fixture.local.with { $0.yaml = "environment: development" }.load().environment == .local)
        #expect(try Fixture.ci.with { $0["environment"] = "test" }.load().environment == .ci)
        #expect(try Fixture.production.with { $0["environment"] = "prod" }.load().environment == .production)
        #expect(
            try Fixture.production.with { $0.yaml = "environment: prod" }.load().environment == .production)
        let differing = Fixture.production.with { $0.yaml = "environment: staging" }.problems
        #expect(differing.map(\.mark) == ["contradicting-settings environment"])
        #expect(differing.first?.file == "tradewind.yaml")
        let dotenv = Fixture.local.with { $0.dotenv = "TRADEWIND_ENVIRONMENT=production" }.problems
        #expect(dotenv.map(\.mark) == ["contradicting-settings environment"])
        #expect(dotenv.map(\.line) == [1])
        #expect(
            Fixture.local.with { $0["environment"] = "moon" }.problems.map(\.mark) == [
                "invalid-setting environment"
            ])
    }

    @Test func filesAreNamedByTheCommandLineOrTheEnvironmentOnly() throws {
        var fixture = Fixture.local
        fixture.files["desk.yaml"] = "api:\n  port: 8123\n"
        fixture.arguments = ["files.settings=desk.yaml"]
        #expect(try fixture.load().settings.api.port == 8123)
        fixture.arguments = ["files.settings=absent.yaml"]
        #expect(fixture.problems.map(\.file) == ["absent.yaml"])
        fixture.arguments = []
        fixture.yaml = "files:\n  settings: desk.yaml\n"
        #expect(fixture.problems.map(\.mark) == ["invalid-setting files.settings"])
    }

    @Test func stagingAndProductionNeedTheirFile() {
        let fixture = Fixture.production.with { $0.files["Deploy/Environments/production.yaml"] = nil }
        #expect(fixture.problems.contains { $0.file == "Deploy/Environments/production.yaml" })
        #expect(fixture.problems.contains { $0.mark == "missing-setting auth.issuer" })
    }

    @Test func aServiceNeedsOnlyWhatItReads() throws {
        var fixture = Fixture.production
        fixture["api.token"] = nil
        fixture["auth.signing-keys"] = nil
        fixture["api.cors-origins"] = nil
        #expect(
            fixture.problems.map(\.mark) == [
                "missing-setting api.token", "missing-setting api.cors-origins",
                "missing-setting auth.signing-keys",
            ])
        fixture.service = .worker
        #expect(fixture.problems == [])
        fixture.service = .api
        #expect(fixture.problems.count == 3)
    }

    @Test func variablesOfTestsAndOfKubernetesAreNoSettings() throws {
        var fixture = Fixture.local
        fixture.environment = [
            "TRADEWIND_SHARED_DATA": "x", "TRADEWIND_TEST_LONG": "1",
            "TRADEWIND_API_SERVICE_HOST": "10.0.0.7",
            "TRADEWIND_API_SERVICE_PORT": "80", "TRADEWIND_API_PORT": "tcp://10.0.0.7:80",
            "TRADEWIND_API_PORT_80_TCP_ADDR": "10.0.0.7",
        ]
        #expect(try fixture.load().settings.api.port == 8000)
        fixture.environment["TRADEWIND_API_SERVICE_HOST"] = nil
        #expect(fixture.problems.count == 3)
        #expect(
            fixture.problems.first { $0.sentence.contains("TRADEWIND_API_PORT ") }?.remedy
                == "did you mean TRADEWIND_API__PORT?")
    }

    @Test func featuresAreOffInProductionUnlessSet() throws {
        #expect(try Fixture.local.load().settings.features.dashboard)
        let production = try Fixture.production.load().settings.features
        #expect(
            [production.dashboard, production.documentation, production.browserLogs, production.startRuns]
                == [false, false, false, false])
        #expect(
            try Fixture.production.with { $0["features.dashboard"] = "true" }.load().settings.features
                .dashboard)
    }
}
