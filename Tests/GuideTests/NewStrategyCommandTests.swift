import Foundation
import MarketData
import StrategyKit
import Synchronization
import Testing
import TradewindCommands

@Suite final class NewStrategyCommandTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("new-strategy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func itWritesAPackageThatDependsOnThisClone() throws {
        let target = folder.appendingPathComponent("my desk").path
        let (status, output, _) = run(["new-strategy", "channel-breakout", "--directory", target])
        #expect(status == .done)
        #expect(output.contains("./tradewind --package '\(target)' backtest '\(target)/Runs/"))
        let manifest = try String(contentsOfFile: target + "/Package.swift", encoding: .utf8)
        var clone = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { clone.deleteLastPathComponent() }
        #expect(manifest.contains("path: \"\(clone.path)\""))
        #expect(paths(in: target).count == 8)
    }

    @Test func whatIsThereAlreadyIsNeverOverwritten() throws {
        let target = folder.appendingPathComponent("desk")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        let arguments = ["new-strategy", "breakout", "--directory", target.path]
        #expect(run(arguments).status == .done, "an empty folder is as good as none")
        try Data("mine".utf8).write(to: target.appendingPathComponent("Package.swift"))
        let (status, _, errors) = run(arguments)
        #expect(status == .outputFailed)
        #expect(errors.contains(target.path) && errors.contains("remedy:"))
        #expect(try String(contentsOfFile: target.path + "/Package.swift", encoding: .utf8) == "mine")
    }

    @Test func aWrongNameIsRefusedWithAnExample() {
        let (status, _, errors) = run(["new-strategy", "My Strategy"])
        #expect(status == .usage)
        #expect(errors.contains("\"My Strategy\"") && errors.contains("channel-breakout"))
    }

    @Test func aFullDiskLeavesNothingBehind() throws {
        for successes in 0..<8 {
            let target = folder.appendingPathComponent("full-\(successes)").path
            let (status, _, errors) = run(
                ["new-strategy", "breakout", "--directory", target],
                files: FillingFileStore(successes: successes))
            #expect(status == .outputFailed)
            #expect(errors.contains("the disk is full"))
            #expect(paths(in: target).isEmpty && !FileManager.default.fileExists(atPath: target))
        }
    }

    private func paths(in folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
        return found.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    private func run(_ arguments: [String], files: any FolderStore = PosixFileStore())
        -> (status: TradewindCommands.ExitStatus, output: String, errors: String)
    {
        let collected = Collected()
        let context = CommandContext(
            output: CommandOutput(
                isTerminal: false,
                result: { (text) throws(CommandFailure) in collected.append(output: text) },
                remark: { collected.append(errors: $0) }),
            clock: ProcessClock(), strategies: StrategyRegistry([]), files: files)
        let status = TradewindCommand.run(arguments, context)
        return (status, collected.output, collected.errors)
    }
}

/// What a command printed.
private final class Collected: Sendable {
    private let text = Mutex((output: "", errors: ""))

    var output: String { text.withLock { $0.output } }
    var errors: String { text.withLock { $0.errors } }

    func append(output piece: String) { text.withLock { $0.output += piece } }
    func append(errors piece: String) { text.withLock { $0.errors += piece } }
}

/// The files of this machine, on a disk that is full after some writes.
private final class FillingFileStore: FolderStore {
    private let files = PosixFileStore()
    private let left: Mutex<Int>

    init(successes: Int) { left = Mutex(successes) }

    func read(_ path: String) throws(FileError) -> FileBytes { try files.read(path) }
    func stream(_ path: String) throws(FileError) -> any ByteStream { try files.stream(path) }
    func entry(_ path: String) throws(FileError) -> FileEntry? { try files.entry(path) }
    func list(_ directory: String) throws(FileError) -> [FileEntry] { try files.list(directory) }
    func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }
    func delete(_ path: String) throws(FileError) { try files.delete(path) }
    func deleteEmptyFolder(_ path: String) throws(FileError) { try files.deleteEmptyFolder(path) }
    func deleteFolder(_ path: String) throws(FileError) { try files.deleteFolder(path) }
    func move(_ path: String, to target: String) throws(FileError) {
        try files.move(path, to: target)
    }
    func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock {
        try files.lock(path, waits: waits)
    }

    func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError) {
        let isFull = left.withLock { count in
            count -= 1
            return count < 0
        }
        if isFull { throw FileError(path: path, operation: .write, kind: .noSpace, reason: "full") }
        try files.replace(path, with: pieces)
    }
}
