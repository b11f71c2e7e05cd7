import ControlPlane
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct BrowserLogTests {
    let path = "/api/v1/logs/batch"

    func lines(_ entries: [String]) -> String { "{\"logs\":[\(entries.joined(separator: ","))]}" }

    @Test func whatABrowserSaysStandsInTheLogOfTheServiceAsABrowsers() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            let answer = try await desk.post(
                path,
                lines([
                    #"{"level":"ERROR","message":"it broke","event":"page_error","page":"/runs","#
                        + #""time":"t","context":{"line":7,"file":"a.js"}}"#,
                    #"{"level":"info","message":"password hunter2-secret"}"#,
                ]))
            #expect(answer.status == 202 && answer.json["accepted"] as? Int == 2)
            let logged = desk.logged.all.filter { $0.contains("tradewind.browser") }
            #expect(logged.count == 2)
            #expect(
                logged[0].contains("\"level\":\"error\"") && logged[0].contains("\"event\":\"page_error\""))
            #expect(logged[0].contains("\"source\":\"browser\"") && logged[0].contains("\"line\":\"7\""))
            #expect(logged[0].contains("\"correlation_id\""))
            #expect(!logged[1].contains("hunter2-secret") && logged[1].contains("***"))
        }
    }

    @Test func noMessageLooksLikeTwoLinesOrSteersATerminal() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            let message = #"one\r\n{\"level\":\"critical\"}\u001b[2J\u202e\u0000"#
            let answer = try await desk.post(path, lines([#"{"level":"info","message":"\#(message)"}"#]))
            #expect(answer.status == 202)
            let line = try #require(desk.logged.all.last)
            #expect(line.split(separator: "\n").count == 1)
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let text = try #require(json["message"] as? String)
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
            #expect(text.contains(#"one\r\n{"#) && json["level"] as? String == "info")
        }
    }

    @Test func tooMuchAndWhatIsWrongIsRefused() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            let one = #"{"level":"info","message":"x"}"#
            #expect(try await desk.post(path, lines(Array(repeating: one, count: 100))).status == 202)
            for body in [
                lines(Array(repeating: one, count: 101)), lines([]), "{}", #"{"logs":{}}"#, lines(["1"]),
                lines([#"{"level":"odd","message":"x"}"#]), lines([#"{"level":"info"}"#]),
                lines([#"{"level":"info","message":"x","logger":"tradewind.api"}"#]),
            ] {
                #expect(try await desk.post(path, body).status == 422, "\(body.prefix(60))")
            }
            let large = lines([
                #"{"level":"info","message":"\#(String(repeating: "x", count: 300 * 1_024))"}"#
            ])
            #expect(try await desk.post(path, large).status == 413)
            #expect(try await desk.post(path, "{\"logs\":").status == 400)
        }
        try await LogDesk.run(browser: false) { (desk) async throws -> Void in
            #expect(try await desk.post(path, lines([])).status == 404)
        }
    }
}
