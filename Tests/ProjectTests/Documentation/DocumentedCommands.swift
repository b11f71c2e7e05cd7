import Foundation
import Glibc

/// A folder that looks like a fresh clone to the commands of a document: `./tradewind` is there, and so are
/// the examples, but what the commands write stays here.
struct DocumentedCommands {
    /// Whether the suite was started with `./tradewind test --long`.
    static let runsLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    private let folder: TemporaryFolder
    private let hasSharedData: Bool
    /// Built by the stage of the suite that tests the services, or by the launcher.
    private let server: String?
    /// Documents run side by side; each has services of its own.
    private let port: Int

    init() throws {
        folder = try TemporaryFolder(named: "tradewind")
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        // The binary built with the tests, as the launcher would wait for this very test run; a package of
        // one's own is built elsewhere, by the launcher.
        let builds = ["release", "debug"].map {
            ProjectTree.root.path + "/Server/.build/\($0)/tradewind-server"
        }
        server = builds.first { FileManager.default.isExecutableFile(atPath: $0) }
        port = Self.freePort()
        let wrapper = """
            #!/bin/sh
            TRADEWIND_SERVER_EXECUTABLE='\(server ?? "")'
            export TRADEWIND_SERVER_EXECUTABLE
            case ${1-} in
                --package*) exec '\(ProjectTree.root.path)/tradewind' "$@" ;;
                *) exec '\(products.path)/tradewind' "$@" ;;
            esac

            """
        try folder.write(wrapper, to: "tradewind", isExecutable: true)
        for name in ["Deploy", "Documentation", "Examples"] {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appendingPathComponent(name),
                withDestinationURL: ProjectTree.root.appendingPathComponent(name))
        }
        let environment = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        let shared =
            environment.map { URL(fileURLWithPath: $0) }
            ?? ProjectTree.root.deletingLastPathComponent().appendingPathComponent("shared")
        hasSharedData = FileManager.default.fileExists(atPath: shared.path)
        if hasSharedData {
            try FileManager.default.createSymbolicLink(
                at: folder.url.deletingLastPathComponent().appendingPathComponent("shared"),
                withDestinationURL: shared)
        }
    }

    /// Whether a block is for the long suite only, for a host with a container engine, or needs data that are
    /// not here.
    func mustSkip(_ block: MarkdownDocument.Block) -> Bool {
        if block.info.hasSuffix(" host") {
            print("skipped, as it deploys to a host: \(block.lines)")
            return true
        }
        let isLong = block.info.hasSuffix(" long")
        let needsData = block.lines.contains { $0.contains("../shared") }
        if needsData && !hasSharedData { print("skipped, as ../shared is absent: \(block.lines)") }
        let needsServer = block.lines.contains {
            ServiceCommandNames.isOne($0) || $0.contains("TRADEWIND_API__PORT")
        }
        if needsServer && server == nil { print("skipped, as Server is not built: \(block.lines)") }
        return (isLong && !Self.runsLong) || (needsData && !hasSharedData) || (needsServer && server == nil)
    }

    /// Ends what the commands of a document left running.
    func stopServices() throws {
        if server != nil { _ = try run("./tradewind stop") }
    }

    /// The commands of a block, without those that fetch the clone, start the test suite itself or build in
    /// the clone, which waits for this very test run.
    static func script(of block: MarkdownDocument.Block) -> String {
        let outside = [
            "git clone ", "git pull", "cd tradewind", "./tradewind test", "./tradewind benchmark", ".ci/run",
        ]
        return block.lines.filter { line in !outside.contains { line.hasPrefix($0) } }
            .joined(separator: "\n")
    }

    /// Runs commands as a shell would, up to the first that fails.
    func run(_ script: String) throws -> ShellCommand {
        let environment = ProcessInfo.processInfo.environment
        var kept: [String: String] = ["CI": "true", "TRADEWIND_API__PORT": "\(port)"]
        for name in ["HOME", "PATH", "LANG", "TMPDIR"] { kept[name] = environment[name] }
        return try ShellCommand.run(
            URL(fileURLWithPath: "/bin/sh"), ["-e", "-c", script], in: folder.url, environment: kept)
    }

    /// A port of the loopback that nobody uses now.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// The commands that `tradewind` hands to `tradewind-server`, read from where they are listed.
enum ServiceCommandNames {
    /// The names, those under `config` without that word.
    static let all: [String] = {
        let text = ProjectTree.text("Sources/TradewindCommands/Services/ServiceCommands.swift") ?? ""
        return text.split(separator: "commandName: \"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }()

    /// Whether a line of a document calls one.
    static func isOne(_ line: String) -> Bool {
        let words = line.split(separator: " ").map(String.init)
        guard words.count > 1, words[0] == "./tradewind" else { return false }
        if words[1] == "events" && words.count > 2 {
            return all.contains(words[2]) || (words[2] == "verify" && words.count == 3)
        }
        return all.contains(words[1] == "config" && words.count > 2 ? words[2] : words[1])
    }
}
