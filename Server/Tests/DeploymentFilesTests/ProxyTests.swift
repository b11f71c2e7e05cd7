import Foundation
import TestServers
import Testing

@Suite struct ProxyTests {
    /// A way to start the proxy.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let variables: [String]
    }

    static let hash = "$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG"
    static let cases = [
        Case(description: "localhost", variables: ["APP_DOMAIN=localhost", "ACME_EMAIL="]),
        Case(description: "nothing given", variables: []),
        Case(
            description: "localhost with a password",
            variables: ["APP_DOMAIN=localhost", "BASIC_AUTH_HASH=\(hash)"]),
        Case(description: "a domain", variables: ["APP_DOMAIN=desk.example.org", "ACME_EMAIL="]),
        Case(
            description: "a domain with a password and an address",
            variables: [
                "APP_DOMAIN=desk.example.org", "ACME_EMAIL=ops@example.org", "BASIC_AUTH_HASH=\(hash)",
            ]),
    ]

    /// What Caddy makes of the files: JSON.
    private func adapted(_ variables: [String]) throws -> String? {
        guard Tools.find("caddy", package: "the Debian package caddy") != nil else { return nil }
        let found = try Tools.run(
            ["sh", "start", "adapt"], in: DeployFiles.path("Deploy/Proxy"),
            variables: variables + ["CADDYFILE=\(DeployFiles.path("Deploy/Proxy/Caddyfile"))"])
        #expect(found.status == 0, "\(found.output)")
        return found.output.split(separator: "\n").last { $0.hasPrefix("{") }.map(String.init)
    }

    @Test(arguments: cases) func caddyTakesTheConfigurationFor(_ one: Case) throws {
        guard let json = try adapted(one.variables) else { return }
        let isDomain = one.description.contains("domain")
        #expect(json.contains("desk.example.org") == isDomain)
        #expect(json.contains("automation") == isDomain, "localhost has no certificate")
        #expect(json.contains("Strict-Transport-Security") == isDomain)
        #expect(json.contains("http_basic") == one.description.contains("password"))
        if isDomain {
            let expected =
                one.description.contains("address") ? "ops@example.org" : "hostmaster@desk.example.org"
            #expect(json.contains(expected))
        }
        for address in ["api:8000", "api:8001"] { #expect(json.contains(address)) }
    }

    @Test func caddyFindsTheFilesWellFormed() throws {
        guard let caddy = Tools.find("caddy", package: "the Debian package caddy") else { return }
        let files = ["Deploy/Proxy/Caddyfile"] + (try DeployFiles.names(under: "Deploy/Proxy/sites"))
        for file in files {
            let found = try Tools.run([caddy, "fmt", file])
            #expect(found.output == (try DeployFiles.text(file)), "\(file)")
        }
    }

    /// The template of nginx with values in the place of its variables.
    @Test func nginxTakesItsConfiguration() throws {
        guard let nginx = Tools.find("nginx", package: "the Debian package nginx-light") else { return }
        guard let openssl = Tools.find("openssl", package: "the Debian package openssl") else { return }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem").path
        let certificate = folder.appending(path: "certificate.pem").path
        let made = try Tools.run([
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj",
            "/CN=desk.example.org", "-keyout", key, "-out", certificate, "-days", "1",
        ])
        #expect(made.status == 0, "\(made.output)")
        var text = try DeployFiles.text("Deploy/Proxy/nginx.conf.template")
        let values = [
            "APP_DOMAIN": "desk.example.org", "API_ADDRESS": "127.0.0.1:8000",
            "METRICS_ADDRESS": "127.0.0.1:8001", "TLS_CERTIFICATE": certificate, "TLS_KEY": key,
        ]
        #expect(ComposeFiles.variables(in: text) == Set(values.keys))
        for (name, value) in values { text = text.replacingOccurrences(of: "${\(name)}", with: value) }
        text = """
            pid \(folder.path)/pid;
            error_log stderr;
            events {}
            http { access_log off;
            client_body_temp_path \(folder.path)/body; proxy_temp_path \(folder.path)/proxy;
            fastcgi_temp_path \(folder.path)/a; uwsgi_temp_path \(folder.path)/b;
            scgi_temp_path \(folder.path)/c;
            \(text) }

            """
        let file = folder.appending(path: "nginx.conf")
        try Data(text.utf8).write(to: file)
        let found = try Tools.run([nginx, "-t", "-c", file.path, "-g", "daemon off;"])
        #expect(found.status == 0, "\(found.output)")
    }
}
