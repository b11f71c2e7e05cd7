import Foundation
import Testing

/// `tradewind secrets`, as a person runs it: the executable that was built with the tests.
@Suite struct SecretsCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "secrets-desk-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = """
            venues:
              use: [binance, okx]
              binance:
                secret-backend: file
                secret-path: keys.json
            """
        try Data(settings.utf8).write(to: folder.appending(path: "tradewind.yaml"))
        try writeKeys("first")
    }

    private func writeKeys(_ word: String) throws {
        let next = folder.appending(path: "keys.next")
        try Data("{\"api_key\": \"\(word)-key-value\", \"api-secret\": \"\(word)-secret-value\"}".utf8).write(
            to: next)
        rename(next.path, folder.appending(path: "keys.json").path)
    }

    private func run(_ arguments: [String], _ variables: [String: String] = [:]) throws -> (
        status: Int32, text: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "tradewind-server")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = variables
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private let okx = [
        "TRADEWIND_VENUES__OKX__API_KEY": "okx-key-value",
        "TRADEWIND_VENUES__OKX__API_SECRET": "okx-secret-value",
        "TRADEWIND_VENUES__OKX__PASSPHRASE": "okx-phrase-value",
    ]

    private func members(_ text: String) throws -> [String: [String: Any]] {
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("{") })
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let rows = try #require(object["secrets"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["secret"] as? String ?? "", $0) })
    }

    @Test func checkSaysWhereEachSecretIsAndNeverItsValue() throws {
        let found = try run(["secrets", "check"], okx)
        #expect(found.status == 0, "\(found.text)")
        for part in [
            "binance/api-key", "file keys.json", "okx/passphrase", "environment TRADEWIND_VENUES__OKX__",
        ] {
            #expect(found.text.contains(part), "\(part)")
        }
        #expect(!found.text.contains("-value"))
        let rows = try members(run(["secrets", "check", "--json"], okx).text)
        #expect(rows.count == 5)
        #expect(rows["binance/api-key"]?["source"] as? String == "file")
        #expect(rows["binance/api-key"]?["age_seconds"] as? Int != nil)
        #expect(rows["okx/api-key"]?["source"] as? String == "environment")
    }

    @Test func aMissingSecretIsAnErrorThatNamesTheVariable() throws {
        let found = try run(["secrets", "check"])
        #expect(found.status == 78)
        #expect(found.text.contains("set TRADEWIND_VENUES__OKX__PASSPHRASE"))
        try FileManager.default.removeItem(at: folder.appending(path: "keys.json"))
        let gone = try run(["secrets", "check"], okx)
        #expect(gone.status == 69)
        #expect(gone.text.contains("No such file"))
    }

    @Test func rotateTellsWhatChangedByVersionAndIsAudited() throws {
        let first = try members(run(["secrets", "rotate", "--json"], okx).text)
        #expect(first["binance/api-key"]?["changed"] as? Bool == false)
        let before = try #require(first["binance/api-key"]?["version"] as? String)
        let mark = try mark()
        try writeKeys("second")
        let second = try members(run(["secrets", "rotate", "--json"], okx).text)
        #expect(second["binance/api-key"]?["changed"] as? Bool == true)
        #expect(second["binance/api-key"]?["version_before"] as? String == before)
        #expect(second["okx/api-key"]?["changed"] as? Bool == false)
        #expect(try self.mark() != mark, "running services are asked")
        let audit = folder.appending(path: ".tradewind/audit")
        let names = try FileManager.default.contentsOfDirectory(atPath: audit.path)
        let text = try names.map { try String(contentsOf: audit.appending(path: $0), encoding: .utf8) }
            .joined()
        #expect(text.contains("\"rotated\""))
        #expect(!text.contains("-value"))
    }

    private func mark() throws -> Int {
        let path = folder.appending(path: ".tradewind/rotate-secrets").path
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.systemFileNumber] as? Int)
            ^ Int((attributes[.modificationDate] as? Date ?? .distantPast).timeIntervalSince1970 * 1e6)
    }
}
