import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Settings
import Storage
import Testing

/// Sessions over real sockets: from login to logout, and what ends them.
@Suite(.timeLimit(.minutes(2))) struct SessionTests {
    private static let me = "/api/v1/auth/me"

    @Test func aRefreshTokenIsGoodOnceAndASecondUseEndsTheSession() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            let first = try await desk.login("ada")
            let other = try await desk.login("ada")
            let second = try Login(await desk.refresh(first.refresh))
            #expect(second.refresh != first.refresh && second.access != first.access)
            #expect(await desk.call("GET", Self.me, token: second.access).status == 200)
            let third = try Login(await desk.refresh(second.refresh))
            // Somebody has a copy of the first one.
            let stolen = await desk.refresh(first.refresh)
            #expect(stolen.status == 401 && stolen.code == "authentication.failed")
            #expect(await desk.refresh(third.refresh).status == 401)
            for token in [first.access, second.access, third.access] {
                #expect(await desk.call("GET", Self.me, token: token).status == 401)
            }
            // Another login of the same user is another session.
            #expect(await desk.call("GET", Self.me, token: other.access).status == 200)
            let records = try await desk.audited().filter { $0.record.action == "auth.refresh_token_reused" }
            #expect(records.count == 1 && records[0].record.outcome == "refused")
        }
    }

    @Test func ofRefreshesAtTheSameTimeOneAloneSucceeds() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            for _ in 0..<5 {
                let login = try await desk.login("ada")
                let answers = await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 { group.addTask { await desk.refresh(login.refresh).status } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.filter { $0 == 200 }.count == 1, "\(answers)")
                #expect(answers.filter { $0 == 401 }.count == 7, "\(answers)")
            }
        }
    }

    @Test func aRefreshTokenEndsWithItsTime() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            let login = try await desk.login("ada")
            desk.clock.advance(14 * 86_400 - 1)
            let next = try Login(await desk.refresh(login.refresh))
            desk.clock.advance(14 * 86_400)
            #expect(await desk.refresh(next.refresh).status == 401)
            for wrong in ["", "x", "twr_", "twr_AAAA", login.access, String(repeating: "t", count: 300)] {
                let status = await desk.refresh(wrong).status
                #expect(status == 401 || status == 422, "\(wrong): \(status)")
            }
        }
    }

    @Test func logoutEndsTheSessionAtOnce() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            for byRefreshToken in [true, false] {
                let login = try await desk.login("ada")
                #expect(await desk.call("GET", Self.me, token: login.access).status == 200)
                let body = byRefreshToken ? "{\"refresh_token\":\"\(login.refresh)\"}" : "{}"
                let answer = await desk.call(
                    "POST", "/api/v1/auth/logout", token: byRefreshToken ? nil : login.access, json: body)
                #expect(answer.status == 204)
                #expect(await desk.call("GET", Self.me, token: login.access).status == 401)
                #expect(await desk.refresh(login.refresh).status == 401)
            }
            #expect(await desk.call("POST", "/api/v1/auth/logout").status == 204)
            let ends = try await desk.audited().filter { $0.record.action == "auth.logout" }
            #expect(ends.count == 2)
        }
    }

    @Test func whatChangesAUserMakesTheTokensVoid() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("root", .admin)
            let user = try await desk.add("ada", .trader)
            let changes: [(String, String, String)] = [
                ("PATCH", "/api/v1/users/\(user.id)", "{\"role\":\"viewer\"}"),
                ("PUT", "/api/v1/users/\(user.id)/password", "{\"password\":\"another horse battery\"}"),
                ("PATCH", "/api/v1/users/\(user.id)", "{\"disabled\":true}"),
            ]
            var password = AccessDesk.password
            for (method, path, body) in changes {
                let login = try await desk.login("ada", password: password)
                #expect(await desk.call("GET", Self.me, token: login.access).status == 200)
                let answer = await desk.call(method, path, token: AccessDesk.staticToken, json: body)
                #expect([200, 204].contains(answer.status), "\(answer.text)")
                #expect(await desk.call("GET", Self.me, token: login.access).status == 401, "\(body)")
                #expect(await desk.refresh(login.refresh).status == 401)
                if method == "PUT" { password = "another horse battery" }
            }
            await #expect(throws: LoginFailed.self) { try await desk.login("ada", password: password) }
        }
    }

    @Test func scopesLimitWhatARoleMayDo() async throws {
        var setup = AccessSetup()
        setup.routes = { table in
            for role in RouteRole.allCases {
                let description = RouteDescription("For \(role.rawValue)", access: .role(role))
                table.on(.get, "/for/\(role.rawValue)", description: description) { _, _ in
                    .init(status: .ok)
                }
            }
        }
        try await AccessDesk.run(setup) { desk in
            for role in RouteRole.allCases { try await desk.add("is-\(role.rawValue)", role) }
            for role in RouteRole.allCases {
                let login = try await desk.login("is-\(role.rawValue)")
                for needed in RouteRole.allCases {
                    let answer = await desk.call("GET", "/for/\(needed.rawValue)", token: login.access)
                    #expect(answer.status == (needed <= role ? 200 : 403), "\(role) for \(needed)")
                    if needed > role { #expect(answer.code == "authorization.denied") }
                }
            }
            let limited = try await desk.login("is-admin", scopes: ["read"])
            #expect(await desk.call("GET", "/for/viewer", token: limited.access).status == 200)
            #expect(await desk.call("GET", "/for/trader", token: limited.access).status == 403)
            #expect(await desk.call("GET", "/api/v1/users", token: limited.access).status == 403)
            // A refresh does not give more than the login did, and a scope gives nothing that the role lacks.
            let refreshed = try Login(await desk.refresh(limited.refresh))
            #expect(await desk.call("GET", "/for/admin", token: refreshed.access).status == 403)
            let greedy = try await desk.login("is-viewer", scopes: ["read", "administer"])
            #expect(await desk.call("GET", "/for/admin", token: greedy.access).status == 403)
        }
    }

    @Test func usersAreManagedByAdministratorsAlone() async throws {
        try await AccessDesk.run { desk in
            let root = try await desk.add("root", .admin)
            let admin = try await desk.login("root").access
            let body = "{\"name\":\"Bo\",\"role\":\"trader\",\"password\":\"a long enough one\"}"
            let made = await desk.call("POST", "/api/v1/users", token: admin, json: body)
            #expect(made.status == 201 && made.json?["name"] as? String == "bo")
            #expect(made.header("Location") == "/api/v1/users/\(made.json?["id"] as? String ?? "")")
            #expect(await desk.call("POST", "/api/v1/users", token: admin, json: body).status == 409)
            let trader = try await desk.login("bo", password: "a long enough one").access
            #expect(await desk.call("GET", "/api/v1/users", token: trader).status == 403)
            #expect(await desk.call("POST", "/api/v1/users", token: trader, json: body).status == 403)
            #expect(await desk.call("GET", "/api/v1/audit", token: trader).status == 403)
            let list = await desk.call("GET", "/api/v1/users?page_size=1&page=2", token: admin)
            #expect(list.json?["total"] as? Int == 2 && list.json?["pages"] as? Int == 2)
            #expect((list.json?["users"] as? [[String: Any]])?.first?["name"] as? String == "root")
            #expect(!list.text.contains("scrypt"))
            for (field, wrong) in [
                ("name", "{\"name\":\"a b\",\"role\":\"trader\",\"password\":\"a long enough one\"}"),
                ("role", "{\"name\":\"cy\",\"role\":\"king\",\"password\":\"a long enough one\"}"),
                ("password", "{\"name\":\"cy\",\"role\":\"trader\",\"password\":\"short\"}"),
                ("password", "{\"name\":\"cynthia\",\"role\":\"trader\",\"password\":\"cynthia-cynthia\"}"),
                ("password", "{\"name\":\"cy\",\"role\":\"trader\",\"password\":\"aaaaaaaaaaaaaaa\"}"),
                ("pasword", "{\"name\":\"cy\",\"role\":\"trader\",\"pasword\":\"a long enough one\"}"),
            ] {
                let answer = await desk.call("POST", "/api/v1/users", token: admin, json: wrong)
                #expect(answer.status == 422 && answer.text.contains(field), "\(answer.text)")
            }
            // Somebody must be left who may administer.
            let last = await desk.call(
                "PATCH", "/api/v1/users/\(root.id)", token: admin, json: "{\"disabled\":true}")
            #expect(last.status == 409)
            #expect(await desk.call("PATCH", "/api/v1/users/user-0", token: admin, json: "{}").status == 404)
        }
    }

    @Test func aUserChangesTheOwnPasswordWithTheOneBefore() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            let login = try await desk.login("ada")
            let wrong = await desk.call(
                "PUT", "/api/v1/auth/password", token: login.access,
                json:
                    "{\"current_password\":\"not the right one\",\"new_password\":\"another horse battery\"}")
            #expect(wrong.status == 401)
            let right = await desk.call(
                "PUT", "/api/v1/auth/password", token: login.access,
                json: "{\"current_password\":\"\(AccessDesk.password)\","
                    + "\"new_password\":\"another horse battery\"}")
            #expect(right.status == 204)
            #expect(await desk.call("GET", Self.me, token: login.access).status == 401)
            _ = try await desk.login("ada", password: "another horse battery")
            let machine = await desk.call(
                "PUT", "/api/v1/auth/password", token: AccessDesk.staticToken,
                json: "{\"current_password\":\"x\",\"new_password\":\"another horse battery\"}")
            #expect(machine.status == 409)
        }
    }

    @Test func aHashOfAnotherCostIsReplacedAtTheNextLogin() async throws {
        try await AccessDesk.run { desk in
            let user = try await desk.add("ada", .viewer)
            let dearer = try #require(PasswordCost(logRounds: 5, blockSize: 1, parallelism: 2))
            let other = UserService(
                store: desk.store, hasher: PasswordHasher(cost: dearer), audit: desk.service.audit)
            try await other.setPassword(
                .id(user.id), to: Secret(AccessDesk.password),
                by: AuditActor(id: "t", kind: "command", name: "t", correlationID: "c"))
            let before = try await desk.store.read { try $0.users.find(user.id)?.password }
            #expect(before?.hasPrefix("$scrypt$ln=5,r=1,p=2$") == true)
            _ = try await desk.login("ada")
            let after = try await desk.store.read { try $0.users.find(user.id)?.password }
            #expect(after?.hasPrefix("$scrypt$ln=4,r=1,p=1$") == true)
            _ = try await desk.login("ada")
        }
    }
}
