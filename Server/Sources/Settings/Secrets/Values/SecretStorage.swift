#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The one place where the bytes of a secret are kept; they are overwritten when nobody holds it any more.
///
/// `@unchecked Sendable`: the buffer is written in `init` and `deinit` only, when nobody else can see it, and
/// nobody frees it elsewhere; in between it is read only.
package final class SecretStorage: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    /// Takes the bytes over, and overwrites the array it was handed where that is its only holder.
    init(bytes: consuming [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 16)
        buffer.copyBytes(from: bytes)
        bytes.withUnsafeMutableBytes { SecretStorage.overwrite($0) }
    }

    /// Lets `fill` write the bytes, of which there are as many as said, zeros at first.
    init(byteCount: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Void) {
        buffer = .allocate(byteCount: byteCount, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        fill(buffer)
    }

    deinit {
        Self.overwrite(buffer)
        buffer.deallocate()
    }

    /// Writes zeros in a way that the compiler may not leave out, though nobody reads them.
    package static func overwrite(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
        #if canImport(Darwin)
        memset_s(start, buffer.count, 0, buffer.count)
        #else
        explicit_bzero(start, buffer.count)
        #endif
    }
}
