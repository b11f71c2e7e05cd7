import Foundation
import Settings
import Testing
import Units

@Suite struct FileSecretBackendTests {
    private func withFile(_ content: String, mode: Int = 0o600, _ body: (String) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "keys.json").path
        try Data(content.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        try await body(path)
    }

    private let backend = FileSecretBackend(mustBePrivate: true)

    @Test func itReadsTextsNumbersAndNestedFields() async throws {
        let content =
            #"{"api-key": "k\u00e9y", "pin": 1234, "flag": true, "no": null, "data": {"data": {"x": "y"}}}"#
        try await withFile(content) { path in
            let fields = try await backend.fetch(path: path).fields.mapValues { $0.withText { $0 } }
            #expect(fields == ["api-key": "kéy", "pin": "1234", "flag": "true", "data.data.x": "y"])
        }
    }

    @Test(arguments: [
        "", "[]", "\"text\"", "{", "{\"a\": [1]}", "{\"a\": {\"b\": [\"c\"]}}", "17", "\u{0}\u{1}",
    ])
    func whatIsNoObjectOfTextsIsRefusedWithoutQuotingIt(_ content: String) async throws {
        try await withFile(content) { path in
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: path) }
            #expect(error?.code == .malformed)
        }
    }

    @Test func anErrorDoesNotQuoteABrokenFile() async throws {
        try await withFile("{\"api-key\": \"verysecretvalue\", oops") { path in
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: path) }
            #expect(error.map { "\($0)".contains("verysecretvalue") } == false)
        }
    }

    @Test func aDeepObjectIsRefused() async throws {
        let deep = String(repeating: "{\"a\":", count: 400) + "1" + String(repeating: "}", count: 400)
        try await withFile(deep) { path in
            await #expect(throws: SecretError.self) { try await backend.fetch(path: path) }
        }
    }

    @Test func aFileThatOthersMayReadIsRefusedWhereItMustBePrivate() async throws {
        try await withFile("{}", mode: 0o640) { path in
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: path) }
            #expect(error?.code == .misconfigured)
            #expect(error?.remedy.contains("chmod 600") == true)
            let lenient = try await FileSecretBackend(mustBePrivate: false).fetch(path: path)
            #expect(lenient.fields.isEmpty)
        }
    }

    @Test func theMarkAndTheVersionChangeWhenTheFileIsReplaced() async throws {
        try await withFile(#"{"a": "1"}"#) { path in
            let before = try #require(try backend.mark(path: path))
            let first = try await backend.fetch(path: path).version
            let again = try backend.mark(path: path)
            #expect(again == before)
            let next = path + ".new"
            try Data(#"{"a": "2"}"#.utf8).write(to: URL(filePath: next))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600, .modificationDate: Date(timeIntervalSince1970: 1_800_000_000)],
                ofItemAtPath: next)
            rename(next, path)
            let after = try backend.mark(path: path)
            #expect(after != before)
            let payload = try await backend.fetch(path: path)
            #expect(payload.storedAt == Instant(nanoseconds: 1_800_000_000_000_000_000))
            let second = payload.version
            #expect(second != first)
            #expect(second.text == "1800000000.000000000")
        }
    }

    @Test func aFileThatIsNotThereOrNoFileIsToldApart() async throws {
        let absent = await #expect(throws: SecretError.self) {
            try await backend.fetch(path: "/nonexistent/keys")
        }
        #expect(absent?.code == .unavailable)
        let folder = await #expect(throws: SecretError.self) { try await backend.fetch(path: "/") }
        #expect(folder?.code == .malformed)
        let device = await #expect(throws: SecretError.self) { try await backend.fetch(path: "/dev/zero") }
        #expect(device?.code == .malformed)
    }

    @Test func aLargeFileIsNotRead() async throws {
        try await withFile("{\"a\": \"\(String(repeating: "x", count: 1 << 20))\"}") { path in
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: path) }
            #expect(error?.code == .malformed)
        }
    }

    @Test func aFileWithOneTextIsReadWithoutItsLineEnd() async throws {
        try await withFile(" hvs.token\r\n") { path in
            let token = try backend.text(path: path)
            #expect(token.matches(Secret("hvs.token")))
        }
        try await withFile("\n") { path in
            let nothing = try backend.text(path: path)
            #expect(nothing.isEmpty)
        }
    }
}
