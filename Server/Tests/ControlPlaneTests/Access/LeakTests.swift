import ControlPlane
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations
import Settings
import Storage
import Synchronization
import Testing

/// After a session with logins, tokens and keys nothing of them is anywhere.
@Suite(.timeLimit(.minutes(1))) struct LeakTests {
    private final class Book: Sendable {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct Writer: LogHandler {
        let book: Book
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { book.add("\(event.message) \(metadata) \(event.metadata ?? [:])") }
    }

    @Test func secretsAreNeitherInStorageNorInLogsNorInAnswers() async throws {
        let book = Book()
        var setup = AccessSetup()
        setup.logger = Logger(label: "leak") { _ in Writer(book: book) }
        setup.routes = { table in
            table.on(.post, "/tasks", description: RouteDescription("Work", idempotency: .optional)) { _, _ in
                .init(status: .ok)
            }
        }
        try await AccessDesk.run(setup) { desk in
            let passwords = ["Zq-first-password-4711", "Zq-second-password-4712", "Zq-guess-password-4713"]
            let admin = AccessDesk.staticToken
            var answers: [String] = []
            let made = await desk.call(
                "POST", "/api/v1/users", token: admin,
                json: "{\"name\":\"ada\",\"role\":\"admin\",\"password\":\"\(passwords[0])\"}",
                headers: ["Idempotency-Key: k"])
            answers.append(made.text)
            let login = try await desk.login("ada", password: passwords[0])
            let next = try Login(await desk.refresh(login.refresh))
            let id = made.json?["id"] as? String ?? ""
            let bodies = [
                ("POST", "/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"\(passwords[2])\"}"),
                ("POST", "/api/v1/auth/login", "{\"username\":\"\(passwords[2])\",\"password\":\"x\"}"),
                ("POST", "/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"\(passwords[2])"),
                ("POST", "/api/v1/auth/login", "{\"username\":\"ada\",\"password\":[\"\(passwords[2])\"]}"),
                ("PUT", "/api/v1/users/\(id)/password", "{\"password\":\"\(passwords[1])\"}"),
                ("POST", "/tasks", "{\"token\":\"x\"}"),
            ]
            for (method, path, body) in bodies {
                answers.append(
                    await desk.call(method, path, token: admin, json: body, headers: ["Idempotency-Key: k"])
                        .text)
            }
            answers.append(await desk.refresh(login.refresh).text)
            answers.append(await desk.refresh(next.refresh).text)
            answers.append(await desk.call("GET", "/api/v1/auth/me", token: login.access).text)
            answers.append(await desk.call("GET", "/api/v1/auth/me", token: "\(admin)x").text)
            for path in [
                "/api/v1/users", "/api/v1/audit", "/.well-known/jwks.json", "/metrics", "/health/detailed",
            ] {
                answers.append(await desk.call("GET", path, token: admin).text)
            }
            let secrets =
                passwords + [admin, login.refresh, next.refresh, "the key of the audit"]
                + [login.access, next.access].flatMap {
                    $0.split(separator: ".").dropFirst().map(String.init)
                }
                + [Data(AccessDesk.seedA).base64EncodedString().replacingOccurrences(of: "=", with: "")]
            let raw =
                [login.refresh, next.refresh].compactMap {
                    ForgedToken.decoded(String($0.dropFirst(4)))
                } + [Data(AccessDesk.seedA)]
            let files = try ["", "-wal"].map { try Data(contentsOf: URL(filePath: desk.file + $0)) }
            // The look itself works: what is no secret is found.
            #expect(files.contains { $0.range(of: Data("\"ada\"".utf8)) != nil })
            #expect(book.text.contains("login_failed") && answers.joined().contains("authentication.failed"))
            for secret in secrets {
                for file in files {
                    #expect(file.range(of: Data(secret.utf8)) == nil, "\(secret) in storage")
                }
                #expect(!book.text.contains(secret), "\(secret) in logs")
                #expect(!answers.joined().contains(secret), "\(secret) in answers")
            }
            for bytes in raw { for file in files { #expect(file.range(of: bytes) == nil) } }
            let events = try await desk.store.events.read(after: .start, limit: 1_000, where: .init())
            #expect(!events.isEmpty)
            for secret in secrets { #expect(!"\(events)".contains(secret)) }
        }
    }
}
