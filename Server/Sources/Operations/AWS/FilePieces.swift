internal import Glibc
internal import NIOCore

/// The bytes of a file, one piece after the other, so that a large one is never held in memory.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String

    func makeAsyncIterator() -> Iterator { Iterator(path: path) }

    /// Reads the file when it is asked, and closes it when it goes away.
    final class Iterator: AsyncIteratorProtocol {
        private static let size = 1 << 18
        private let path: String
        private var descriptor: Int32 = -1

        init(path: String) { self.path = path }

        deinit { if descriptor >= 0 { close(descriptor) } }

        func next() async throws -> ByteBuffer? {
            if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
            if descriptor < 0 { throw failure("opening") }
            var buffer = ByteBufferAllocator().buffer(capacity: Self.size)
            let descriptor = descriptor
            var number: Int32 = 0
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.size) { memory in
                while true {
                    let count = read(descriptor, memory.baseAddress, Self.size)
                    if count >= 0 { return count }
                    if errno == EINTR { continue }
                    number = errno
                    return 0
                }
            }
            if number != 0 { throw failure("reading", number) }
            return count == 0 ? nil : buffer
        }

        private func failure(_ action: String, _ number: Int32 = errno) -> HostError {
            HostError("\(action) \(path) failed: \(String(cString: strerror(number)))")
        }
    }
}
