internal import Glibc
public import MarketData

/// Files of this machine through the system's own calls.
public struct PosixFileStore: FileStore {
    /// Access with the rights of the process.
    public init() {}

    public func read(_ path: String) throws(FileError) -> FileBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, .read) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, .read) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(path, .read, code: EISDIR) }
        guard status.st_mode & S_IFMT == S_IFREG else { return try collect(path) }
        let count = Int(status.st_size)
        if count == 0 { return FileBytes(copying: []) }
        guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw failure(path, .read)
        }
        return FileBytes(UnsafeRawBufferPointer(start: base, count: count)) {
            munmap(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
        }
    }

    /// Reads what cannot be mapped: a pipe, a device.
    private func collect(_ path: String) throws(FileError) -> FileBytes {
        let source = try stream(path)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { piece.deallocate() }
        var content: [UInt8] = []
        while true {
            let count = try source.read(into: piece)
            if count == 0 { return FileBytes(copying: content) }
            content += piece[..<count]
        }
    }

    public func stream(_ path: String) throws(FileError) -> any ByteStream {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, .read) }
        let stream = PosixByteStream(descriptor: descriptor, path: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, .read) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(path, .read, code: EISDIR) }
        return stream
    }

    public func entry(_ path: String) throws(FileError) -> FileEntry? {
        var status = stat()
        if stat(path, &status) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path, .read)
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        return FileEntry(
            name: FilePath.name(path), isDirectory: isDirectory,
            size: isDirectory ? 0 : Int(status.st_size))
    }

    public func list(_ directory: String) throws(FileError) -> [FileEntry] {
        var entries: [FileEntry] = []
        for name in try names(directory) {
            if let found = try entry(FilePath.join(directory, name)) { entries.append(found) }
        }
        return entries
    }

    /// Names in a directory in order of their bytes, those of links that lead nowhere too.
    func names(_ directory: String) throws(FileError) -> [String] {
        guard let handle = opendir(directory) else { throw failure(directory, .read) }
        defer { closedir(handle) }
        var names: [String] = []
        while let item = readdir(handle) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names
    }

    public func makeDirectory(_ path: String) throws(FileError) {
        if mkdir(path, 0o755) == 0 { return }
        if errno == EEXIST {
            guard let found = try entry(path), found.isDirectory else {
                throw failure(path, .write, code: ENOTDIR)
            }
            return
        }
        let parent = FilePath.directory(path)
        guard errno == ENOENT, parent != path else { throw failure(path, .write) }
        try makeDirectory(parent)
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(path, .write) }
    }

    public func replace(_ path: String, with pieces: [UnsafeRawBufferPointer]) throws(FileError) {
        try replace(path) { (write) throws(FileError) in
            for piece in pieces { try write(piece) }
        }
    }

    public func replace(
        _ path: String,
        writing content: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
    ) throws(FileError) {
        // Ctrl-C in here would leave the temporary file.
        let held = Interruption.hold()
        defer { Interruption.release(held) }
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, .write) }
        do throws(FileError) {
            try content { (piece) throws(FileError) in try write(piece, to: descriptor, path) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        try complete(descriptor, temporary, as: path)
    }

    /// Forces a file to the disk, closes it and gives it its name; removes it where one of these fails.
    func complete(_ descriptor: Int32, _ temporary: String, as path: String) throws(FileError) {
        var failed: FileError?
        if fsync(descriptor) != 0 { failed = failure(path, .write) }
        if close(descriptor) != 0 && failed == nil { failed = failure(path, .write) }
        if failed == nil && rename(temporary, path) != 0 { failed = failure(path, .write) }
        if let failed {
            unlink(temporary)
            throw failed
        }
        try synchronize(FilePath.directory(path))
    }

    /// Bytes from which on a draft is worth a thread.
    private static let threadedBytes = 1 << 20

    public func draft(
        _ path: String, free: Int, pieces: [UnsafeRawBufferPointer], owner: AnyObject
    ) throws(FileError) -> any FileDraft {
        let bytes = pieces.reduce(0) { $0 + $1.count }
        if bytes < PosixFileStore.threadedBytes { return PlainFileDraft(self, pieces: pieces, owner: owner) }
        return try PosixFileDraft(path, free: free, pieces: pieces, owner: owner)
    }

    public func readingAhead(_ stream: any ByteStream) -> any ByteStream { ReadAhead(stream) }

    func write(
        _ piece: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
    ) throws(FileError) {
        var rest = piece[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, min(part.count, 1 << 30))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(path, .write, code: count == 0 ? ENOSPC : errno) }
            rest = rest.dropFirst(count)
        }
    }

    func synchronize(_ directory: String) throws(FileError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(directory, .write) }
        defer { close(descriptor) }
        // Some file systems cannot synchronise a directory and say EINVAL: nothing more can be done there.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(directory, .write) }
    }

    public func delete(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path, .write) }
    }

    public func deleteEmptyFolder(_ path: String) throws(FileError) {
        let isHarmless = rmdir(path) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST
        guard isHarmless else { throw failure(path, .write) }
    }

    public func lock(_ path: String, waits: Bool) throws(FileError) -> FileLock {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure(path, .lock) }
            while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                let error = failure(path, .lock)
                close(descriptor)
                throw error
            }
            // The holder before may have removed the file: what is locked must be what the path names.
            var (locked, named) = (stat(), stat())
            if fstat(descriptor, &locked) == 0, stat(path, &named) == 0, locked.st_ino == named.st_ino,
                locked.st_dev == named.st_dev
            {
                return FileLock { close(descriptor) }
            }
            close(descriptor)
            // Its folder too: then the next opening says so.
        }
    }

    func failure(
        _ path: String, _ operation: FileError.Operation, code: Int32 = errno
    ) -> FileError {
        FileError(path: path, operation: operation, code: code)
    }
}

/// A file descriptor that is read to its end.
private final class PosixByteStream: ByteStream {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) { (self.descriptor, self.path) = (descriptor, path) }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw FileError(path: path, operation: .read, code: errno) }
        }
    }
}

extension FileError {
    /// The failure that a system error number tells.
    fileprivate init(path: String, operation: Operation, code: Int32) {
        let kind: FileFailureKind =
            switch code {
            case ENOENT: .missing
            case EACCES, EPERM: .denied
            case EISDIR, ENOTDIR: .wrongType
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            case EROFS: .readOnly
            case EWOULDBLOCK: .busy
            default: .failed
            }
        self.init(path: path, operation: operation, kind: kind, reason: String(cString: strerror(code)))
    }
}
