import MarketData
import Synchronization
import TradewindCommands

/// The files of this machine on a disk that is full after a number of files.
final class FullDisk: FolderStore {
    private let files = PosixFileStore()
    private let left: Mutex<Int>

    init(after writes: Int) { left = Mutex(writes) }

    func read(_ path: String) throws(FileError) -> FileBytes { try files.read(path) }
    func stream(_ path: String) throws(FileError) -> any ByteStream { try files.stream(path) }
    func entry(_ path: String) throws(FileError) -> FileEntry? { try files.entry(path) }
    func list(_ directory: String) throws(FileError) -> [FileEntry] { try files.list(directory) }
    func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }
    func delete(_ path: String) throws(FileError) { try files.delete(path) }
    func deleteEmptyFolder(_ path: String) throws(FileError) { try files.deleteEmptyFolder(path) }
    func deleteFolder(_ path: String) throws(FileError) { try files.deleteFolder(path) }
    func move(_ path: String, to target: String) throws(FileError) { try files.move(path, to: target) }
    func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock {
        try files.lock(path, waits: waits)
    }

    func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError) {
        let isFull = left.withLock { count in
            count -= 1
            return count < 0
        }
        if isFull {
            throw FileError(path: path, operation: .write, kind: .noSpace, reason: "No space left on device")
        }
        try files.replace(path, with: pieces)
    }
}
