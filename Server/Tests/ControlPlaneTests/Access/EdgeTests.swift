import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import Testing

/// What browsers and proxies are told and believed.
@Suite(.timeLimit(.minutes(1))) struct EdgeTests {
    private static let me = "/api/v1/auth/me"

    @Test func everyAnswerTellsBrowsersWhatTheyMayDo() async throws {
        try await AccessDesk.run { desk in
            for (path, status) in [("/health/live", 200), (Self.me, 401), ("/nowhere", 404)] {
                let answer = await desk.call("GET", path)
                #expect(answer.status == status)
                let policy = try #require(answer.header("Content-Security-Policy"))
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("X-Frame-Options") == "DENY")
                #expect(answer.header("Referrer-Policy") == "no-referrer")
                #expect(answer.header("Strict-Transport-Security") == nil)
                #expect(answer.header("Access-Control-Allow-Origin") == nil)
            }
        }
    }

    @Test func theProxyThatIsTrustedSaysWhoTheClientIsAndWhetherItCameByTLS() async throws {
        var setup = AccessSetup()
        let headers = ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.9, 198.51.100.7"]
        try await AccessDesk.run(setup) { desk in
            let answer = await desk.call("GET", "/health/live", headers: headers)
            #expect(answer.header("Strict-Transport-Security") == nil)
            try await desk.add("ada", .viewer)
            _ = await desk.call(
                "POST", "/api/v1/auth/login",
                json: "{\"username\":\"ada\",\"password\":\"\(AccessDesk.password)\"}",
                headers: headers)
            #expect(try await desk.audited().last?.record.sourceAddress == "127.0.0.1")
        }
        setup.trustedProxies = ["127.0.0.1"]
        try await AccessDesk.run(setup) { desk in
            let answer = await desk.call("GET", "/health/live", headers: headers)
            #expect(answer.header("Strict-Transport-Security")?.hasPrefix("max-age=") == true)
            try await desk.add("ada", .viewer)
            // The last address that nobody trusted wrote is the client.
            for (chain, client) in [
                ("203.0.113.9, 198.51.100.7", "198.51.100.7"), ("198.51.100.8, 127.0.0.1", "198.51.100.8"),
                ("rubbish, 2001:DB8::1", "2001:db8::1"), ("198.51.100.9, rubbish", "127.0.0.1"),
                ("::ffff:198.51.100.3", "198.51.100.3"),
            ] {
                _ = await desk.call(
                    "POST", "/api/v1/auth/login",
                    json: "{\"username\":\"ada\",\"password\":\"\(AccessDesk.password)\"}",
                    headers: ["X-Forwarded-For: \(chain)", "User-Agent: agent/1"])
                let last = try await desk.audited().last?.record
                #expect(last?.sourceAddress == client, "\(chain)")
                #expect(last?.userAgent == "agent/1")
            }
        }
        setup.trustedProxies = []
        setup.alwaysDemandsTLS = true
        try await AccessDesk.run(setup) { desk in
            #expect(await desk.call("GET", "/health/live").header("Strict-Transport-Security") != nil)
        }
    }

    @Test func pagesOfListedOriginsMayAskAndOthersNot() async throws {
        var setup = AccessSetup()
        setup.origins = ["https://desk.example.org"]
        try await AccessDesk.run(setup) { desk in
            let preflight = [
                "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: idempotency-key",
            ]
            let asked = await desk.call(
                "OPTIONS", "/api/v1/users", headers: ["Origin: https://desk.example.org"] + preflight)
            #expect(asked.status == 204)
            #expect(asked.header("Access-Control-Allow-Origin") == "https://desk.example.org")
            #expect(asked.header("Access-Control-Allow-Methods")?.contains("POST") == true)
            #expect(asked.header("Access-Control-Allow-Headers")?.contains("Idempotency-Key") == true)
            #expect(asked.header("Access-Control-Allow-Credentials") == nil)
            #expect(asked.header("Vary")?.contains("Origin") == true)
            for origin in [
                "https://evil.example", "null", "https://desk.example.org.evil.example",
                "http://desk.example.org", "https://desk.example.org:444", "https://DESK.example.org/",
            ] {
                let refused = await desk.call(
                    "OPTIONS", "/api/v1/users", headers: ["Origin: \(origin)"] + preflight)
                #expect(refused.status == 403, "\(origin)")
                #expect(refused.header("Access-Control-Allow-Origin") == nil)
                let read = await desk.call("GET", "/health/live", headers: ["Origin: \(origin)"])
                #expect(read.status == 200 && read.header("Access-Control-Allow-Origin") == nil)
                #expect(read.header("Vary") == "Origin")
            }
            // A failure can be read by the page, too.
            let failed = await desk.call("GET", Self.me, headers: ["Origin: https://desk.example.org"])
            #expect(failed.status == 401)
            #expect(failed.header("Access-Control-Allow-Origin") == "https://desk.example.org")
        }
    }

    @Test func withoutATokenOnlyThisMachinesNamesAndPagesAreAnswered() async throws {
        var setup = AccessSetup()
        setup.isTokenless = true
        setup.routes = { table in
            table.on(.post, "/change", description: RouteDescription("Change", access: .role(.admin))) {
                _, _ in
                .init(status: .ok)
            }
        }
        try await AccessDesk.run(setup) { desk in
            let port = desk.port
            for host in ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)", "LOCALHOST", "127.0.0.1"]
            {
                let answer = await desk.call("GET", Self.me, headers: ["Host: \(host)"])
                #expect(answer.status == 200 && answer.json?["id"] as? String == "local", "\(host)")
            }
            // A name of somebody else that leads here (DNS rebinding), in any spelling.
            for host in [
                "evil.example", "evil.example:\(port)", "localhost.evil.example", "127.0.0.1.evil.example",
                "127.0.0.1:80@evil.example", "[::1", "localhost:x",
            ] {
                for path in [Self.me, "/health/live"] {
                    let answer = await desk.call("GET", path, headers: ["Host: \(host)"])
                    #expect(answer.status == 403 || answer.status == 400, "\(host): \(answer.text)")
                }
            }
            for origin in ["http://127.0.0.1:\(port)", "https://127.0.0.1:\(port)"] {
                #expect(await desk.call("POST", "/change", headers: ["Origin: \(origin)"]).status == 200)
            }
            #expect(await desk.call("POST", "/change").status == 200)
            for headers in [
                ["Origin: https://evil.example"], ["Origin: null"], ["Origin: http://127.0.0.1:1"],
                ["Origin: http://localhost:\(port)"], ["Sec-Fetch-Site: cross-site"],
                ["Origin: http://127.0.0.1:\(port)", "Origin: https://evil.example"],
            ] {
                let answer = await desk.call("POST", "/change", headers: headers)
                #expect(answer.status == 403 || answer.status == 400, "\(headers): \(answer.text)")
            }
            // A token that is brought is looked at: a wrong one is not the person at this machine.
            #expect(await desk.call("GET", Self.me, token: "wrong").status == 401)
        }
    }

    @Test func withATokenAnyNameIsAnsweredAndOriginsDoNotMatter() async throws {
        try await AccessDesk.run { desk in
            let answer = await desk.call(
                "GET", Self.me, token: AccessDesk.staticToken,
                headers: ["Host: desk.example.org", "Origin: https://elsewhere.example"])
            #expect(answer.status == 200)
        }
    }

    @Test func whatAClientSendsNeverBecomesAHeader() async throws {
        try await AccessDesk.run { desk in
            for header in [
                "X-Request-ID: a\u{0B}Set-Cookie: b", "X-Correlation-ID: a%0d%0aSet-Cookie:%20b",
                "Origin: https://a\r\n Set-Cookie: b", "User-Agent: a\tb", "Idempotency-Key: a%0d%0ab",
            ] {
                let answer = await desk.call(
                    "POST", "/api/v1/auth/logout?next=%0d%0aSet-Cookie:%20b", json: "{}", headers: [header])
                let head = answer.text.components(separator: "\r\n\r\n").first ?? ""
                #expect(!head.lowercased().contains("set-cookie"), "\(head)")
            }
        }
    }
}
