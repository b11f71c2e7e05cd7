import MarketData
import Synchronization

/// Files in memory, which can be made to fail or to "die" at a chosen operation.
final class MemoryFiles: FileStore {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var directories: Set<String> = []
        var locked: Set<String> = []
        var writes = 0
        var failingWrite: Int?
        var diesThere = false
        var isDead = false
    }

    private let state = Mutex(State())
    private let pieceSize: Int

    /// - Parameter pieceSize: how many bytes a stream hands out at once.
    init(_ files: [String: String] = [:], pieceSize: Int = 65_536) {
        self.pieceSize = pieceSize
        for (path, text) in files { put(path, Array(text.utf8)) }
    }

    func put(_ path: String, _ bytes: [UInt8]) {
        state.withLock { state in
            state.files[path] = bytes
            var directory = FilePath.directory(path)
            while directory != "." && directory != "/" {
                state.directories.insert(directory)
                directory = FilePath.directory(directory)
            }
        }
    }

    func bytes(_ path: String) -> [UInt8]? { state.withLock { $0.files[path] } }

    var paths: [String] { state.withLock { $0.files.keys.sorted() } }

    /// All files and their content.
    var snapshot: [String: [UInt8]] { state.withLock { $0.files } }

    var writes: Int { state.withLock { $0.writes } }

    /// Makes the n-th write from now on fail: with a full disk, or as if the process had been killed in it.
    func fail(atWrite number: Int, dying: Bool) {
        state.withLock { state in
            state.writes = 0
            state.failingWrite = number
            state.diesThere = dying
        }
    }

    /// Forgets failures and locks, as a new process would.
    func revive() {
        state.withLock { state in
            state.failingWrite = nil
            state.isDead = false
            state.locked = []
        }
    }

    private static func error(
        _ path: String, _ operation: FileError.Operation, _ kind: FileFailureKind
    ) -> FileError {
        FileError(path: path, operation: operation, kind: kind, reason: "\(kind)")
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        let found = state.withLock { ($0.files[path], $0.isDead) }
        guard let bytes = found.0, !found.1 else { throw MemoryFiles.error(path, .read, .missing) }
        return FileBytes(copying: bytes)
    }

    func stream(_ path: String) throws(FileError) -> any ByteStream {
        let found = state.withLock { ($0.files[path], $0.isDead) }
        guard let bytes = found.0, !found.1 else { throw MemoryFiles.error(path, .read, .missing) }
        return MemoryStream(bytes, pieceSize)
    }

    func entry(_ path: String) throws(FileError) -> FileEntry? {
        state.withLock { state in
            if let bytes = state.files[path] {
                return FileEntry(name: FilePath.name(path), isDirectory: false, size: bytes.count)
            }
            guard state.directories.contains(path) else { return nil }
            return FileEntry(name: FilePath.name(path), isDirectory: true, size: 0)
        }
    }

    func list(_ directory: String) throws(FileError) -> [FileEntry] {
        let names = state.withLock { state in
            (Array(state.files.keys) + Array(state.directories)).filter {
                FilePath.directory($0) == directory
            }
        }
        var entries: [FileEntry] = []
        for name in names.sorted() { if let entry = try entry(name) { entries.append(entry) } }
        return entries
    }

    /// Counts a write; throws where it is the one to fail. `partial` is what a killed process leaves behind.
    private func write(_ path: String, partial: (inout State) -> Void) throws(FileError) {
        let fails = state.withLock { state -> Bool in
            if state.isDead { return true }
            state.writes += 1
            guard state.writes == state.failingWrite else { return false }
            if state.diesThere {
                state.isDead = true
                partial(&state)
            }
            return true
        }
        if fails { throw MemoryFiles.error(path, .write, .noSpace) }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        let isThere = state.withLock { $0.directories.contains(path) }
        if isThere { return }
        try write(path) { _ in }
        state.withLock { state in
            var directory = path
            while directory != "." && directory != "/" {
                state.directories.insert(directory)
                directory = FilePath.directory(directory)
            }
        }
    }

    func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError) {
        let bytes = pieces.flatMap { Array($0) }
        try write(path) { $0.files[path + ".1.part"] = Array(bytes.prefix(bytes.count / 2)) }
        state.withLock { $0.files[path] = bytes }
    }

    func delete(_ path: String) throws(FileError) {
        try write(path) { _ in }
        _ = state.withLock { $0.files.removeValue(forKey: path) }
    }

    func deleteEmptyFolder(_ path: String) throws(FileError) {
        guard try list(path).isEmpty else { return }
        _ = state.withLock { $0.directories.remove(path) }
    }

    /// All directories, those too that hold nothing.
    var folders: [String] { state.withLock { $0.directories.sorted() } }

    func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock {
        let isFree = state.withLock { state in
            if state.files[path] == nil { state.files[path] = [] }
            return state.locked.insert(path).inserted
        }
        guard isFree else { throw MemoryFiles.error(path, .lock, .busy) }
        return FileLock { [weak self] in _ = self?.state.withLock { $0.locked.remove(path) } }
    }
}

private final class MemoryStream: ByteStream {
    private let bytes: [UInt8]
    private let pieceSize: Int
    private var position = 0

    init(_ bytes: [UInt8], _ pieceSize: Int) { (self.bytes, self.pieceSize) = (bytes, pieceSize) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = min(buffer.count, pieceSize, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<(position + count)])
        position += count
        return count
    }
}
