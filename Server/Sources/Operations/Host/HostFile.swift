internal import Glibc

/// Small files that the kernel makes when they are read, as those under `/proc`.
enum HostFile {
    /// The first bytes of a file as text; nil when it cannot be read.
    static func text(_ path: String, maximumBytes: Int = 64 * 1_024) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        var filled = 0
        while filled < maximumBytes {
            let count = bytes[filled...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }

    /// The number behind `name:` in a file of such lines, as in `/proc/meminfo`.
    static func field(_ name: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            return line.dropFirst(name.utf8.count + 1).split(separator: " ").first.flatMap { Int64($0) }
        }
        return nil
    }

    /// The folder that holds the executable of this process, links followed.
    static var folderOfExecutable: String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1
            }
        }
        guard count > 0 && count < bytes.count else { return nil }
        let path = String(decoding: bytes[..<count], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
