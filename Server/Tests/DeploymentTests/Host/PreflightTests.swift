import Deployment
import Foundation
import Glibc
import TestServers
import Testing

/// What is wrong with the host is found before anything stops, with its place and its remedy: each time the
/// service serves on, and the same update goes through when it is mended.
@Suite(.serialized) struct PreflightTests {
    private func servingHost(
        _ variables: [String: String] = [:], state: (DeployedHost) throws -> Void = { _ in }
    )
        throws -> (host: DeployedHost, commit: String)
    {
        let host = try DeployedHost()
        try state(host)
        let start = try host.run(["deploy", "--native"], variables)
        #expect(start.status == 0, "\(start.errors)")
        return (host, try #require(try host.served()))
    }

    /// An update that is refused: it names place and remedy, and the first version serves on.
    private func expectRefusal(
        _ host: DeployedHost, _ commit: String, _ variables: [String: String] = [:], status: Int32,
        _ words: [String]
    ) throws {
        let process = try servicePID(host)
        let update = try host.run(["deploy", "update", "--native"], variables)
        #expect(update.status == status, "\(update.status) \(update.errors)")
        for word in words { #expect(update.errors.contains(word), "\(word): \(update.errors)") }
        #expect(try host.served() == commit)
        #expect(try servicePID(host) == process, "nothing was stopped")
        #expect(try host.place.unfinished() == nil)
    }

    private func servicePID(_ host: DeployedHost) throws -> String {
        let found = try ToolRun("ss", "--listening", "--tcp", "--processes", "--no-header")
        let line = found.output.split(separator: "\n").first { $0.contains(":\(host.desk.port) ") }
        return try #require(line?.firstMatch(of: /pid=([0-9]+)/)).1.description
    }

    private func expectUpdate(_ host: DeployedHost, _ commit: String, _ variables: [String: String] = [:])
        throws
    {
        let update = try host.run(["deploy", "update", "--native"], variables)
        #expect(update.status == 0, "\(update.errors)")
        #expect(try host.served() == commit)
    }

    @Test func aFullDiskIsNamedOfWhateverIsWritten() throws {
        guard geteuid() == 0 else { return print("skipped: a full disk, as only root can mount a small one") }
        var mounts: [String] = []
        defer { for path in mounts { _ = try? ToolRun("umount", "--lazy", path) } }
        func mount(_ path: String, _ size: String) throws -> Bool {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let mount = try ToolRun("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path)
            if mount.status == 0 { mounts.append(path) }
            return mount.status == 0
        }
        var isMounted = true
        var small = ""
        let (host, first) = try servingHost { host in
            small = host.desk.path + "/small"
            isMounted = try mount(host.place.path, "900m") && mount(small, "40m")
        }
        defer { host.end() }
        guard isMounted else { return print("skipped: a full disk, as none can be mounted here") }
        let second = try host.publish(.none, "second")
        // The version that serves lies there already.
        let filler = host.place.path + "/filler"
        #expect(try ToolRun("fallocate", "--length", "300M", filler).status == 0)
        try expectRefusal(
            host, first, status: 74,
            [host.place.path, "a deployment needs 512.0 MiB", "are free", "tradewind backup list"])
        try FileManager.default.removeItem(atPath: filler)
        // The disk of the database is another one.
        let database = [
            "TRADEWIND_BACKUP__DIRECTORY": small, "TRADEWIND_DATABASE__URL": "sqlite:///\(small)/a.db",
        ]
        try expectRefusal(
            host, first, database, status: 74, [small, "a deployment needs", "free some space"])
        try expectUpdate(host, second)
    }

    @Test func aPortThatIsTakenIsNamedWithItsRemedy() throws {
        let (host, first) = try servingHost()
        defer { host.end() }
        let second = try host.publish(.none, "second")
        let listener = Process()
        let port = ServiceDesk.freePort()
        listener.executableURL = URL(filePath: "/usr/bin/env")
        listener.arguments = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "\(port)"]
        listener.standardOutput = FileHandle.nullDevice
        listener.standardError = FileHandle.nullDevice
        try listener.run()
        // It may have begun deaf to every other signal, as the thread that starts it is.
        defer { kill(listener.processIdentifier, SIGKILL) }
        for _ in 0..<200 {
            if try ToolRun("curl", "--silent", "http://127.0.0.1:\(port)/").status == 0 { break }
            usleep(50_000)
        }
        try expectRefusal(
            host, first, ["TRADEWIND_API__PORT": "\(port)"], status: 78,
            ["another program listens on 127.0.0.1:\(port)", "ss --listening", "api.port"])
        try expectUpdate(host, second)
    }

    /// Outside local a service does not start without its secrets: the one that serves must not be stopped
    /// for one that cannot.
    @Test func aSecretThatIsMissingIsNamedWithItsRemedy() throws {
        let scratch = try ScratchFolder()
        let file = scratch.path + "/auth.json"
        func write(_ text: String) throws {
            try scratch.write(text, to: "auth.json")
            chmod(file, 0o600)
        }
        let whole = #"{"audit-key": "an-audit-key-of-this-desk-and-no-other"}"#
        try write(whole)
        let variables = [
            "TRADEWIND_ENVIRONMENT": "ci", "TRADEWIND_API__TOKEN": "a-token-that-nobody-guesses-at-all",
            "TRADEWIND_DATABASE__URL": "sqlite:///.tradewind/tradewind.db",
            "TRADEWIND_API__CORS_ORIGINS": "https://desk.tradewind.internal",
            "TRADEWIND_AUTH__SECRET_BACKEND": "file", "TRADEWIND_AUTH__SECRET_PATH": file,
            "TRADEWIND_AUTH__SIGNING_KEYS": "a:b2Zhc3RlcmlvbmRldmVudG9zdXJtYXJlcXVpZXRvMDE=",
        ]
        let (host, first) = try servingHost(variables)
        defer { host.end() }
        let second = try host.publish(.none, "second")
        try write(#"{"another": "an-audit-key-of-this-desk-and-no-other"}"#)
        try expectRefusal(host, first, variables, status: 78, ["audit-key", file])
        try FileManager.default.removeItem(atPath: file)
        try expectRefusal(host, first, variables, status: 78, [file, "is not there"])
        try write(whole)
        try expectUpdate(host, second, variables)
    }

    @Test func anotherOwnerOfTheDataIsNamedWithItsRemedy() throws {
        guard geteuid() == 0 else {
            return print("skipped: another owner of the data, as only root can give files away")
        }
        let (host, first) = try servingHost()
        defer { host.end() }
        let second = try host.publish(.none, "second")
        let state = host.clone + "/.tradewind"
        for path in [state + "/tradewind.db", state] {
            #expect(chown(path, 12_345, 12_345) == 0)
            try expectRefusal(
                host, first, status: 78,
                [path, "it belongs to user 12345, and this is user 0", "change the owner: chown"])
            #expect(chown(path, 0, 0) == 0)
        }
        try expectUpdate(host, second)
    }
}
