internal import Units

/// Reads the records of a log while it is written, block by block, and forgets them: for those who want to
/// see what a run does without keeping its log. The chain is not checked, as the writer stands beside it.
public struct RunLogTap {
    /// The beginning of a record whose end comes with a later block.
    private var rest: [UInt8] = []

    /// A tap at the beginning of a log.
    public init() {}

    /// Reads what a block completes.
    ///
    /// - Parameters:
    ///   - block: the next bytes of the log, as its writer hands them to its sink.
    ///   - take: called with each record in order.
    /// - Throws: ``RunLogError`` for bytes that no writer makes; what `take` throws.
    public mutating func read(
        _ block: UnsafeRawBufferPointer, _ take: (RunRecord) throws -> Void
    ) throws {
        if rest.isEmpty {
            let done = try RunLogTap.read(block, take)
            rest = Array(block[done...])
            return
        }
        rest.append(contentsOf: block)
        let done = try rest.withUnsafeBytes { try RunLogTap.read($0, take) }
        rest.removeFirst(done)
    }

    /// Reads whole records and tells how many bytes they were.
    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ take: (RunRecord) throws -> Void
    ) throws -> Int {
        var start = 0
        while bytes.count - start >= RunLogFormat.headerSize {
            func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, _ at: Int) -> Value {
                Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start + at, as: type))
            }
            let length = Int(load(UInt32.self, 0))
            guard length >= RunLogFormat.headerSize - 4, length <= RunLogFormat.maximumRecord,
                let kind = RunLogFormat.Kind(rawValue: load(UInt16.self, 4))
            else { throw RunLogError.malformed(offset: start, reason: "length \(length)") }
            if bytes.count - start - 4 < length { break }
            var payload = PayloadReader(
                bytes: bytes, offset: start + RunLogFormat.headerSize, end: start + 4 + length)
            guard let event = RunLogReader.decode(kind, &payload), payload.isAtEnd else {
                throw RunLogError.malformed(offset: start, reason: "payload of type \(kind.rawValue)")
            }
            try take(
                RunRecord(
                    sequence: load(UInt64.self, 8), time: Instant(nanoseconds: load(Int64.self, 16)),
                    event: event))
            start += 4 + length
        }
        return start
    }
}
