import Foundation

/// A folder that looks like a fresh clone to the commands of a document: `./tradewind` is there, and so are
/// the examples, but what the commands write stays here.
struct DocumentedCommands {
    /// Whether the suite was started with `./tradewind test --long`.
    static let runsLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    private let folder: TemporaryFolder
    private let hasSharedData: Bool

    init() throws {
        folder = try TemporaryFolder(named: "tradewind")
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        // The binary built with the tests, as the launcher would wait for this very test run; a package of
        // one's own is built elsewhere, by the launcher.
        let wrapper = """
            #!/bin/sh
            case ${1-} in
                --package*) exec '\(ProjectTree.root.path)/tradewind' "$@" ;;
                *) exec '\(products.path)/tradewind' "$@" ;;
            esac

            """
        try folder.write(wrapper, to: "tradewind", isExecutable: true)
        for name in ["Examples", "Documentation"] {
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

    /// Whether a block is for the long suite only, or needs data that are not here.
    func mustSkip(_ block: MarkdownDocument.Block) -> Bool {
        let isLong = block.info.hasSuffix(" long")
        let needsData = block.lines.contains { $0.contains("../shared") }
        if needsData && !hasSharedData { print("skipped, as ../shared is absent: \(block.lines)") }
        return (isLong && !Self.runsLong) || (needsData && !hasSharedData)
    }

    /// The commands of a block, without those that fetch the clone, start the test suite itself or build in
    /// the clone, which waits for this very test run.
    static func script(of block: MarkdownDocument.Block) -> String {
        let outside = ["git clone ", "cd tradewind", "./tradewind test", "./tradewind benchmark", ".ci/run"]
        return block.lines.filter { line in !outside.contains { line.hasPrefix($0) } }
            .joined(separator: "\n")
    }

    /// Runs commands as a shell would, up to the first that fails.
    func run(_ script: String) throws -> ShellCommand {
        let environment = ProcessInfo.processInfo.environment
        var kept: [String: String] = ["CI": "true"]
        for name in ["HOME", "PATH", "LANG", "TMPDIR"] { kept[name] = environment[name] }
        return try ShellCommand.run(
            URL(fileURLWithPath: "/bin/sh"), ["-e", "-c", script], in: folder.url, environment: kept)
    }
}
