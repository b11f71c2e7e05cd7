internal import Markets
internal import Trading
public import Units

/// Writes a run's log: encodes records, hashes them, links the chain and hands full blocks to a sink.
///
/// Without a sink the log is only hashed. Memory is one block, whatever the length of the run. A silent log
/// takes nothing and hashes nothing, for the many runs of a search, of which only figures are wanted.
public final class RunLogWriter {
    /// Where blocks go: bytes valid during the call. Throws when they cannot be stored, which ends the run.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    private let buffer: UnsafeMutableRawPointer
    private let state = Cell(LogState())
    private var hash = SHA256Stream()
    private let sink: Sink?
    private let isSilent: Bool

    private static let capacity = RunLogFormat.chainInterval + 4096

    /// A log that begins.
    ///
    /// - Parameter isSilent: whether records are dropped; ``close()`` then gives the hash of nothing.
    public init(sink: Sink? = nil, isSilent: Bool = false) {
        self.sink = sink
        self.isSilent = isSilent
        buffer = UnsafeMutableRawPointer.allocate(byteCount: RunLogWriter.capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Records so far.
    public var count: UInt64 { state.value.sequence }

    /// What the sink was not handed yet: whole records, the beginning of the next block.
    public var tail: [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer, count: state.base.pointee.used))
    }

    /// Writes one record.
    public func append(_ event: RunEvent, at time: Instant) throws {
        if isSilent { return }
        precondition(!state.base.pointee.isClosed, "a closed log takes no records")
        switch event {
        case .opened(let inputs): try appendText(inputs, at: time)
        case .orderSubmitted(let id, let request, let strategy):
            var pen = try begin(.orderSubmitted, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(request)
            finish(pen)
        case .cancelRequested(let id):
            var pen = try begin(.cancelRequested, time)
            pen.put(id.number)
            finish(pen)
        case .amendRequested(let id, let quantity, let type), .orderAmended(let id, let quantity, let type):
            let isRequest = if case .amendRequested = event { true } else { false }
            var pen = try begin(isRequest ? .amendRequested : .orderAmended, time)
            pen.put(id.number)
            pen.put(quantity.mantissa)
            pen.put(type)
            finish(pen)
        case .orderMoved(let id, let status, let reason):
            var pen = try begin(.orderMoved, time)
            pen.put(id.number)
            pen.put(status.rawValue)
            pen.put(reason.rawValue)
            finish(pen)
        case .requestRefused(let id, let reason):
            var pen = try begin(.requestRefused, time)
            pen.put(id.number)
            pen.put(reason.rawValue)
            finish(pen)
        case .orderFilled(let fill):
            var pen = try begin(.orderFilled, time)
            pen.put(fill)
            finish(pen)
        case .transferSent, .transferArrived, .transferRefused, .fundingSettled, .marginCalled,
            .positionClosed, .positionRolled, .insurancePaid:
            try appendAccountEvent(event, time)
        case .groupSubmitted, .groupEnded, .interestSettled, .capitalMoved, .rewardReceived,
            .loanLiquidated:
            try appendProtocolEvent(event, time)
        case .riskMoved, .rebalanced: try appendMonitorEvent(event, time)
        case .chainLink: preconditionFailure("the log writes its own chain links")
        case .closed(let equity, let scale):
            var pen = try begin(.closed, time)
            pen.put(equity)
            pen.put(scale.decimals)
            finish(pen)
        }
    }

    /// Ends the log with a chain link, at the time of the last record, and gives its hash.
    public func close() throws -> Digest {
        precondition(!state.base.pointee.isClosed, "a log closes once")
        if !isSilent { try flushBlock() }
        state.base.pointee.isClosed = true
        return hash.snapshot()
    }

    /// Hashes and stores what is buffered, then the link over it.
    private func flushBlock() throws {
        try store()
        let digest = hash.snapshot()
        var pen = takePen(.chainLink, state.base.pointee.lastTime)
        for byte in digest.bytes { pen.put(byte) }
        finish(pen)
        try store()
    }

    private func store() throws {
        let bytes = UnsafeRawBufferPointer(start: buffer, count: state.base.pointee.used)
        hash.update(bytes)
        try sink?(bytes)
        state.base.pointee.used = 0
    }

    private func appendText(_ text: String, at time: Instant) throws {
        let bytes = Array(text.utf8)
        guard bytes.count < RunLogFormat.maximumRecord - 64 else {
            throw RunInputsTooLong(bytes: bytes.count, most: RunLogFormat.maximumRecord - 65)
        }
        var pen = try begin(.opened, time)
        pen.put(UInt32(bytes.count))
        state.base.pointee.used += pen.finish(followedBy: bytes.count)
        try store()
        try bytes.withUnsafeBytes { raw in
            hash.update(raw)
            try sink?(raw)
        }
    }

    /// A record that begins, of bounded size; a full block is flushed before it.
    @inline(__always)
    func begin(_ kind: RunLogFormat.Kind, _ time: Instant) throws -> RecordPen {
        if state.base.pointee.used >= RunLogFormat.chainInterval { try flushBlock() }
        return takePen(kind, time)
    }

    @inline(__always)
    private func takePen(_ kind: RunLogFormat.Kind, _ time: Instant) -> RecordPen {
        state.base.pointee.lastTime = time
        state.base.pointee.sequence += 1
        return RecordPen(
            at: buffer + state.base.pointee.used, kind, sequence: state.base.pointee.sequence, time)
    }

    @inline(__always)
    func finish(_ pen: RecordPen) { state.base.pointee.used += pen.finish() }
}

/// A run whose inputs, one line for each series and each instrument, do not fit one record of its log.
public struct RunInputsTooLong: Error, Hashable, CustomStringConvertible {
    /// Bytes of the canonical text of the inputs.
    public let bytes: Int
    /// The most that a record holds.
    public let most: Int

    public var description: String {
        "the inputs of the run take \(bytes) bytes in its log, of at most \(most): it has too many series; "
            + "choose fewer of them under data.series"
    }
}

/// Where a writer stands.
struct LogState: BitwiseCopyable {
    /// Bytes in the buffer.
    var used = 0
    /// Records so far.
    var sequence: UInt64 = 0
    /// Time of the last record.
    var lastTime = Instant.epoch
    var isClosed = false
}
