internal import Markets
internal import Trading
public import Units

/// What is wrong with the bytes of a log.
public enum RunLogError: Error, Hashable, CustomStringConvertible {
    /// The bytes end within a record.
    case truncated(offset: Int)
    /// A record that no writer makes.
    case malformed(offset: Int, reason: String)
    /// A chain link does not match the bytes before it.
    case brokenChain(offset: Int, sequence: UInt64)
    /// The log does not end with the end of the run and a chain link.
    case unfinished

    public var description: String {
        switch self {
        case .truncated(let offset): "the log ends within the record at byte \(offset)"
        case .malformed(let offset, let reason): "the record at byte \(offset) is malformed: \(reason)"
        case .brokenChain(let offset, let sequence):
            "record \(sequence) at byte \(offset): the chain does not match the bytes before it"
        case .unfinished: "the log ends before the end of the run: the run did not finish"
        }
    }
}

/// Reads a run's log and verifies its chain as it goes.
public struct RunLogReader: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var hash = SHA256Stream()
    private var hashed = 0
    private var expected: UInt64 = 1
    private var lastTime = Instant.epoch
    private var hasClosed = false
    private var isFinished = false

    /// Records read so far; the one after them is what an error is about.
    public var records: UInt64 { expected - 1 }

    /// Where the next record begins, in bytes from the start.
    public var position: Int { offset }

    /// Up to where the last link of the chain vouches for the bytes.
    public var verified: Int { hashed }

    /// A reader of bytes that stay valid while it lives.
    public init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next record; nil after the last. A log that does not end with the end of the run and a chain
    /// link throws ``RunLogError/unfinished`` after its last record.
    public mutating func next() throws(RunLogError) -> RunRecord? {
        if offset == bytes.count {
            if !isFinished { throw .unfinished }
            return nil
        }
        let start = offset
        guard bytes.count - start >= RunLogFormat.headerSize else { throw .truncated(offset: start) }
        let length = Int(load(UInt32.self, start))
        guard length >= RunLogFormat.headerSize - 4, length <= RunLogFormat.maximumRecord else {
            throw .malformed(offset: start, reason: "length \(length)")
        }
        guard bytes.count - start - 4 >= length else { throw .truncated(offset: start) }
        guard let kind = RunLogFormat.Kind(rawValue: load(UInt16.self, start + 4)),
            load(UInt16.self, start + 6) == RunLogFormat.version
        else { throw .malformed(offset: start, reason: "unknown type or version") }
        let sequence = load(UInt64.self, start + 8)
        guard sequence == expected else {
            throw .malformed(offset: start, reason: "sequence \(sequence) where \(expected) is due")
        }
        var payload = PayloadReader(
            bytes: bytes, offset: start + RunLogFormat.headerSize, end: start + 4 + length)
        guard let event = RunLogReader.decode(kind, &payload), payload.isAtEnd else {
            throw .malformed(offset: start, reason: "payload of type \(kind.rawValue)")
        }
        let record = RunRecord(
            sequence: sequence, time: Instant(nanoseconds: load(Int64.self, start + 16)), event: event)
        try check(record, at: start)
        lastTime = record.time
        expected += 1
        offset = start + 4 + length
        return record
    }

    /// Checks a link against the bytes before it, and that nothing but a last link follows the end of the
    /// run. A link bears the time of the record before it, as no later link covers that of the last one.
    private mutating func check(_ record: RunRecord, at start: Int) throws(RunLogError) {
        if isFinished { throw .malformed(offset: start, reason: "a record after the end of the run") }
        switch record.event {
        case .chainLink(let digest):
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[hashed..<start]))
            guard hash.snapshot() == digest, record.time == lastTime else {
                throw .brokenChain(offset: start, sequence: record.sequence)
            }
            hashed = start
            isFinished = hasClosed
        case .closed where !hasClosed: hasClosed = true
        default:
            if hasClosed { throw .malformed(offset: start, reason: "a record after the end of the run") }
        }
    }

    /// The hash of the whole log; reads what is left and verifies the chain.
    public mutating func finish() throws(RunLogError) -> Digest {
        while try next() != nil {}
        return SHA256Stream.digest(of: bytes)
    }

    private func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, _ at: Int) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: type))
    }

    static func decode(_ kind: RunLogFormat.Kind, _ payload: inout PayloadReader) -> RunEvent? {
        switch kind {
        case .opened:
            guard let count = payload.take(UInt32.self), let text = payload.text(Int(count)) else {
                return nil
            }
            return .opened(inputs: text)
        case .orderSubmitted:
            guard let id = payload.take(UInt64.self), let strategy = payload.take(UInt32.self),
                let request = payload.request()
            else { return nil }
            return .orderSubmitted(OrderID(id), request, strategy: Int(strategy))
        case .cancelRequested:
            return payload.take(UInt64.self).map { .cancelRequested(OrderID($0)) }
        case .amendRequested, .orderAmended:
            guard let id = payload.take(UInt64.self), let quantity = payload.take(Int64.self),
                let type = payload.orderType()
            else { return nil }
            let amount = Quantity(mantissa: quantity)
            return kind == .orderAmended
                ? .orderAmended(OrderID(id), quantity: amount, type: type)
                : .amendRequested(OrderID(id), quantity: amount, type: type)
        case .orderMoved:
            guard let id = payload.take(UInt64.self),
                let status = payload.take(UInt8.self).flatMap(OrderStatus.init(rawValue:)),
                let reason = payload.take(UInt8.self).flatMap(OrderReason.init(rawValue:))
            else { return nil }
            return .orderMoved(OrderID(id), status, reason)
        case .requestRefused:
            guard let id = payload.take(UInt64.self),
                let reason = payload.take(UInt8.self).flatMap(OrderReason.init(rawValue:))
            else { return nil }
            return .requestRefused(OrderID(id), reason)
        case .orderFilled: return payload.fill().map { .orderFilled($0) }
        case .chainLink: return payload.digest().map { .chainLink($0) }
        case .transferSent, .transferArrived, .transferRefused, .fundingSettled, .marginCalled,
            .positionClosed, .positionRolled, .insurancePaid:
            return decodeAccountEvent(kind, &payload)
        case .groupSubmitted, .groupEnded, .interestSettled, .capitalMoved, .rewardReceived,
            .loanLiquidated:
            return decodeProtocolEvent(kind, &payload)
        case .riskMoved, .rebalanced: return decodeMonitorEvent(kind, &payload)
        case .closed:
            guard let equity = payload.take(Int128.self), let decimals = payload.take(UInt8.self),
                decimals <= Scale.maximum
            else { return nil }
            return .closed(finalEquity: equity, valueScale: Scale(Int(decimals)))
        }
    }
}
