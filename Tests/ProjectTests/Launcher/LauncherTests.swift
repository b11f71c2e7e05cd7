import Foundation
import Testing

@Suite(.leftToRelease)
struct LauncherTests {
    let clone: LauncherClone

    init() throws { clone = try LauncherClone() }

    @Test func theFirstStartBuildsAndTheNextDoesNot() throws {
        let first = try clone.run(["demo"])
        #expect(first.status == 0)
        #expect(first.output == "\(clone.folder.url.path)|demo|")
        #expect(first.errors.contains("building tradewind (release)"))
        let second = try clone.run(["demo"])
        #expect(second.output == first.output)
        #expect(second.errors == "")
        #expect(try clone.builds == 1)
    }

    @Test func argumentsAndExitCodeArePassedOnUntouched() throws {
        clone.environment["STATUS"] = "78"
        let arguments = ["backtest", "a b.yaml", "--set", "x=*", "", "--help", "\"quoted\"", "$HOME"]
        let result = try clone.run(arguments)
        #expect(result.status == 78)
        #expect(result.output == ([clone.folder.url.path] + arguments).map { $0 + "|" }.joined())
    }

    @Test func itWorksFromAnyFolderAndThroughASymbolicLink() throws {
        let elsewhere = try TemporaryFolder(named: "else where")
        let link = elsewhere.url.appendingPathComponent("tw")
        try FileManager.default.createSymbolicLink(
            at: link, withDestinationURL: clone.folder.url.appendingPathComponent("tradewind"))
        let result = try ShellCommand.run(link, ["a"], in: elsewhere.url, environment: clone.environment)
        #expect(result.status == 0)
        #expect(result.output == "\(elsewhere.url.path)|a|")
        let inPath = try ShellCommand.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "tw b"], in: clone.folder.url,
            environment: clone.environment.merging(["PATH": "\(elsewhere.url.path):/usr/bin:/bin"]) { $1 })
        #expect(inPath.output == "\(clone.folder.url.path)|b|")
        #expect(try clone.builds == 1)
    }

    @Test func aChangedAddedOrRemovedSourceBuildsAgain() throws {
        _ = try clone.run([])
        try clone.folder.write("let a = 2\n", to: "Sources/tradewind/main.swift")
        _ = try clone.run([])
        #expect(try clone.builds == 2)
        try clone.folder.write("let b = 2\n", to: "Sources/Units/New.swift")
        _ = try clone.run([])
        #expect(try clone.builds == 3)
        try FileManager.default.removeItem(
            at: clone.folder.url.appendingPathComponent("Sources/Units/New.swift"))
        _ = try clone.run([])
        #expect(try clone.builds == 4)
        try clone.folder.write("# text\n", to: "README.md")
        try clone.folder.write("// test\n", to: "Tests/UnitsTests/A.swift")
        _ = try clone.run([])
        #expect(try clone.builds == 4, "neither documents nor tests are part of the binary")
    }

    @Test func aSourceMovedIntoPlaceWithAnOldDateBuildsAgain() throws {
        try clone.folder.write("let old = 1\n", to: "kept.swift")
        let kept = clone.folder.url.appendingPathComponent("kept.swift")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: kept.path)
        _ = try clone.run([])
        let target = clone.folder.url.appendingPathComponent("Sources/tradewind/main.swift")
        try FileManager.default.removeItem(at: target)
        try FileManager.default.moveItem(at: kept, to: target)
        _ = try clone.run([])
        #expect(try clone.builds == 2)
    }

    @Test func aDeletedBuildOrAnotherToolchainBuildsAgain() throws {
        _ = try clone.run([])
        try FileManager.default.removeItem(at: clone.folder.url.appendingPathComponent(".build"))
        _ = try clone.run([])
        #expect(try clone.builds == 2)
        try clone.install(version: "6.4", at: "toolchain")
        _ = try clone.run([])
        #expect(try clone.builds == 3)
        try clone.install(version: "6.3.1", at: "second")
        clone.environment["PATH"] = clone.folder.url.path + "/second:/usr/bin:/bin"
        _ = try clone.run([])
        #expect(try clone.builds == 4)
    }

    @Test func aFailedBuildShowsTheCompilersMessagesAndIsTriedAgain() throws {
        _ = try clone.run([])
        let stamp = try clone.folder.read(".build/launcher-stamp")
        try clone.folder.write("broken\n", to: "Sources/tradewind/main.swift")
        for attempt in 2...3 {
            let result = try clone.run(["demo"])
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.contains("main.swift:1: error: broken"))
            #expect(try clone.builds == attempt)
        }
        #expect(try clone.folder.read(".build/launcher-stamp") == stamp)
        try clone.folder.write("let a = 3\n", to: "Sources/tradewind/main.swift")
        #expect(try clone.run(["demo"]).status == 0)
    }

    @Test func launchersStartedTogetherBuildOnce() throws {
        let running = try (0..<5).map { try clone.start(["\($0)"]) }
        for (index, command) in running.enumerated() {
            let result = try command.finish()
            #expect(result.status == 0)
            #expect(result.output == "\(clone.folder.url.path)|\(index)|")
        }
        #expect(try clone.builds == 1)
    }

    @Test func aPackageOfOnesOwnIsBuiltAndRunInstead() throws {
        let package = try TemporaryFolder(named: "my desk")
        try package.write("// two\n", to: "Package.swift")
        try package.write("let a = 1\n", to: "Sources/my-desk/main.swift")
        for arguments in [["--package", package.url.path], ["--package=\(package.url.path)"]] {
            let result = try clone.run(arguments + ["backtest", "run.yaml"])
            #expect(result.status == 0)
            #expect(result.output == "\(clone.folder.url.path)|backtest|run.yaml|")
        }
        #expect(try clone.folder.read("builds") == "my-desk\n")
        try clone.folder.write("let a = 5\n", to: "Sources/tradewind/main.swift")
        _ = try clone.run(["--package", "../my desk", "list"], from: package.url)
        #expect(try clone.builds == 2, "the package depends on the clone")
    }

    /// SwiftPM lists a dependency's files only when it makes a new description of the build.
    @Test func aPackageOfOnesOwnIsPlannedAnewWhenTheCloneHasNewFiles() throws {
        let package = try TemporaryFolder(named: "my desk")
        try package.write("// two\n", to: "Package.swift")
        try package.write("let a = 1\n", to: "Sources/my-desk/main.swift")
        _ = try clone.run(["--package", package.url.path, "list"])
        _ = try clone.run(["list"])
        let description = ".build/release/description.json"
        try package.write("{}\n", to: description)
        try clone.folder.write("{}\n", to: description)
        _ = try clone.run(["--package", package.url.path, "list"])
        #expect(try package.read(description) == "{}\n", "nothing has changed")
        try clone.folder.write("let b = 2\n", to: "Sources/Units/New.swift")
        _ = try clone.run(["--package", package.url.path, "list"])
        _ = try clone.run(["list"])
        #expect(throws: (any Error).self) { try package.read(description) }
        #expect(try clone.folder.read(description) == "{}\n", "of its own files SwiftPM takes notice")
    }

    @Test func theBenchmarksAreBuiltBesideTheBinaryTheyMeasure() throws {
        try clone.folder.write("// two\n", to: "Benchmarks/Package.swift")
        try clone.folder.write("let a = 1\n", to: "Benchmarks/Sources/main.swift")
        for _ in 0..<2 {
            let result = try clone.run(["benchmark", "bars", "--json"])
            #expect(result.status == 0)
            let root = clone.folder.url.path
            #expect(result.output == "\(root)|bars|--json|--binary|\(root)/.build/release/tradewind|")
        }
        #expect(try clone.folder.read("builds") == "tradewind\nmy-desk\n")
    }

    @Test(arguments: [
        ["start", "--mode", "paper"], ["status", "--json"], ["config", "check"], ["help", "start"],
        ["config", "schema", "settings"],
    ])
    func aCommandOfTheServicesBuildsTheServerAloneAndRunsIt(_ arguments: [String]) throws {
        try clone.folder.write("// two\n", to: "Server/Package.swift")
        try clone.folder.write("let a = 1\n", to: "Server/Sources/main.swift")
        for _ in 0..<2 {
            let result = try clone.run(arguments)
            #expect(result.status == 0)
            #expect(result.output == ([clone.folder.url.path] + arguments).map { $0 + "|" }.joined())
        }
        #expect(try clone.folder.read("builds") == "tradewind-server\n")
        _ = try clone.run(["config", "schema", "run"])
        #expect(try clone.folder.read("builds") == "tradewind-server\ntradewind\n")
        try clone.folder.write("let a = 2\n", to: "Sources/Units/New.swift")
        _ = try clone.run(arguments)
        #expect(try clone.builds == 3, "the services depend on the rest of the clone")
    }

    /// What a deployment asks for: the path of the executable, and beside it the commit, which may be another
    /// one though no source changed.
    @Test func aBuildSaysWhereTheServicesAreAndOfWhichCommit() throws {
        let clone = try LauncherClone()
        try clone.folder.write("// server\n", to: "Server/Package.swift")
        try clone.folder.write("let b = 1\n", to: "Server/Sources/tradewind-server/main.swift")
        let git = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
        func commit(_ text: String) throws -> String {
            try clone.folder.write(text, to: "notes.txt")
            for arguments in [["init", "--quiet"], ["add", "notes.txt"], ["commit", "--quiet", "-m", "x"]] {
                #expect(
                    try ShellCommand.start(
                        URL(filePath: "/usr/bin/git"), git + arguments, in: clone.folder.url,
                        environment: clone.environment
                    ).finish().status == 0)
            }
            let head = try ShellCommand.start(
                URL(filePath: "/usr/bin/git"), ["rev-parse", "HEAD"], in: clone.folder.url,
                environment: clone.environment
            ).finish()
            return head.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        for text in ["one", "two"] {
            let head = try commit(text)
            let build = try clone.run(["build", "services"])
            let path = build.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(build.status == 0 && path.hasSuffix("/Server/.build/release/tradewind-server"))
            let stamp = try clone.folder.read("Server/.build/release/tradewind-build-stamp")
            #expect(stamp.hasPrefix(head + "\n"), "\(text)")
        }
        #expect(try clone.builds == 1)
        #expect(try clone.run(["build", "everything"]).status == 64)
    }

    @Test func aPackageOfOnesOwnIsToldWhereTheServerIs() throws {
        try clone.folder.write("// two\n", to: "Server/Package.swift")
        try clone.folder.write("let a = 1\n", to: "Server/Sources/main.swift")
        let package = try TemporaryFolder(named: "my desk")
        try package.write("// three\n", to: "Package.swift")
        try package.write("let a = 1\n", to: "Sources/my-desk/main.swift")
        _ = try clone.run(["--package", package.url.path, "version"])
        try package.write(
            "#!/bin/sh\necho \"$1 by $TRADEWIND_SERVER_EXECUTABLE\"\n",
            to: ".build/release/my-desk", isExecutable: true)
        let result = try clone.run(["--package", package.url.path, "start"])
        #expect(result.output == "start by \(clone.folder.url.path)/Server/.build/release/tradewind-server\n")
        #expect(try clone.run(["--package", package.url.path, "version"]).output == "version by \n")
    }

    @Test func theCommandsOfTheServicesAreThoseThatTheBinaryLists() throws {
        let launcher = try #require(ProjectTree.text("tradewind"))
        let inBinary = ServiceCommandNames.all.map { Substring($0) }
        let function = try #require(launcher.split(separator: "is_of_server() {\n").dropFirst().first)
        let inLauncher = function.split(separator: "\n").prefix { $0 != "}" }.filter { $0.contains(" | ") }
            .flatMap { line in
                line.drop { $0 == " " }.replacing("config) case ${2-} in", with: "")
                    .replacing("events) case ${2-} in", with: "").prefix { $0 != ")" }
                    .split { $0 == " " || $0 == "|" }
            }
        #expect(inBinary.count > 5)
        #expect(Set(inBinary) == Set(inLauncher))
    }

    @Test func wrongUseOfTheLauncherIsRefusedWithTheReason() throws {
        for arguments in [
            ["--package"], ["--package", "nowhere", "demo"], ["test", "--fast"], ["test", "--filter"],
        ] {
            let result = try clone.run(arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.errors.hasPrefix("tradewind: "))
        }
        #expect(try clone.run(["test", "--help"]).output.contains("--long"))
        #expect(try clone.builds == 0)
    }

    @Test(arguments: [false, true])
    func theSuiteIsRunInDebugAndReleaseWithTheGivenFilters(isBroken: Bool) throws {
        if isBroken { clone.environment["BROKEN"] = "--package-path Server" }
        try clone.folder.write("// two\n", to: "Benchmarks/Package.swift")
        try clone.folder.write("let a = 1\n", to: "Benchmarks/Sources/a.swift")
        try clone.folder.write("// three\n", to: "Server/Package.swift")
        try clone.folder.write("let a = 1\n", to: "Server/Tests/a.swift")
        let result = try clone.run(["test", "--filter", "A b", "--long", "--skip=C"])
        #expect(result.status == 0)
        let others = "Benchmarks/Package.swift Benchmarks/Sources Server/Package.swift Server/Tests"
        let release = "--configuration release --disable-testable-imports"
        let chosen = "--filter A b --skip=C"
        let filters = "--disable-xctest \(chosen)"
        let calls = try clone.folder.read("builds").split(separator: "\n").map(String.init)
        let builds = calls.dropFirst().prefix { $0.hasPrefix("build ") }
        // What is built is not built again; what could not be built says why.
        let built = isBroken || builds.isEmpty ? "" : "--skip-build "
        #expect(
            calls.filter { !$0.hasPrefix("build ") } == [
                "format lint --strict --recursive Package.swift Sources \(others)",
                "test --package-path Server \(release) --disable-xctest --no-parallel \(built)\(chosen)",
                "test \(filters)", "test \(release) \(filters)",
            ])
        // All is built first, side by side, where there is memory for it.
        let expected = [
            "build --build-tests --configuration release --disable-xctest",
            "build --build-tests --disable-xctest",
            "build --package-path Server --build-tests --configuration release --disable-xctest",
        ]
        #expect(builds.sorted() == expected || builds.isEmpty && Self.freeMemory < 9_000_000)
        #expect(result.errors.contains("release: passed  Test run with 3 tests passed"))
    }

    /// What this machine has available, in kB.
    private static var freeMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    @Test func aFailedPartFailsTheSuiteAndIsNamedAtTheEnd() throws {
        clone.environment["FAILING"] = "--disable-xctest"
        let result = try clone.run(["test"])
        #expect(result.status == 1)
        #expect(try clone.builds == 3, "the other parts run all the same")
        let summary = result.errors.split(separator: "summary").last.map(String.init) ?? ""
        #expect(summary.contains("format: passed"))
        #expect(summary.contains("debug: FAILED") && summary.contains("recorded an issue here"))
    }
}
