import Settings
import Testing

@Suite struct AddressTests {
    @Test func databasesByScheme() throws {
        #expect(try DatabaseURL("sqlite:///a/b.db").address == .sqlite(path: "a/b.db"))
        #expect(try DatabaseURL("sqlite:////a/b.db").address == .sqlite(path: "/a/b.db"))
        #expect(
            try DatabaseURL("sqlite+aiosqlite:////app/data/desk.db").address
                == .sqlite(path: "/app/data/desk.db"))
        for scheme in [
            "postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2",
        ] {
            let url = try DatabaseURL(
                "\(scheme)://desk:p%3Aw@DB.internal:6432/trade?sslmode=verify-full&connect_timeout=3")
            guard case .postgres(let server) = url.address else {
                Issue.record("\(scheme) is no server")
                continue
            }
            #expect(server.host == "db.internal")
            #expect(server.port == 6432)
            #expect(server.user == "desk")
            #expect(server.database == "trade")
            #expect(server.sslMode == "verify-full")
            #expect(server.connectTimeoutSeconds == 3)
            #expect(url.password?.secret.matches(Secret("p:w")) == true)
        }
        guard case .postgres(let socket) = try DatabaseURL("postgres:///desk?host=/run/postgresql").address
        else {
            Issue.record("no server")
            return
        }
        #expect(socket.host == "/run/postgresql" && socket.port == 5432 && socket.user == nil)
    }

    @Test func whatIsNoDatabase() {
        for text in [
            "", "sqlite:", "sqlite://", "sqlite:///", "sqlite://a/b", "sqlite:///a?b=1", "mysql://h/d",
            "postgres://h",
            "postgres://h/", "postgres:///d", "postgres://h/a/b", "postgres://h:0/d", "postgres://h:65536/d",
            "postgres://h:x/d", "postgres://h/d?sslmode=maybe", "postgres://h/d?sslcert=c",
            "postgres://h/d?x=1",
            "postgres://u@:5432/d", "postgres://h/d?connect_timeout=0", "postgres://h/d%zz",
            "postgres://a b/d",
            "postgres://h/d#x", "postgres://[::1/d", "postgres://u:p@h@i j/d",
        ] {
            #expect(throws: DatabaseURLError.self, "\(text)") { try DatabaseURL(text) }
        }
    }

    @Test func otherAddresses() throws {
        let url = try #require(ServiceURL("HTTPS://User:pa%2Fss@[2001:DB8::1]:8443/a/b?x=1&y=%41"))
        #expect(url.scheme == "https" && url.user == "User" && url.host == "2001:db8::1" && url.port == 8443)
        #expect(url.path == "/a/b" && url["x"] == "1" && url["y"] == "A")
        #expect(url.password?.secret.matches(Secret("pa/ss")) == true)
        #expect(url.description == "https://User:<secret>@[2001:db8::1]:8443/a/b?x=...&y=...")
        for text in [
            "", "https//h", "://h", "1http://h", "http://h h", "http://h:99999", "http://h:-1", "http://ü",
        ] {
            #expect(ServiceURL(text) == nil, "\(text)")
        }
    }

    @Test func originsAreNothingButOrigins() {
        func isAllowed(_ text: String) -> Bool {
            Fixture.local.with { $0["api.cors-origins"] = text }.problems == []
        }
        #expect(isAllowed("https://desk.internal") && isAllowed("http://localhost:5173") && isAllowed("*"))
        for text in [
            "https://desk.internal/", "desk.internal", "ftp://desk.internal", "https://", "https://a@b",
            "https://a?x=1",
        ] {
            #expect(!isAllowed(text), "\(text)")
        }
    }
}
