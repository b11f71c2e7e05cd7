#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file that holds secrets, looked at and read with the C library.
struct SecretFile {
    let path: String
    /// Whether a file that others than its owner may read is refused.
    let mustBePrivate: Bool

    /// More bytes than this are not read.
    static let maximumBytes = 1 << 20

    /// What tells one edition of the file from another.
    struct Mark: Hashable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let seconds: Int64
        let nanoseconds: Int64

        var text: String { "\(device):\(inode):\(size):\(seconds).\(nanoseconds)" }
    }

    private var source: String { "file \(path)" }

    /// Looks at the file without reading it.
    func mark() throws(SecretError) -> Mark {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(errno) }
        return try checked(status)
    }

    /// Hands the content and the mark of that very content to `body`; the content is overwritten afterwards.
    func read<Result>(
        _ body: (UnsafeRawBufferPointer, Mark) throws(SecretError) -> Result
    ) throws(SecretError) -> Result {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        let mark = try checked(status)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(mark.size) + 1, alignment: 16)
        defer {
            SecretStorage.overwrite(buffer)
            buffer.deallocate()
        }
        var count = 0
        while count < buffer.count {
            let got = Self.readSome(descriptor, buffer, from: count)
            if got < 0 { throw failure(errno) }
            if got == 0 { break }
            count += got
        }
        guard count == Int(mark.size) else {
            throw SecretError(
                .unavailable, source: source, message: "changed while it was read",
                remedy: "let the agent write a new file and rename it into place")
        }
        return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]), mark)
    }

    private static func readSome(
        _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, from start: Int
    ) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        #if canImport(Darwin)
        return Darwin.read(descriptor, base + start, buffer.count - start)
        #elseif canImport(Musl)
        return Musl.read(descriptor, base + start, buffer.count - start)
        #else
        return Glibc.read(descriptor, base + start, buffer.count - start)
        #endif
    }

    private func checked(_ status: stat) throws(SecretError) -> Mark {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretError(
                .malformed, source: source, message: "is not a regular file",
                remedy: "name a file that holds JSON")
        }
        if mustBePrivate, status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw SecretError(
                .misconfigured, source: source,
                message: "may be read by others than its owner (mode 0\(mode))",
                remedy: "run: chmod 600 \(path)")
        }
        guard status.st_size <= Self.maximumBytes else {
            throw SecretError(
                .malformed, source: source, message: "has more than \(Self.maximumBytes) bytes",
                remedy: "name the file that the agent renders for this credential")
        }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Mark(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size), seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    private func failure(_ code: Int32) -> SecretError {
        let reason = String(cString: strerror(code))
        let remedy =
            code == EACCES
            ? "let the user of this process read it" : "see that the agent runs and renders it there"
        return SecretError(.unavailable, source: source, message: "cannot be read: \(reason)", remedy: remedy)
    }
}
