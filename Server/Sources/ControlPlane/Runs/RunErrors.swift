internal import Dispatch
internal import Glibc
internal import Synchronization

/// What the process of a run writes to standard error: kept in a file, and told line by line.
///
/// A process that floods it is read on, so that it does not stand still, but what is beyond the limits is
/// neither kept nor told.
final class RunErrors: Sendable {
    /// Bytes of the file; a crash report of a process has room.
    private static let maximumFile = 1 << 20
    /// Lines that are told.
    private static let maximumLines = 2_000
    /// Bytes of a line that are told.
    private static let maximumLine = 16_384
    /// How long the last words may take to come after the process has ended.
    private static let patience = DispatchTimeInterval.seconds(2)

    private let file: Int32
    private let said: @Sendable ([UInt8]) -> Void
    private let isRead = DispatchSemaphore(value: 0)

    /// - Throws: ``RunChildError`` when the file cannot be made.
    init(file path: String, said: @escaping @Sendable ([UInt8]) -> Void) throws(RunChildError) {
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        self.said = said
        if file < 0 {
            throw RunChildError(description: "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    deinit { if file >= 0 { close(file) } }

    /// Reads to the end, and closes the descriptor.
    func read(_ descriptor: Int32) {
        var line: [UInt8] = []
        var (kept, told) = (0, 0)
        var piece = [UInt8](repeating: 0, count: 16_384)
        func tell() {
            defer { line.removeAll(keepingCapacity: true) }
            guard !line.isEmpty, told <= Self.maximumLines else { return }
            told += 1
            said(told > Self.maximumLines ? Array("more lines follow, which are left out".utf8) : line)
        }
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            keep(piece[..<min(count, Self.maximumFile - kept)])
            kept = min(Self.maximumFile, kept + count)
            for byte in piece[..<count] {
                if byte == 0x0A { tell() } else if line.count < Self.maximumLine { line.append(byte) }
            }
        }
        tell()
        close(descriptor)
        isRead.signal()
    }

    /// What cannot be kept is told all the same.
    private func keep(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until everything was read, for a moment at most: a process that the ended one has started may
    /// hold the other end.
    func awaitEnd() { _ = isRead.wait(timeout: .now() + Self.patience) }
}
