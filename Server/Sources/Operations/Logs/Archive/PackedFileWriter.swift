internal import CGzip
internal import Glibc
internal import Units

/// Writes a gzip file (RFC 1952) piece by piece, with the SHA-256 of what is written. The same content gives
/// the same bytes: the header names no file and no time.
final class PackedFileWriter {
    private static let size = 1 << 16

    private let path: String
    private let stream: UnsafeMutablePointer<z_stream>
    private var descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: PackedFileWriter.size)
    private var digest = SHA256Stream()
    private var written: Int64 = 0

    /// Begins a new file, in the place of one that is there.
    init(_ path: String) throws(LogArchiveError) {
        self.path = path
        unlink(path)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        if descriptor < 0 { throw .system("creating the file", path) }
        // 15 bits of window, plus 16 for the gzip header and checksum.
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK {
            throw LogArchiveError(
                .file, "there is no memory to pack the file", path: path, remedy: "free some memory")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    /// Adds bytes.
    func append(_ bytes: [UInt8]) throws(LogArchiveError) {
        let problem: Int32 = bytes.withUnsafeBufferPointer { piece in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.baseAddress)
            stream.pointee.avail_in = UInt32(piece.count)
            var problem: Int32 = 0
            while stream.pointee.avail_in > 0 && problem == 0 { problem = pack(Z_NO_FLUSH).problem }
            return problem
        }
        if problem != 0 { throw .system("writing", path, number: problem) }
    }

    /// Ends the file and brings it to the disk.
    ///
    /// - Returns: its size and its SHA-256.
    func finish() throws(LogArchiveError) -> (bytes: Int64, digest: Digest) {
        stream.pointee.avail_in = 0
        var (problem, isDone): (Int32, Bool) = (0, false)
        while problem == 0 && !isDone { (problem, isDone) = pack(Z_FINISH) }
        if problem == 0 && fsync(descriptor) != 0 { problem = errno }
        // Some file systems tell of a full disk only here.
        if close(descriptor) != 0 && problem == 0 { problem = errno }
        descriptor = -1
        if problem != 0 { throw .system("writing", path, number: problem) }
        return (written, digest.snapshot())
    }

    /// Packs as much as the buffer holds and writes it.
    private func pack(_ flush: Int32) -> (problem: Int32, isDone: Bool) {
        var status = Z_OK
        let count = buffer.withUnsafeMutableBufferPointer { room in
            stream.pointee.next_out = room.baseAddress
            stream.pointee.avail_out = UInt32(room.count)
            status = deflate(stream, flush)
            return room.count - Int(stream.pointee.avail_out)
        }
        if status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR { return (EIO, false) }
        buffer[..<count].withUnsafeBytes { digest.update($0) }
        let problem = DirectFile.write(buffer[..<count], to: descriptor) ?? 0
        written += Int64(count)
        return (problem, status == Z_STREAM_END)
    }
}
