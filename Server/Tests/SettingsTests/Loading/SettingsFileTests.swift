import Settings
import Testing

@Suite struct SettingsFileTests {
    private func problems(_ yaml: String) -> [String] {
        Fixture.local.with { $0.yaml = yaml }.problems.map { "\($0.line ?? 0) \($0.mark)" }
    }

    private func remedy(_ yaml: String) -> String? {
        Fixture.local.with { $0.yaml = yaml }.problems.first?.remedy
    }

    @Test func listsMapsAndTextsAreRead() throws {
        let fixture = Fixture.local.with {
            $0.yaml = """
                api:
                  cors-origins:
                  - https://a.internal
                  - "http://b.internal:81"
                venues:
                  use: [binance, okx]
                  binance:
                    secret-backend: file
                    secret-path: secrets/binance.json
                    field-mapping: {api-key: apiKey, api-secret: secretKey}
                supervisor: {restart-waits: [1s, 250ms]}
                """
        }
        let settings = try fixture.load().settings
        #expect(settings.api.corsOrigins == ["https://a.internal", "http://b.internal:81"])
        #expect(settings.venues.use == [.binance, .okx])
        #expect(
            settings.venues[.binance]?.credential.description.backend
                == BackendReference(
                    adapter: "file", path: "secrets/binance.json",
                    fieldMapping: ["api-key": "apiKey", "api-secret": "secretKey"]))
        #expect(settings.supervisor.restartWaits == [.seconds(1), .milliseconds(250)])
        let same = Fixture.local.with {
            $0["api.cors-origins"] = "https://a.internal, http://b.internal:81"
            $0["venues.binance.field-mapping"] = "api-key=apiKey, api-secret=secretKey"
            $0["venues.binance.secret-backend"] = "file"
            $0["venues.binance.secret-path"] = "secrets/binance.json"
        }
        #expect(try same.load().settings.api.corsOrigins == settings.api.corsOrigins)
        #expect(
            try same.load().settings.venues[.binance]?.credential.description.backend
                == settings.venues[.binance]?.credential.description.backend)
    }

    @Test func misspeltNamesAreNamedWithTheNearest() {
        #expect(problems("api:\n  prot: 8001\n") == ["2 unknown-setting -"])
        #expect(remedy("api:\n  prot: 8001\n") == "did you mean api.port?")
        #expect(remedy("helth:\n  interval: 1s\n") == "did you mean health?")
        #expect(remedy("weather:\n  rain: 3\n") == "remove it; config explain lists all settings")
        #expect(remedy("server.pool-size: 3\n") == "did you mean database.pool-size?")
        #expect(remedy("api.port: 3\n") == "write it as a section with its setting below it, indented")
    }

    @Test func aKeyGivenTwiceDoesNotHideOtherMistakes() {
        let yaml = """
            api:
              port: 8001
              host: 127.0.0.1
              port: 8002
            health:
              interval: 99
            api:
              max-page-size: 5
            logging:
              level: loud
            """
        #expect(
            problems(yaml) == [
                "4 duplicate-setting -", "6 invalid-setting health.interval", "7 duplicate-setting -",
                "10 invalid-setting logging.level",
            ])
    }

    @Test func listsAreTakenOutWithTheirRepeatedKey() {
        let yaml = "venues:\n  use:\n  - okx\n  use:\n  - binance\n  - mars\n  okx: {account: gold}\n"
        #expect(problems(yaml) == ["4 duplicate-setting -", "7 invalid-setting venues.okx.account"])
    }

    @Test func whatIsNotPlainYAMLIsRefusedWithItsLine() {
        #expect(problems("api: &a\n  port: 1\nx: *a\n") == ["3 settings-file -"])
        #expect(problems("api:\n  port: !!int 8000\n") == ["2 settings-file -"])
        #expect(problems("api: {port: 1\nhost: x\n").first?.hasSuffix("settings-file -") == true)
        #expect(problems("api:\n\tport: 1\n").first == "2 settings-file -")
        #expect(problems("a: 1\n---\nb: 2\n").contains { $0.hasSuffix("settings-file -") })
        #expect(problems("- 1\n- 2\n") == ["1 settings-file -"])
        #expect(problems("") == [])
        #expect(problems("# nothing\n") == [])
        #expect(problems("api: 8000\n") == ["1 invalid-setting api"])
        #expect(problems("api:\n  port: {a: 1}\n") == ["2 invalid-setting api.port"])
        #expect(problems("api:\n  port: [[1]]\n") == ["2 invalid-setting api.port"])
        #expect(problems(String(repeating: "[", count: 3000)) != [])
        #expect(problems(String(repeating: "- ", count: 100) + "1") != [])
    }

    @Test func secretsInAFileAreRefused() {
        #expect(problems("api:\n  token: abc\n") == ["2 exposed-secret api.token"])
        #expect(
            problems("database:\n  url: postgres://u:pw@h/d\n") == ["2 exposed-secret database.url"])
        #expect(problems("database:\n  url: postgres://u@h/d\n") == [])
        #expect(problems("redis: {url: \"redis://:pw@h:6379\"}") == ["1 exposed-secret redis.url"])
        let argument = Fixture.local.with { $0.arguments = ["api.token=a-token-that-is-long"] }
        #expect(argument.problems.map(\.mark) == ["exposed-secret api.token"])
        #expect(Fixture.local.with { $0["api.token"] = "a-token-that-is-long" }.problems == [])
        #expect(Fixture.local.with { $0.dotenv = "TRADEWIND_API__TOKEN=a-token-that-is-long" }.problems == [])
    }

    @Test func argumentsAreKeyAndValue() {
        func problems(_ arguments: [String]) -> [String] {
            Fixture.local.with { $0.arguments = arguments }.problems.map(\.mark)
        }
        #expect(problems(["api.port"]) == ["settings-file -"])
        #expect(problems(["api.prt=1"]) == ["unknown-setting -"])
        #expect(problems(["api.port=1", "api.port=2"]) == ["duplicate-setting api.port"])
        #expect(problems(["=x"]) == ["unknown-setting -"])
        #expect(problems(["api.port=0"]) == ["invalid-setting api.port"])
    }
}
