import Foundation
import Testing

/// The real executable, as a person runs it.
@Suite struct BinaryTests {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The executable that was built with the tests.
    static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
        .appendingPathComponent("tradewind-server")

    /// A new folder, with files in it.
    private func folder(_ files: [String: String] = [:]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        return folder
    }

    private func run(_ arguments: [String], in folder: URL, _ environment: [String: String] = [:]) throws
        -> Outcome
    {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = folder.appendingPathComponent("stdout-of-the-test")
        let errors = folder.appendingPathComponent("stderr-of-the-test")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    private func mode(_ file: URL) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int)
    }

    @Test func tenMistakesAreOneMessageAndExit78() throws {
        let folder = try folder(["tradewind.yaml": TenMistakesTests.yaml])
        let people = try run(["config", "check"], in: folder)
        #expect(people.status == 78)
        #expect(people.output == "")
        for expected in TenMistakesTests.expected {
            #expect(
                people.errors.contains("error: tradewind.yaml:\(expected.line): "), "line \(expected.line)")
        }
        #expect(people.errors.contains("\(TenMistakesTests.expected.count) problems"))
        #expect(!people.errors.contains("abcdefghijklmnop"))
        let program = try run(["config", "check", "--json"], in: folder)
        #expect(program.status == 78)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any])
        let first = try #require(object["error"] as? [String: Any])
        #expect(first["code"] as? String == "unknown-setting")
        #expect(first["file"] as? String == "tradewind.yaml")
        #expect(first["line"] as? Int == 2)
        let all = try #require(object["problems"] as? [[String: Any]])
        #expect(all.compactMap { $0["line"] as? Int } == TenMistakesTests.expected.map(\.line))
        #expect(all.compactMap { $0["remedy"] as? String }.count == TenMistakesTests.expected.count)
    }

    @Test func productionWithoutSettingsNamesAllThatIsMissing() throws {
        let environments = ProjectFile.root.appendingPathComponent("Deploy/Environments").path
        let outcome = try run(
            ["config", "check", "--set", "files.environments=\(environments)"], in: try folder(),
            ["TRADEWIND_ENVIRONMENT": "production"])
        #expect(outcome.status == 78)
        for key in [
            "execution.mode", "api.token", "api.cors-origins", "auth.signing-keys", "auth.audit-key",
            "database.url",
        ] { #expect(outcome.errors.contains("error: \(key): must be given in production"), "\(key)") }
    }

    @Test func settingsAreShownWithTheirOriginsAndWithoutSecrets() throws {
        let folder = try folder([
            "tradewind.yaml": "api:\n  port: 8123\n", ".env": "TRADEWIND_API__TOKEN='a token of the desk'\n",
        ])
        let environment = ["DATABASE_URL": "postgres://desk:of-no-use-to-you@db/trade"]
        let shown = try run(["config", "show", "--json"], in: folder, environment)
        #expect(shown.status == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        let settings = try #require(object["settings"] as? [[String: Any]])
        let port = try #require(settings.first { $0["key"] as? String == "api.port" })
        #expect(port["value"] as? String == "\"8123\"")
        #expect(port["file"] as? String == "tradewind.yaml")
        #expect(port["line"] as? Int == 2)
        let token = try #require(settings.first { $0["key"] as? String == "api.token" })
        #expect(token["value"] as? String == "(hidden)")
        #expect(token["secret"] as? Bool == true)
        for arguments in [
            ["config", "show"], ["config", "show", "--given"], ["config", "show", "--json"],
            ["config", "explain"],
            ["config", "explain", "api.token"], ["config", "explain", "database.url", "--json"],
            ["config", "check"],
            ["config", "explain", "--json"], ["config", "show", "--set", "api.prot=1"], ["init"],
            ["config", "schema"],
        ] {
            let outcome = try run(arguments, in: folder, environment)
            #expect(
                outcome.status == (arguments.contains("api.prot=1") ? 78 : 0),
                "\(arguments): \(outcome.errors)")
            #expect(!(outcome.output + outcome.errors).contains("of the desk"), "\(arguments)")
            #expect(!(outcome.output + outcome.errors).contains("of-no-use"), "\(arguments)")
        }
    }

    @Test func initWritesAPrivateFileOnceAndKeepsWhatIsThere() throws {
        let folder = try folder()
        let file = folder.appendingPathComponent(".env")
        let environment = ["TRADEWIND_API__TOKEN": "given by the surroundings"]
        #expect(try run(["init"], in: folder, environment).status == 0)
        #expect(try mode(file) == 0o600)
        let once = try String(contentsOf: file, encoding: .utf8)
        #expect(once.contains("\nTRADEWIND_API__TOKEN=\"given by the surroundings\"\n"))
        #expect(try run(["init"], in: folder, environment).status == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == once)
        #expect(try run(["config", "check"], in: folder).status == 0)
        // What was open to others is closed again, and other lines stay.
        try ("MINE=1\n" + once).write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(try run(["init", "--json"], in: folder).status == 0)
        #expect(try mode(file) == 0o600)
        #expect(try String(contentsOf: file, encoding: .utf8) == "MINE=1\n" + once)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".new") }
                == [])
        #expect(try run(["init"], in: folder, ["TRADEWIND_ENVIRONMENT": "production"]).status == 78)
    }

    @Test func theSchemaIsJSONAndKnowsEverySettingButSecrets() throws {
        let outcome = try run(["config", "schema"], in: try folder())
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let sections = try #require(object["properties"] as? [String: [String: Any]])
        let api = try #require(sections["api"]?["properties"] as? [String: [String: Any]])
        #expect(api["port"]?["maximum"] as? Int == 65_535)
        #expect(api["token"] == nil)
        let venues = try #require(sections["venues"]?["properties"] as? [String: [String: Any]])
        #expect((venues["binance"]?["properties"] as? [String: Any])?["account"] != nil)
        #expect(try run(["config", "schema", "settings"], in: try folder()).output == outcome.output)
        #expect(try run(["config", "schema", "run"], in: try folder()).status == 64)
    }

    @Test func anUnknownNameIsAUsageErrorWithTheNearestOne() throws {
        let outcome = try run(["config", "explain", "api.prt"], in: try folder())
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("did you mean api.port?"))
    }
}
