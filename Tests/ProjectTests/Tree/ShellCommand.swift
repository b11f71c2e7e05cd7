import Foundation

/// A command run to its end, with what it printed.
struct ShellCommand {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program with exactly this environment. What it prints goes through files, so that no pipe can
    /// fill up while nobody reads it. A program ended by a signal has 128 plus the signal as its status.
    static func run(
        _ program: URL, _ arguments: [String], in folder: URL, environment: [String: String]
    ) throws -> ShellCommand {
        try start(program, arguments, in: folder, environment: environment).finish()
    }

    /// Starts a program and returns at once.
    static func start(
        _ program: URL, _ arguments: [String], in folder: URL, environment: [String: String]
    ) throws -> RunningCommand {
        let output = try TemporaryFolder(named: "output")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output.handle(of: "stdout")
        process.standardError = try output.handle(of: "stderr")
        try process.run()
        return RunningCommand(process: process, folder: output)
    }
}

/// A command that has been started.
struct RunningCommand {
    let process: Process
    let folder: TemporaryFolder

    func finish() throws -> ShellCommand {
        process.waitUntilExit()
        let wasSignalled = process.terminationReason == .uncaughtSignal
        return ShellCommand(
            status: process.terminationStatus + (wasSignalled ? 128 : 0), output: try folder.read("stdout"),
            errors: try folder.read("stderr"))
    }
}

/// A folder that is removed when nothing refers to it any more.
final class TemporaryFolder {
    let url: URL

    init(named name: String) throws {
        let unique = "tradewind-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
        url = FileManager.default.temporaryDirectory.appendingPathComponent(unique)
            .appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }

    func read(_ path: String) throws -> String {
        let data = try Data(contentsOf: url.appendingPathComponent(path))
        return String(decoding: data, as: UTF8.self)
    }

    func write(_ text: String, to path: String, isExecutable: Bool = false) throws {
        let file = url.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        if isExecutable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    func handle(of path: String) throws -> FileHandle {
        try write("", to: path)
        return try FileHandle(forWritingTo: url.appendingPathComponent(path))
    }
}
