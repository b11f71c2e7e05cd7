internal import ArgumentParser
internal import Glibc
internal import MarketData

/// `tradewind new-strategy NAME`: makes a package for a strategy of the user's own.
struct NewStrategyCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-strategy",
        abstract: "Make a package for a strategy of your own.",
        discussion: """
            The package holds a small working strategy, a run over sample data and tests. Run it with \
            tradewind --package DIR backtest DIR/Runs/NAME.yaml.
            """)

    @Argument(help: "Small letters, digits and hyphens: channel-breakout.")
    var name: String

    @Option(help: "Folder to make the package in; NAME in the current folder by default.")
    var directory: String?

    func run(_ context: CommandContext) throws {
        let name = try StrategyPackageName(name)
        let directory = directory ?? name.text
        let files = context.files
        let clone = try Self.clone(files)
        try Self.checkAbsent(directory, files)
        let package = StrategyPackage(name: name, clone: clone)
        try Self.write(package.files, into: directory, files)
        var lines = ["Made \(directory):"]
        lines += package.files.map { "  \($0.path)" }
        let run = Self.quoted(FilePath.join(directory, "Runs/\(name.text).yaml"))
        lines.append("Run it:  ./tradewind --package \(Self.quoted(directory)) backtest \(run)")
        try context.output.result(lines.joined(separator: "\n") + "\n")
    }

    /// The clone that this command was compiled in: four folders above this file.
    private static func clone(_ files: any FileStore) throws -> String {
        var folder: String = #filePath
        for _ in 0..<4 { folder = FilePath.directory(folder) }
        guard try files.entry(FilePath.join(folder, "Package.swift")) != nil else {
            throw CommandFailure(
                .failed, code: "clone",
                message: "the clone of Tradewind that this command was built in is no longer at \(folder)",
                remedy: "run ./tradewind new-strategy from the clone, which builds it anew")
        }
        return folder
    }

    /// A path as it is typed into a shell.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+~".contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }

    /// Nothing is ever overwritten: the folder must be absent or empty.
    private static func checkAbsent(_ directory: String, _ files: any FileStore) throws {
        guard let entry = try files.entry(directory) else { return }
        if entry.isDirectory, try files.list(directory).isEmpty { return }
        throw CommandFailure(
            .outputFailed, code: "exists", message: "something is there already", file: directory,
            remedy: "choose another name, or another folder with --directory")
    }

    /// Writes all files or, when one fails, none: those written so far are removed again.
    private static func write(
        _ content: [StrategyPackage.File], into directory: String, _ files: any FileStore
    ) throws {
        let wasThere = try files.entry(directory) != nil
        var written: [String] = []
        do {
            for file in content {
                let path = FilePath.join(directory, file.path)
                try files.makeDirectory(FilePath.directory(path))
                try files.replace(path, with: file.text)
                written.append(path)
            }
        } catch {
            for path in written { try files.delete(path) }
            for folder in folders(of: content).sorted(by: >) { rmdir(FilePath.join(directory, folder)) }
            if !wasThere { rmdir(directory) }
            throw error
        }
    }

    /// Every folder inside the package that holds a file or another folder.
    private static func folders(of content: [StrategyPackage.File]) -> Set<String> {
        var folders: Set<String> = []
        for file in content {
            var folder = FilePath.directory(file.path)
            while folder != "." {
                folders.insert(folder)
                folder = FilePath.directory(folder)
            }
        }
        return folders
    }
}
