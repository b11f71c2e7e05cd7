internal import Glibc

/// Where a queue writes its lines. Called from one thread at a time; may block.
public protocol LogDestination: AnyObject, Sendable {
    /// Writes one whole line, or nothing of it.
    func write(_ line: [UInt8]) throws(LogWriteError)
}

/// Why a line could not be written.
public struct LogWriteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// An error with a sentence.
    public init(_ description: String) { self.description = description }

    init(path: String, errorNumber: Int32) {
        description = "\(path) cannot be written: \(String(cString: strerror(errorNumber)))"
    }
}

/// Standard error, or any other open descriptor that takes bytes.
public final class DescriptorLog: LogDestination {
    private let descriptor: Int32
    private let name: String

    /// Writes to a descriptor, which stays the caller's.
    public init(descriptor: Int32, name: String) { (self.descriptor, self.name) = (descriptor, name) }

    public func write(_ line: [UInt8]) throws(LogWriteError) {
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if count < 0 && errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, 1_000)
            } else if count == 0 || errno != EINTR {
                throw LogWriteError(path: name, errorNumber: count == 0 ? ENOSPC : errno)
            }
        }
    }
}
