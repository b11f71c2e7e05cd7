import MarketData
import Synchronization

/// Files in memory that fail at a chosen change, as a full disk does.
final class MemoryFolderStore: FolderStore {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var folders: Set<String> = ["."]
        var changes = 0
        var failing: ClosedRange<Int>?
    }

    private let state = Mutex(State())

    /// Fails the changes whose numbers, from 1, lie in a range.
    func fail(_ range: ClosedRange<Int>?) {
        state.withLock { ($0.failing, $0.changes) = (range, 0) }
    }

    var changes: Int { state.withLock { $0.changes } }
    var files: [String: [UInt8]] { state.withLock { $0.files } }

    private func change(_ path: String, _ body: (inout State) throws(FileError) -> Void) throws(FileError) {
        let result: Result<Void, FileError> = state.withLock { state in
            state.changes += 1
            if let failing = state.failing, failing.contains(state.changes) {
                return .failure(
                    FileError(path: path, operation: .write, kind: .noSpace, reason: "no space"))
            }
            do throws(FileError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        try result.get()
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        guard let content = state.withLock({ $0.files[path] }) else {
            throw FileError(path: path, operation: .read, kind: .missing, reason: "missing")
        }
        return FileBytes(copying: content)
    }

    func stream(_ path: String) throws(FileError) -> any ByteStream {
        throw FileError(path: path, operation: .read, kind: .failed, reason: "not here")
    }

    func entry(_ path: String) throws(FileError) -> FileEntry? {
        state.withLock { state in
            if state.folders.contains(path) {
                return FileEntry(name: FilePath.name(path), isDirectory: true, size: 0)
            }
            return state.files[path].map {
                FileEntry(name: FilePath.name(path), isDirectory: false, size: $0.count)
            }
        }
    }

    func list(_ directory: String) throws(FileError) -> [FileEntry] {
        let names = state.withLock { state in
            state.files.keys.filter { FilePath.directory($0) == directory }.sorted()
        }
        return names.map { FileEntry(name: FilePath.name($0), isDirectory: false, size: 0) }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        try change(path) { state in state.folders.insert(path) }
    }

    func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError) {
        try change(path) { state in state.files[path] = pieces.flatMap { Array($0) } }
    }

    func delete(_ path: String) throws(FileError) { try change(path) { $0.files[path] = nil } }

    func deleteEmptyFolder(_ path: String) throws(FileError) {
        guard try list(path).isEmpty else { return }
        try change(path) { state in state.folders.remove(path) }
    }

    func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock { FileLock {} }

    func move(_ path: String, to target: String) throws(FileError) {
        try change(path) { state throws(FileError) in
            let taken = state.files.keys.contains { FilePath.directory($0) == target }
            guard state.folders.contains(path), !taken else {
                throw FileError(path: target, operation: .write, kind: .failed, reason: "not empty")
            }
            state.folders.remove(path)
            state.folders.insert(target)
            for (name, content) in state.files where FilePath.directory(name) == path {
                state.files[name] = nil
                state.files[FilePath.join(target, FilePath.name(name))] = content
            }
        }
    }

    func deleteFolder(_ path: String) throws(FileError) {
        try change(path) { state in
            state.folders.remove(path)
            for name in state.files.keys where FilePath.directory(name) == path { state.files[name] = nil }
        }
    }
}
