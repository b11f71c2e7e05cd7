import Deployment
import Foundation
import TestServers

/// A host with a clone of its own project: a remote whose versions are made by the tests, the real Git, the
/// real services. Only the compiler is left out: the launcher of these versions hands over the executable
/// that was built with the tests, or one that does something wrong.
final class DeployedHost {
    let desk: ServiceDesk
    /// Where versions come from.
    private let author: String

    /// What a version does wrong.
    enum Flaw: String, CaseIterable {
        case none
        /// It does not compile.
        case build
        /// It takes back nothing of a half-made step of the schema.
        case migrate
        /// It does not start.
        case start
        /// It serves, and cannot carry a backtest out.
        case backtest
        /// It refuses the settings.
        case settings
    }

    init() throws {
        desk = try ServiceDesk()
        author = desk.path + "/author"
        try FileManager.default.createDirectory(
            atPath: author + "/Dashboard", withIntermediateDirectories: true)
        try git(["init", "--quiet", "--initial-branch=main", author])
        try write("<!doctype html><html><title>t</title></html>", "Dashboard/index.html")
        try write(".tradewind/\nignored.txt\nlater.txt\n", ".gitignore")
        try write("first\n", "notes.txt")
        try write(launcher, "tradewind")
        chmod(author + "/tradewind", 0o755)
        try publish(.none, "first")
        try git(["clone", "--quiet", "--bare", author, desk.path + "/remote.git"])
        try git(["clone", "--quiet", desk.path + "/remote.git", clone])
        try git(["-C", author, "remote", "add", "origin", desk.path + "/remote.git"])
    }

    var clone: String { desk.path + "/clone" }
    var place: DeploymentPlace { DeploymentPlace(clone + "/.tradewind/deployment") }

    /// Makes the next version and offers it.
    ///
    /// - Returns: its commit.
    @discardableResult
    func publish(_ flaw: Flaw, _ notes: String, files: [String: String] = [:]) throws -> String {
        try write(flaw.rawValue + "\n", "flaw")
        try write(notes + "\n", "notes.txt")
        for (name, text) in files { try write(text, name) }
        try git(["-C", author, "add", "--all", "--force"])
        try git(["-C", author, "commit", "--quiet", "--message", notes])
        if FileManager.default.fileExists(atPath: desk.path + "/remote.git") {
            try git(["-C", author, "push", "--quiet", "origin", "main"])
        }
        return try git(["-C", author, "rev-parse", "HEAD"])
    }

    @discardableResult
    func git(_ arguments: [String]) throws -> String {
        let answer = try ToolRun(
            arguments: ["git", "-c", "user.name=author", "-c", "user.email=author@localhost"] + arguments)
        guard answer.status == 0 else { throw HostFailure(text: "git \(arguments): \(answer.output)") }
        return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    struct HostFailure: Error { let text: String }

    // MARK: Using it

    /// A command in the clone, as a person would type it.
    func command(_ arguments: [String], _ variables: [String: String] = [:]) -> Process {
        let process = desk.command(
            arguments, ["TRADEWIND_ROOT": clone, "USER": "tester"].merging(variables) { $1 })
        process.currentDirectoryURL = URL(filePath: clone)
        return process
    }

    func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try run(arguments, [:])
    }

    func run(_ arguments: [String], _ variables: [String: String]) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let process = command(arguments, variables)
        let names = ["out", "err"].map { desk.path + "/.\($0)-\(UUID().uuidString)" }
        for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        try process.run()
        process.waitUntilExit()
        let texts = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
        for name in names { try FileManager.default.removeItem(atPath: name) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    /// The commit that serves, as the service says; nil when nothing serves.
    func served() throws -> String? {
        let answer = try ToolRun(
            "curl", "--silent", "--max-time", "5", "http://127.0.0.1:\(desk.port)/version")
        guard answer.status == 0,
            let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
        else { return nil }
        return object["git_sha"] as? String
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: clone + "/" + name, encoding: .utf8)
    }

    func change(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: clone + "/" + name))
    }

    func end() {
        _ = try? run("stop")
        desk.end()
    }

    // MARK: Versions

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: author + "/" + name))
    }

    /// `tradewind build services` of these versions.
    private var launcher: String {
        """
        #!/bin/sh
        set -eu
        root=$(cd -- "$(dirname -- "$0")" && pwd -P)
        [ "${1-}" = build ] || exit 64
        flaw=$(cat "$root/flaw")
        [ "$flaw" != build ] || { echo "flaw.swift:1:1: error: it does not compile" >&2; exit 1; }
        built=$root/.tradewind/built
        rm -rf "$built"
        mkdir -p "$built"
        real=\(ServiceDesk.built)
        if [ "$flaw" = none ]; then
            ln "$real" "$built/tradewind-server" 2>/dev/null || cp "$real" "$built/tradewind-server"
        else
            cat >"$built/tradewind-server" <<END
        #!/bin/sh
        case "$flaw \\$1 \\${2-}" in
            "settings config check") echo "error: a key that this version does not know" >&2; exit 78 ;;
            "migrate migrate up")
                python3 -c "import sqlite3; c = sqlite3.connect('$root/.tradewind/tradewind.db'); \\
        c.execute(\\"INSERT INTO schema_migrations VALUES (9999, 'half', 'x', 0)\\"); c.commit()"
                echo "error: 9999-half failed" >&2; exit 1 ;;
            "start start "*) echo "error: the services did not start" >&2; exit 69 ;;
            "backtest try-backtest "*) echo "error: the books do not close" >&2; exit 1 ;;
        esac
        exec "$real" "\\$@"
        END
            chmod 755 "$built/tradewind-server"
        fi
        { git -C "$root" rev-parse HEAD; echo 2026-01-01T00:00:00Z; } >"$built/tradewind-build-stamp"
        echo "$built/tradewind-server"

        """
    }
}
