import Foundation
import TestServers
import Testing

/// The scripts inside of images, with stand-ins for what they speak to.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ScriptTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// Asks once; a service that says what it is told to stands at the port.
    private func probe(_ folder: URL, port: Int, restartAfter: Int = 3) throws -> (
        status: Int32, says: String
    ) {
        let done = try Tools.run(
            ["sh", DeployFiles.path("Deploy/Container/probe")],
            variables: [
                "TRADEWIND_API__PORT=\(port)", "PROBE_FOLDER=\(folder.path)",
                "PROBE_RESTART_AFTER=\(restartAfter)",
            ])
        return (done.status, done.output)
    }

    private func service(ready: Bool, holds: Bool, port: Int = 0) async throws -> LoopbackServer {
        try await LoopbackServer.start(port: port) { request in
            switch request.path {
            case "/health":
                .init(status: 200, body: #"{"status":"healthy","holds_positions":\#(holds)}"#)
            case "/healthz": .init(status: ready ? 200 : 503)
            default: .init(status: 404)
            }
        }
    }

    @Test func theProbeSaysWhetherTheServiceIsReady() async throws {
        guard Tools.find("curl", package: "the Debian package curl") != nil else { return }
        try await withFolder { folder in
            let well = try await service(ready: true, holds: false)
            #expect(try probe(folder, port: well.port).status == 0)
            try await well.stop()
            let waiting = try await service(ready: false, holds: false)
            for _ in 0..<5 {
                let answer = try probe(folder, port: waiting.port)
                #expect(answer.status == 1 && answer.says.contains("not ready"))
                #expect(!answer.says.contains("killed"), "it answers")
            }
            try await waiting.stop()
        }
    }

    @Test func theProbeKillsWhatHangsUnlessItHeldPositions() async throws {
        guard Tools.find("curl", package: "the Debian package curl") != nil else { return }
        for holds in [false, true] {
            try await withFolder { folder in
                let service = try await service(ready: true, holds: holds)
                #expect(try probe(folder, port: service.port).status == 0)
                try await service.stop()
                let answers = try (1...3).map { _ in try probe(folder, port: service.port) }
                #expect(answers.allSatisfy { $0.status == 1 })
                #expect(answers[0].says.contains("1 in a row") && answers[2].says.contains("3 in a row"))
                #expect(!answers[1].says.contains("killed"))
                #expect(answers[2].says.contains("killed") == !holds, "\(answers[2].says)")
                #expect(answers[2].says.contains("left alone") == holds)
            }
        }
    }

    @Test func missedAnswersAreForgottenWhenOneComesAndNeverCountWhenSwitchedOff() async throws {
        guard Tools.find("curl", package: "the Debian package curl") != nil else { return }
        try await withFolder { folder in
            let port = ServerProcess.freePort()
            for _ in 0..<2 { _ = try probe(folder, port: port) }
            let back = try await service(ready: true, holds: false, port: port)
            #expect(try probe(folder, port: port).status == 0)
            try await back.stop()
            #expect(try probe(folder, port: port).says.contains("1 in a row"))
            for _ in 0..<4 {
                #expect(!(try probe(folder, port: port, restartAfter: 0)).says.contains("killed"))
            }
        }
    }

    /// A stand-in for the compiler makes an executable that says which source it was made of; one word in the
    /// source makes it fail.
    @Test func theServiceIsBuiltAndStartedAgainWhenItsSourceChanges() async throws {
        try await withFolder { folder in
            let (source, build) = (folder.appending(path: "source"), folder.appending(path: "build"))
            for name in ["Sources", "Tests", "Server/Sources", "Server/Tests", "Dashboard"] {
                try FileManager.default.createDirectory(
                    at: source.appending(path: name), withIntermediateDirectories: true)
            }
            for name in ["Package.swift", "Server/Package.swift"] {
                try Data("//".utf8).write(to: source.appending(path: name))
            }
            let word = source.appending(path: "Server/Sources/word")
            try Data("one\n".utf8).write(to: word)
            let tools = folder.appending(path: "tools")
            try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
            let compiler = """
                #!/bin/sh
                word=$(cat '\(build.path)/source/Server/Sources/word')
                [ "$word" != wrong ] || exit 1
                mkdir -p '\(build.path)/server/debug'
                printf '#!/bin/sh\\ntrap "exit 0" TERM\\necho "serves %s $*" >> \(folder.path)/said\\n\
                while :; do sleep 0.1; done\\n' "$word" > '\(build.path)/server/debug/tradewind-server'
                chmod +x '\(build.path)/server/debug/tradewind-server'

                """
            try Data(compiler.utf8).write(to: tools.appending(path: "swift"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: tools.appending(path: "swift").path)
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [DeployFiles.path("Deploy/Container/rebuild"), "--set", "a=b"]
            process.environment = [
                "PATH": tools.path + ":/usr/bin:/bin", "SOURCE_FOLDER": source.path,
                "BUILD_FOLDER": build.path,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            func said(_ text: String) async throws {
                for _ in 0..<200 {
                    let found = try? String(contentsOf: folder.appending(path: "said"), encoding: .utf8)
                    if found == text { return }
                    try await Task.sleep(for: .milliseconds(50))
                }
                let found = try? String(contentsOf: folder.appending(path: "said"), encoding: .utf8)
                #expect(found == text)
            }
            try await said("serves one serve --set a=b\n")
            // The time of a change must differ from that of the build.
            try await Task.sleep(for: .milliseconds(1_100))
            try Data("wrong\n".utf8).write(to: word)
            try await Task.sleep(for: .milliseconds(2_500))
            try await said("serves one serve --set a=b\n")
            try Data("two\n".utf8).write(to: word)
            try await said("serves one serve --set a=b\nserves two serve --set a=b\n")
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }
}
