import Events
import Synchronization

/// Numbers that a strategy saw, in order.
final class Views: Sendable {
    private let seen = Mutex<[[Int64]]>([])

    func append(_ numbers: Int64...) { seen.withLock { $0.append(numbers) } }
    func append(contentsOf numbers: [Int64]) { seen.withLock { $0.append(numbers) } }
    func take() -> [[Int64]] { seen.withLock { $0 } }
}

/// The bytes of a log, kept in memory.
final class LogSink {
    private(set) var bytes: [UInt8] = []

    func append(_ block: UnsafeRawBufferPointer) { bytes.append(contentsOf: block) }

    /// Names of all records; ends early at a damaged one.
    func names() -> [String] {
        bytes.withUnsafeBytes { raw in
            var reader = RunLogReader(bytes: raw)
            var names: [String] = []
            while let record = try? reader.next() { names.append(record.event.name) }
            return names
        }
    }
}
