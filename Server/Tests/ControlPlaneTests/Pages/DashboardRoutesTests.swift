import ControlPlane
import Foundation
import Testing

/// The dashboard's files over real sockets, from a folder that has more in it than may be seen.
@Suite(.timeLimit(.minutes(1))) struct DashboardRoutesTests {
    /// A folder beside a secret that no path may reach.
    private final class Site {
        let root: URL
        var folder: URL { root.appending(path: "Dashboard") }

        init() throws {
            root = FileManager.default.temporaryDirectory.appending(
                path: "tradewind-pages-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder.appending(path: "pages"), withIntermediateDirectories: true)
            try write("secret", "secret.txt")
            try write("<!doctype html><title>page</title>", "Dashboard/index.html")
            try write("export const a = 1;", "Dashboard/app.js")
            try write("export const b = 2;", "Dashboard/pages/runs.js")
            try write("secret", "Dashboard/.hidden.js")
            try write("secret", "Dashboard/notes.swift")
            try write("secret", "Dashboard/odd name.js")
            for (name, target) in [("link.js", "../secret.txt"), ("inside", ".."), ("pages/up", "/")] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.appending(path: name).path, withDestinationPath: target)
            }
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        func write(_ text: String, _ path: String) throws {
            try text.write(to: root.appending(path: path), atomically: true, encoding: .utf8)
        }

        func serve(_ body: (Int) async throws -> Void) async throws {
            let files = try DashboardFiles(folder: folder.path)
            try await RunningServer.run(routes: { DashboardRoutes.add(files, to: &$0) }) { server in
                try await body(server.port)
            }
        }
    }

    @Test func filesComeWithTheirTypeATagAndAPolicyThatAllowsNothingInline() async throws {
        try await Site().serve { port in
            let script = await RawClient.get("/dashboard/pages/runs.js", port: port)
            #expect(script.statuses == [200])
            #expect(script.header("Content-Type") == "text/javascript; charset=utf-8")
            #expect(script.header("Cache-Control") == "no-cache")
            #expect(script.header("X-Content-Type-Options") == "nosniff")
            #expect(script.text.hasSuffix("export const b = 2;"))
            let policy = try #require(script.header("Content-Security-Policy"))
            #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
            #expect(!policy.contains("unsafe"))
            let tag = try #require(script.header("ETag"))
            for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = await RawClient.get(
                    "/dashboard/pages/runs.js", port: port, headers: "If-None-Match: \(condition)\r\n")
                #expect(again.statuses == [304], "\(condition)")
                #expect(again.header("ETag") == tag)
                #expect(again.header("Content-Security-Policy") == policy)
                #expect(!again.text.contains("export"))
            }
            let other = await RawClient.get(
                "/dashboard/pages/runs.js", port: port, headers: "If-None-Match: \"other\"\r\n")
            #expect(other.statuses == [200])
            let head = await RawClient.get("/dashboard/app.js", port: port, method: "HEAD")
            #expect(head.statuses == [200] && !head.text.contains("export"))
            #expect(await RawClient.get("/dashboard/app.js", port: port, method: "PUT").statuses == [405])
        }
    }

    @Test func everyAddressOfTheDashboardIsItsPageAndNoOther() async throws {
        try await Site().serve { port in
            for path in DashboardRoutes.pages {
                let known = path.replacing(":id", with: "01J2").replacing(":name", with: "sma-cross")
                let page = await RawClient.get(known, port: port)
                #expect(page.statuses == [200], "\(known)")
                #expect(page.text.hasSuffix("<title>page</title>"), "\(known)")
                #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            }
            for path in ["/nowhere", "/runs/1/2", "/dashboard", "/dashboard/", "/index.html", "/app.js"] {
                let nothing = await RawClient.get(path, port: port)
                #expect(nothing.statuses == [404], "\(path)")
                #expect(nothing.json?["code"] as? String == "resource.not_found", "\(path)")
            }
        }
    }

    @Test(arguments: [
        "/dashboard/../secret.txt", "/dashboard/%2e%2e/secret.txt", "/dashboard/%2E%2E%2Fsecret.txt",
        "/dashboard/pages/../../secret.txt", "/dashboard/..%5csecret.txt", "/dashboard/..\\secret.txt",
        "/dashboard/%252e%252e/secret.txt", "/dashboard/%00", "/dashboard/app.js%00.txt",
        "/dashboard/..%c0%afsecret.txt", "/dashboard//secret.txt", "/dashboard//app.js",
        "/dashboard/./app.js",
        "/dashboard/%61pp.js", "/dashboard/APP.js", "/dashboard/link.js", "/dashboard/inside/secret.txt",
        "/dashboard/pages/up/etc/passwd", "/dashboard/.hidden.js", "/dashboard/notes.swift",
        "/dashboard/odd%20name.js", "/dashboard/pages", "/dashboard/pages/", "//dashboard/app.js",
        "/dashboard/~root/secret.txt", "/dashboard/app.js/", "/dashboard/app.js;x",
        "/dashboard/file:///etc/passwd",
    ])
    func noPathLeadsOutOfTheFolder(path: String) async throws {
        try await Site().serve { port in
            let answer = await RawClient.get(path, port: port)
            #expect(!answer.text.contains("secret") || answer.text.contains("resource.not_found"), "\(path)")
            #expect(!answer.text.contains("root:"), "\(path)")
            #expect(answer.statuses == [404] || answer.statuses == [400], "\(path)")
        }
    }

    @Test func aFolderIsFoundBesideTheExecutableAboveItOrInTheWorkingDirectory() throws {
        let site = try Site()
        let (root, folder) = (site.root.path, site.folder.path)
        let deep = root + "/Server/.build/x86_64/debug/tradewind-server"
        let find = DashboardLocation.find
        #expect(find(nil, root + "/tradewind-server", "/nowhere") == folder)
        #expect(find(nil, deep, "/nowhere") == folder)
        #expect(find(nil, "/opt/tradewind-server", root) == folder)
        #expect(find(nil, "/opt/tradewind-server", "/nowhere") == nil)
        #expect(find(nil, root + "/1/2/3/4/5/6/7/tradewind-server", "/nowhere") == nil)
        #expect(find("Dashboard", "/opt/tradewind-server", root) == root + "/Dashboard")
        #expect(find(folder, "/opt/tradewind-server", "/nowhere") == folder)
        #expect(find("/nowhere", root + "/tradewind-server", root) == nil)
    }

    @Test func aFolderThatCannotBeServedIsNamed() throws {
        let site = try Site()
        let empty = site.root.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        for path in [empty, site.root.path + "/absent"] {
            let problem = #expect(throws: DashboardProblem.self) { try DashboardFiles(folder: path) }
            #expect(problem?.path == path)
            #expect(problem?.remedy.isEmpty == false)
        }
        try site.write(String(repeating: "x", count: 17 << 20), "Dashboard/large.txt")
        #expect(throws: DashboardProblem.self) { try DashboardFiles(folder: site.folder.path) }
    }
}
