internal import Glibc

/// The end of a file of the audit.
struct AuditTailFile {
    let path: String

    /// At most so many bytes from its end; nothing when it cannot be read.
    func last(_ count: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0 else { return [] }
        let start = max(0, size - count)
        return [UInt8](unsafeUninitializedCapacity: size - start) { buffer, filled in
            while filled < buffer.count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, buffer.count - filled, off_t(start + filled))
                if got <= 0 { break }
                filled += got
            }
        }
    }
}
