import ControlPlane
import Foundation
import Settings
import Storage
import Testing

/// How often clients may ask, and how passwords are guessed in vain.
@Suite(.timeLimit(.minutes(3))) struct LimitTests {
    private static let me = "/api/v1/auth/me"

    @Test func aClientHasItsRequestsAMinuteAndIsToldHowManyAreLeft() async throws {
        var setup = AccessSetup()
        setup.requestsPerMinute = 30
        try await AccessDesk.run(setup) { desk in
            try await desk.add("ada", .viewer)
            let ada = try await desk.login("ada").access
            for left in (0..<30).reversed() {
                let answer = await desk.call("GET", Self.me, token: AccessDesk.staticToken)
                #expect(answer.status == 200 && answer.header("RateLimit-Remaining") == "\(left)")
                #expect(answer.header("RateLimit-Limit") == "30")
                #expect(answer.header("RateLimit-Reset") == "\((30 - left) * 2)")
            }
            let refused = await desk.call("GET", Self.me, token: AccessDesk.staticToken)
            #expect(refused.status == 429 && refused.code == "throttling.rate_limit_exceeded")
            #expect(refused.header("Retry-After") == "2" && refused.header("RateLimit-Remaining") == "0")
            // Another client has its own, and pages of health have none.
            #expect(await desk.call("GET", Self.me, token: ada).status == 200)
            #expect(await desk.call("GET", "/health/live").header("RateLimit-Limit") == nil)
            desk.clock.advance(2)
            #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 200)
            #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 429)
            desk.clock.advance(3_600)
            for _ in 0..<30 {
                #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 200)
            }
            #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 429)
        }
    }

    @Test func whoGuessesTokensIsSlowedDownAndRightTokensAreNot() async throws {
        var setup = AccessSetup()
        setup.requestsPerMinute = 600
        try await AccessDesk.run(setup) { desk in
            for number in 0..<60 {
                #expect(await desk.call("GET", Self.me, token: "guess-\(number)").status == 401)
            }
            #expect(await desk.call("GET", Self.me, token: "guess").status == 429)
            #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 200)
        }
    }

    @Test func tenThousandLoginsAreAnsweredInBoundedTime() async throws {
        var setup = AccessSetup()
        setup.trustedProxies = ["127.0.0.1"]
        try await AccessDesk.run(setup) { desk in
            try await desk.add("ada", .viewer)
            // The user is known from one address before the flood.
            let headers = ["X-Forwarded-For: 198.51.100.200"]
            let body = "{\"username\":\"ada\",\"password\":\"\(AccessDesk.password)\"}"
            #expect(await desk.call("POST", "/api/v1/auth/login", json: body, headers: headers).status == 200)
            let began = ContinuousClock.now
            let counts = await withTaskGroup(of: [Int].self) { group in
                var counts: [Int: Int] = [:]
                for batch in 0..<100 {
                    if batch >= 8 {
                        for status in await group.next() ?? [] { counts[status, default: 0] += 1 }
                    }
                    group.addTask { await Self.flood(desk.port, batch: batch) }
                }
                for await statuses in group { for status in statuses { counts[status, default: 0] += 1 } }
                return counts
            }
            let elapsed = ContinuousClock.now - began
            print("10,000 logins in \(elapsed): \(counts)")
            #expect(counts.values.reduce(0, +) == 10_000)
            #expect(Set(counts.keys).isSubset(of: [401, 429, 503]), "\(counts)")
            // Twenty guesses at the one user, and thirty of each address, were computed at most; the clock
            // stands still meanwhile.
            #expect((1...20).contains(counts[401] ?? 0), "\(counts)")
            #expect(elapsed < .seconds(90))
            // The flood does not keep the user out from where the user is known.
            #expect(await desk.call("POST", "/api/v1/auth/login", json: body, headers: headers).status == 200)
            let strange = await desk.call(
                "POST", "/api/v1/auth/login", json: body, headers: ["X-Forwarded-For: 198.51.100.201"])
            #expect(strange.status == 429 && strange.header("Retry-After") != nil)
            desk.clock.advance(60)
            let later = await desk.call(
                "POST", "/api/v1/auth/login", json: body, headers: ["X-Forwarded-For: 198.51.100.201"])
            #expect(later.status == 200)
        }
    }

    /// A hundred logins over one connection, each of another address.
    private static func flood(_ port: Int, batch: Int) async -> [Int] {
        var text = ""
        for index in 0..<100 {
            let body = "{\"username\":\"ada\",\"password\":\"guess number \(batch) \(index)\"}"
            text += "POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            text += "X-Forwarded-For: 203.0.\(batch).\(index)\r\nContent-Type: application/json\r\n"
            text += "Content-Length: \(body.utf8.count)\r\n"
            text += index == 99 ? "Connection: close\r\n\r\n" : "\r\n"
            text += body
        }
        return await RawClient.send(text, port: port, patience: 60).statuses
    }

    @Test func guessesOfOneAddressDoNotKeepTheUserOutElsewhere() async throws {
        var setup = AccessSetup()
        setup.trustedProxies = ["127.0.0.1"]
        try await AccessDesk.run(setup) { desk in
            try await desk.add("ada", .viewer)
            let wrong = "{\"username\":\"ADA\",\"password\":\"guess\"}"
            let right = "{\"username\":\"ada\",\"password\":\"\(AccessDesk.password)\"}"
            func attempt(_ body: String, _ address: String) async -> Int {
                await desk.call(
                    "POST", "/api/v1/auth/login", json: body, headers: ["X-Forwarded-For: \(address)"]
                ).status
            }
            for _ in 0..<5 { #expect(await attempt(wrong, "203.0.113.1") == 401) }
            #expect(await attempt(wrong, "203.0.113.1") == 429)
            #expect(await attempt(right, "203.0.113.1") == 429)
            #expect(await attempt(right, "203.0.113.2") == 200)
            // Addresses of one IPv6 network are one client.
            for host in 1...5 { #expect(await attempt(wrong, "2001:db8::\(host)") == 401) }
            #expect(await attempt(wrong, "2001:db8::6") == 429)
            #expect(await attempt(right, "2001:db8:0:1::6") == 200)
            desk.clock.advance(15)
            #expect(await attempt(right, "203.0.113.1") == 200)
        }
    }

    @Test func whoHasNoAccountIsAnsweredLikeWhoHasOne() async throws {
        try await AccessDesk.run { desk in
            let user = try await desk.add("ada", .viewer)
            try await desk.add("root", .admin)
            _ = try await desk.service.users.change(
                .id(user.id), .init(isDisabled: true),
                by: AuditActor(id: "t", kind: "command", name: "t", correlationID: "c"))
            var texts: Set<String> = []
            for name in ["ada", "nobody", "root", "not a name", "\(AccessDesk.password)"] {
                let password = name == "ada" ? AccessDesk.password : "wrong password"
                let answer = await desk.call(
                    "POST", "/api/v1/auth/login",
                    json: "{\"username\":\"\(name)\",\"password\":\"\(password)\"}")
                #expect(answer.status == 401)
                texts.insert("\(answer.json?["message"] ?? "") \(answer.json?["details"] ?? "")")
            }
            #expect(texts.count == 1, "\(texts)")
            // What was typed into the field for the name is in no record.
            let records = try await desk.audited().filter { $0.record.action == "auth.login" }
            #expect(records.count == 5 && records.allSatisfy { $0.record.outcome == "refused" })
            #expect(!"\(records)".contains(AccessDesk.password))
        }
    }
}
