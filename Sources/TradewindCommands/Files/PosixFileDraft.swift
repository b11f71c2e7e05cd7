internal import Glibc
internal import MarketData

/// A file that a thread of its own writes beside the work of its owner.
final class PosixFileDraft: FileDraft {
    private let store = PosixFileStore()
    private let path: String
    private let free: Int
    private let writer: PieceWriter
    private var thread: pthread_t?
    private var isOpen = true
    // Ctrl-C would leave the temporary file.
    private let held = Interruption.hold()

    /// Opens the file and begins to write.
    init(
        _ path: String, free: Int, pieces: [UnsafeRawBufferPointer], owner: AnyObject
    ) throws(FileError) {
        (self.path, self.free) = ("\(path).\(getpid()).part", free)
        let descriptor = open(self.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        writer = PieceWriter(descriptor: descriptor, path: path, pieces: pieces, owner: owner)
        guard descriptor >= 0 else {
            isOpen = false
            throw store.failure(path, .write)
        }
        let writer = writer
        guard lseek(descriptor, off_t(free), SEEK_SET) >= 0 else { throw store.failure(path, .write) }
        thread = BackgroundThread.start { writer.run() }
        if thread == nil { writer.run() }
    }

    deinit {
        wait()
        if isOpen {
            close(writer.descriptor)
            unlink(path)
        }
        Interruption.release(held)
    }

    private func wait() {
        if let thread { BackgroundThread.wait(for: thread) }
        thread = nil
    }

    func finish(start: UnsafeRawBufferPointer, as target: String) throws(FileError) {
        precondition(start.count == free && isOpen, "the start fills what was left free, once")
        wait()
        if let failure = writer.failure { throw failure }
        guard lseek(writer.descriptor, 0, SEEK_SET) == 0 else { throw store.failure(target, .write) }
        try store.write(start, to: writer.descriptor, target)
        isOpen = false
        try store.complete(writer.descriptor, path, as: target)
    }
}

/// The pieces of a draft on their way to the disk.
private final class PieceWriter: @unchecked Sendable {
    // Sendable: the writing thread alone uses it from its start until the owner of the draft has waited for
    // its end.
    let descriptor: Int32
    private let path: String
    private let pieces: [UnsafeRawBufferPointer]
    private let owner: AnyObject
    private(set) var failure: FileError?

    init(descriptor: Int32, path: String, pieces: [UnsafeRawBufferPointer], owner: AnyObject) {
        (self.descriptor, self.path, self.pieces, self.owner) = (descriptor, path, pieces, owner)
    }

    func run() {
        do {
            for piece in pieces { try PosixFileStore().write(piece, to: descriptor, path) }
        } catch {
            failure = error
        }
    }
}
