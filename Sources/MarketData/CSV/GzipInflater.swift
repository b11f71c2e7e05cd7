internal import CZlib

/// Unpacks gzip data piece by piece: RFC 1952, with any number of members one after the other.
struct GzipInflater: ~Copyable {
    /// What is wrong with the packed data.
    enum Failure: Error {
        /// The bytes are not what gzip allows; zlib's words.
        case corrupt(String)
        /// Bytes other than zero padding follow the last member.
        case trailingBytes
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether a member is open, so that more packed bytes must follow.
    private(set) var isInsideMember = true

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, plus 16 for the gzip header and checksum.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot start: out of memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks from `packed` into `plain`.
    ///
    /// - Returns: how many packed bytes were used and how many plain bytes were written. Both are 0 only
    ///   when `packed` is empty or `plain` is full.
    mutating func inflate(
        _ packed: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> (used: Int, written: Int) {
        var used = 0
        if !isInsideMember {
            // Between members: skip zero padding, then another member must begin.
            while used < packed.count && packed[used] == 0 { used += 1 }
            if used == packed.count { return (used, 0) }
            guard packed[used] == 0x1F else { throw .trailingBytes }
            guard inflateReset(stream) == Z_OK else { throw .corrupt("cannot start the next member") }
            isInsideMember = true
        }
        guard let input = packed.baseAddress, let output = plain.baseAddress, plain.count > 0 else {
            return (used, 0)
        }
        let rest = packed.count - used
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: (input + used).assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(rest)
        stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(plain.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        used += rest - Int(stream.pointee.avail_in)
        let written = plain.count - Int(stream.pointee.avail_out)
        switch status {
        case Z_STREAM_END: isInsideMember = false
        case Z_OK, Z_BUF_ERROR: break
        default:
            throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "not valid gzip data")
        }
        return (used, written)
    }
}
