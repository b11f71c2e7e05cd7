import Foundation
import Testing

/// Where the launcher takes an executable from that nobody has compiled on this host: out of the production
/// image, and from what was deployed. Engine and builder are of paper and note what they were asked for.
@Suite struct LauncherContainerTests {
    private let clone: LauncherClone

    init() throws {
        clone = try LauncherClone()
        let script = try #require(ProjectTree.text("Deploy/Container/make-image"))
        try clone.folder.write(script, to: "Deploy/Container/make-image", isExecutable: true)
        try clone.folder.write("let a = 1\n", to: "Server/Sources/a.swift")
        try clone.folder.write("// server\n", to: "Server/Package.swift")
        try clone.folder.write(
            "public static let text = \"1.2.3\"\n",
            to: "Sources/TradewindCommands/Version/ProductVersion.swift")
        try clone.folder.write(".tradewind/\ntoolchain/\nbuilds\nasked\nimages/\n.build/\n", to: ".gitignore")
        try clone.folder.write("", to: "asked")
        try clone.folder.write("exit 1\n", to: "toolchain/docker", isExecutable: true)
        try clone.folder.write(Self.engine, to: "toolchain/podman", isExecutable: true)
        try clone.folder.write(Self.builder, to: "toolchain/buildah", isExecutable: true)
        clone.environment["PLACE"] = clone.folder.url.path
        try git("init", "--quiet", "--initial-branch", "main")
        try commit("first")
    }

    private static let engine = """
        #!/bin/sh
        echo "podman $*" >>"$PLACE/asked"
        case $1 in
            image) [ -f "$PLACE/images/${3##*:}" ] ;;
            create) echo "${2##*:}" ;;
            cp)
                mkdir "$3"
                printf '#!/bin/sh\\nprintf "%%s|" of-image %s "$TRADEWIND_ROOT" "$@"\\n' "${2%%:*}" \\
                    >"$3/tradewind-server"
                chmod +x "$3/tradewind-server" ;;
        esac

        """
    private static let builder = """
        #!/bin/sh
        for word in "$@"; do context=$word; done
        printf 'buildah %s\\n' "$*" >>"$PLACE/asked"
        cat "$context/Server/Sources/a.swift" >>"$PLACE/asked"
        case "$*" in *--refuse*) exit 7 ;; esac
        mkdir -p "$PLACE/images"
        : >"$PLACE/images/$(git -C "$PLACE" rev-parse HEAD)"

        """

    private func git(_ arguments: String...) throws {
        let done = try ShellCommand.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["git", "-c", "user.name=a", "-c", "user.email=a@localhost"] + arguments, in: clone.folder.url,
            environment: clone.environment)
        #expect(done.status == 0, "\(done.errors)")
    }

    /// - Returns: the commit.
    @discardableResult
    private func commit(_ text: String) throws -> String {
        try clone.folder.write("let a = \"\(text)\"\n", to: "Server/Sources/a.swift")
        try git("add", "--all")
        try git("commit", "--quiet", "--message", text)
        return try head()
    }

    private func head() throws -> String {
        try ShellCommand.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["git", "rev-parse", "HEAD"], in: clone.folder.url,
            environment: clone.environment
        ).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func asked(_ word: String) throws -> [Substring] {
        try clone.folder.read("asked").split(separator: "\n").filter { $0.contains(word) }
    }

    @Test func aHostWithoutABuildDeploysWithTheExecutableOfTheImage() throws {
        let commit = try head()
        try clone.folder.write(
            "RUNTIME_IMAGE=base:1\nBUILD_OPTIONS=--network host\nBUILD_NETRC=/n/netrc\n",
            to: ".tradewind/containers/production/deploy.env")
        // What is not committed is no part of an image.
        try clone.folder.write("let a = \"edited\"\n", to: "Server/Sources/a.swift")
        let result = try clone.run(["deploy", "production", "update"])
        #expect(result.status == 0, "\(result.errors)")
        let root = clone.folder.url.resolvingSymlinksInPath().path
        #expect(result.output == "of-image|\(commit)|\(root)|deploy|production|update|")
        #expect(try clone.builds == 0, "nothing is compiled on the host")
        let build = try #require(try asked("buildah").first)
        for part in [
            "bud --format docker --layers --target production", "--tag localhost/tradewind:\(commit)",
            "GIT_SHA=\(commit)", "APP_VERSION=1.2.3", "RUNTIME_IMAGE=base:1", "--network host",
            "--secret id=netrc,src=/n/netrc",
        ] { #expect(build.contains(part), "\(part): \(build)") }
        #expect(try asked("let a =") == ["let a = \"first\""])
    }

    @Test func whatWasTakenOutOnceIsUsedAgainAlsoForAnotherCommitUntilItsImageIsThere() throws {
        let first = try head()
        #expect(try clone.run(["deploy"]).status == 0)
        #expect(try clone.run(["deploy", "status"]).output.hasPrefix("of-image|\(first)|"))
        #expect(
            try clone.run(["status"]).output.hasPrefix("of-image|\(first)|"), "and for every other command")
        #expect(try asked("podman create").count == 1)
        let second = try commit("second")
        #expect(try clone.run(["deploy", "update"]).output.hasPrefix("of-image|\(first)|"))
        #expect(try asked("buildah").count == 1, "the deployment itself builds")
        try clone.folder.write("", to: "images/\(second)")
        #expect(try clone.run(["deploy", "rollback"]).output.hasPrefix("of-image|\(second)|"))
        #expect(try clone.builds == 0)
        // Sources that differ from the commit are compiled, as ever; services without containers, too.
        try clone.folder.write("let a = \"edited\"\n", to: "Server/Sources/a.swift")
        #expect(try clone.run(["status"]).errors.contains("building tradewind-server"))
        #expect(try clone.builds == 1)
    }

    @Test func whatWasDeployedWithoutContainersNeedsNoCompiler() throws {
        let commit = try head()
        let release = ".tradewind/deployment/releases/\(commit)/tradewind-server"
        try clone.folder.write("#!/bin/sh\necho kept \"$@\"\n", to: release, isExecutable: true)
        let result = try clone.run(["kill-switch", "engage"])
        #expect(result.output == "kept kill-switch engage\n" && result.errors.isEmpty, "\(result.errors)")
        try self.commit("second")
        #expect(try clone.run(["kill-switch", "engage"]).errors.contains("building"))
    }

    @Test func withoutAnEngineOrWithoutAnImageItSaysWhatToDo() throws {
        try clone.folder.write(
            "BUILD_OPTIONS=--refuse\n", to: ".tradewind/containers/local/deploy.env")
        let refused = try clone.run(["deploy"])
        #expect(
            refused.status == 1 && refused.errors.contains("the image was not built"), "\(refused.errors)")
        #expect(try clone.run(["deploy", "--native"]).errors.contains("building tradewind-server"))
        // A host that has the tools of every system and no engine.
        try clone.folder.write("let a = \"edited\"\n", to: "Server/Sources/a.swift")
        let tools = [
            "sh", "git", "sed", "head", "tail", "grep", "dirname", "find", "readlink", "mkdir", "cat", "rm",
            "mv",
        ]
        for tool in tools {
            let folder = ["/usr/bin/", "/bin/"].first {
                FileManager.default.isExecutableFile(atPath: $0 + tool)
            }
            try clone.folder.write(
                "#!/bin/sh\nexec \(folder ?? "/usr/bin/")\(tool) \"$@\"\n", to: "few/\(tool)",
                isExecutable: true)
        }
        clone.environment["PATH"] = clone.folder.url.path + "/few"
        let without = try clone.run(["deploy", "staging"])
        #expect(
            without.status == 69 && without.errors.contains("neither docker nor podman"), "\(without.errors)")
        #expect(without.errors.contains("--native"))
    }
}
