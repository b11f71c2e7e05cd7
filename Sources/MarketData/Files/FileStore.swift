/// The bytes of a file, read only, kept in memory or mapped for as long as this object lives.
public final class FileBytes: @unchecked Sendable {
    // Sendable: the bytes are never written after the object exists.
    /// The bytes; they are valid only while this object lives, which the compiler may end after its last use.
    /// Prefer ``withBytes(_:)`` or ``array``.
    public let bytes: UnsafeRawBufferPointer
    private let release: @Sendable (UnsafeRawBufferPointer) -> Void

    /// Bytes that somebody else provides.
    ///
    /// - Parameter release: called once, when the last holder is gone.
    public init(
        _ bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        (self.bytes, self.release) = (bytes, release)
    }

    /// A copy of given bytes.
    public convenience init(copying content: some Collection<UInt8>) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, content.count), alignment: 4096)
        memory.copyBytes(from: content)
        self.init(UnsafeRawBufferPointer(rebasing: memory[..<content.count])) { $0.deallocate() }
    }

    deinit { release(bytes) }

    /// How many bytes.
    public var count: Int { bytes.count }

    /// A copy of the bytes.
    public var array: [UInt8] { withBytes { Array($0) } }

    /// The bytes as UTF-8 text; nil when they are none.
    public var text: String? { withBytes { String(validating: $0, as: UTF8.self) } }

    /// Works on the bytes, which stay valid during the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }
}

/// One entry of a directory.
public struct FileEntry: Hashable, Sendable {
    /// Its name, without the directory.
    public let name: String
    /// Whether it is a directory.
    public let isDirectory: Bool
    /// Its size in bytes; 0 for directories.
    public let size: Int

    /// An entry.
    public init(name: String, isDirectory: Bool, size: Int) {
        (self.name, self.isDirectory, self.size) = (name, isDirectory, size)
    }
}

/// A lock on a path that holds until it is released or this object goes away, also by `kill -9`.
public final class FileLock: Sendable {
    private let release: @Sendable () -> Void

    /// A held lock.
    ///
    /// - Parameter release: gives it up; called once.
    public init(release: @escaping @Sendable () -> Void) { self.release = release }

    deinit { release() }
}

/// A file that is being read from its start to its end.
public protocol ByteStream: AnyObject {
    /// Fills the front of a buffer with the next bytes.
    ///
    /// - Returns: how many bytes were written; 0 only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
}

/// Access to files, handed to the library by the command that runs it. Paths are plain text with `/`.
///
/// The library never opens a file itself, so tests can hand in a store that fails at any operation.
public protocol FileStore: Sendable {
    /// The bytes of a file, mapped where possible. An empty file has zero bytes.
    func read(_ path: String) throws(FileError) -> FileBytes

    /// Opens a file for reading from start to end, in pieces; for files larger than memory should hold.
    func stream(_ path: String) throws(FileError) -> any ByteStream

    /// What a path names; nil when there is nothing.
    func entry(_ path: String) throws(FileError) -> FileEntry?

    /// The entries of a directory, sorted by name as bytes, without `.` and `..`.
    func list(_ directory: String) throws(FileError) -> [FileEntry]

    /// Makes a directory and those above it; nothing happens when it exists.
    func makeDirectory(_ path: String) throws(FileError)

    /// Replaces a file by the given pieces, one after the other, or leaves it as it was.
    ///
    /// The new content is written beside it, forced to the disk and renamed, and the directory is forced to
    /// the disk, so that a crash at any moment leaves either the old or the new file. On failure the piece
    /// written so far is removed.
    func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError)

    /// Replaces a file by what `content` hands over piece by piece, as ``replace(_:with:)`` does. A piece
    /// need not stay valid; what `content` throws leaves the file as it was.
    func replace(
        _ path: String,
        writing content: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
    ) throws(FileError)

    /// Begins a new file, which may be written while the caller goes on working.
    ///
    /// - Parameters:
    ///   - path: names the draft; its folder exists and is that of the finished file.
    ///   - free: bytes left free at the start of the file, which are known only at its end.
    ///   - pieces: what follows, one after the other.
    ///   - owner: keeps the memory of `pieces` until the draft is finished or given up.
    func draft(
        _ path: String, free: Int, pieces: [UnsafeRawBufferPointer], owner: AnyObject
    ) throws(FileError) -> any FileDraft

    /// A stream of the same bytes that may be read further while its reader works on what it has.
    func readingAhead(_ stream: any ByteStream) -> any ByteStream

    /// Deletes a file; nothing happens when it is absent.
    func delete(_ path: String) throws(FileError)

    /// Deletes a directory that holds nothing; nothing happens when it is absent or holds something.
    func deleteEmptyFolder(_ path: String) throws(FileError)

    /// Takes the lock of a path, which is created when absent.
    ///
    /// - Parameter waits: whether to wait for another holder; otherwise a held lock is an error of kind
    ///   ``FileFailureKind/busy``.
    func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock
}

extension FileStore {
    /// Gathers the pieces in memory first.
    public func replace(
        _ path: String,
        writing content: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
    ) throws(FileError) {
        var copies: [FileBytes] = []
        try content { (piece) throws(FileError) in copies.append(FileBytes(copying: piece)) }
        defer { withExtendedLifetime(copies) {} }
        try replace(path, with: copies.map(\.bytes))
    }

    /// A draft that is written when it is finished.
    public func draft(
        _ path: String, free: Int, pieces: [UnsafeRawBufferPointer], owner: AnyObject
    ) throws(FileError) -> any FileDraft {
        PlainFileDraft(self, pieces: pieces, owner: owner)
    }

    /// The stream itself, which is read when its reader asks.
    public func readingAhead(_ stream: any ByteStream) -> any ByteStream { stream }

    /// The folder of a path and those above it that do not exist yet, the innermost first.
    public func absentFolders(_ path: String) throws(FileError) -> [String] {
        var absent: [String] = []
        var folder = path
        while try entry(folder) == nil {
            absent.append(folder)
            let parent = FilePath.directory(folder)
            if parent == folder || parent == "." { break }
            folder = parent
        }
        return absent
    }

    /// Replaces a file by bytes; see ``replace(_:with:)-([UnsafeRawBufferPointer])``.
    public func replace(_ path: String, with content: [UInt8]) throws(FileError) {
        let copy = FileBytes(copying: content)
        defer { withExtendedLifetime(copy) {} }
        try replace(path, with: [copy.bytes])
    }

    /// Replaces a file by a text; see ``replace(_:with:)-([UnsafeRawBufferPointer])``.
    public func replace(_ path: String, with text: String) throws(FileError) {
        try replace(path, with: Array(text.utf8))
    }
}

/// Paths as text.
public enum FilePath {
    /// A path inside a directory; an absolute one stays as it is.
    public static func join(_ directory: String, _ path: String) -> String {
        if path.hasPrefix("/") || directory.isEmpty || directory == "." { return path }
        return directory.hasSuffix("/") ? directory + path : directory + "/" + path
    }

    /// The directory part: `.` where there is none.
    public static func directory(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part.
    public static func name(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}
