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

    /// Writes one record.
    public func append(_ event: RunEvent, at time: Instant) throws {
        if isSilent { return }
        precondition(!state.base.pointee.isClosed, "a closed log takes no records")
        switch event {
        case .opened(let inputs): try appendText(inputs, at: time)
        case .orderSubmitted(let id, let request, let strategy):
            try reserve()
            begin(.orderSubmitted, time)
            put(id.number)
            put(UInt32(truncatingIfNeeded: strategy))
            put(request)
            finish()
        case .cancelRequested(let id):
            try reserve()
            begin(.cancelRequested, time)
            put(id.number)
            finish()
        case .amendRequested(let id, let quantity, let type), .orderAmended(let id, let quantity, let type):
            try reserve()
            if case .amendRequested = event {
                begin(.amendRequested, time)
            } else {
                begin(.orderAmended, time)
            }
            put(id.number)
            put(quantity.mantissa)
            put(type)
            finish()
        case .orderMoved(let id, let status, let reason):
            try reserve()
            begin(.orderMoved, time)
            put(id.number)
            put(status.rawValue)
            put(reason.rawValue)
            finish()
        case .requestRefused(let id, let reason):
            try reserve()
            begin(.requestRefused, time)
            put(id.number)
            put(reason.rawValue)
            finish()
        case .orderFilled(let fill):
            try reserve()
            begin(.orderFilled, time)
            put(fill)
            finish()
        case .transferSent, .transferArrived, .transferRefused, .fundingSettled, .marginCalled,
            .positionClosed, .positionRolled, .insurancePaid:
            try reserve()
            putAccountEvent(event, time)
            finish()
        case .chainLink: preconditionFailure("the log writes its own chain links")
        case .closed(let equity, let scale):
            try reserve()
            begin(.closed, time)
            put(equity)
            put(scale.decimals)
            finish()
        }
    }

    /// Ends the log with a chain link, at the time of the last record, and gives its hash.
    public func close() throws -> Digest {
        precondition(!state.base.pointee.isClosed, "a log closes once")
        if !isSilent { try flushBlock() }
        state.base.pointee.isClosed = true
        return hash.snapshot()
    }

    /// Makes room for one record of bounded size, linking the chain when a block is full.
    private func reserve() throws {
        if state.base.pointee.used >= RunLogFormat.chainInterval { try flushBlock() }
    }

    /// Hashes and stores what is buffered, then the link over it.
    private func flushBlock() throws {
        try store()
        let digest = hash.snapshot()
        begin(.chainLink, state.base.pointee.lastTime)
        for byte in digest.bytes { put(byte) }
        finish()
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
        try reserve()
        begin(.opened, time)
        put(UInt32(bytes.count))
        let length = UInt32(state.base.pointee.used - state.base.pointee.recordStart - 4 + bytes.count)
            .littleEndian
        (buffer + state.base.pointee.recordStart).storeBytes(of: length, as: UInt32.self)
        try store()
        try bytes.withUnsafeBytes { raw in
            hash.update(raw)
            try sink?(raw)
        }
    }

    func begin(_ kind: RunLogFormat.Kind, _ time: Instant) {
        state.base.pointee.recordStart = state.base.pointee.used
        state.base.pointee.lastTime = time
        state.base.pointee.sequence += 1
        put(UInt32(0))
        put(kind.rawValue)
        put(RunLogFormat.version)
        put(state.base.pointee.sequence)
        put(time.nanoseconds)
    }

    private func finish() {
        let length = UInt32(state.base.pointee.used - state.base.pointee.recordStart - 4).littleEndian
        (buffer + state.base.pointee.recordStart).storeBytes(of: length, as: UInt32.self)
    }

    @inline(__always)
    func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        (buffer + state.base.pointee.used).storeBytes(of: value.littleEndian, as: Value.self)
        state.base.pointee.used += MemoryLayout<Value>.size
    }

    private func put(_ request: OrderRequest) {
        put(UInt32(truncatingIfNeeded: request.instrument.position))
        put(request.side.rawValue)
        put(request.timeInForce.rawValue)
        put(UInt8(request.isPostOnly ? 1 : 0) | UInt8(request.isReduceOnly ? 2 : 0))
        put(request.quantity.mantissa)
        put(request.type)
    }

    /// Type of order (1 byte) and two prices, 0 where the type has none.
    private func put(_ type: OrderType) {
        let (code, first, second): (UInt8, Int64, Int64) =
            switch type {
            case .market: (0, 0, 0)
            case .limit(let price): (1, price.mantissa, 0)
            case .stop(let price): (2, price.mantissa, 0)
            case .stopLimit(let stop, let limit): (3, stop.mantissa, limit.mantissa)
            case .trailingStop(.price(let distance)): (4, distance.mantissa, 0)
            case .trailingStop(.fraction(let fraction)): (5, fraction.millionths, 0)
            }
        put(code)
        put(first)
        put(second)
    }

    func put(_ fill: FillReport) {
        put(fill.order.number)
        put(fill.time.nanoseconds)
        put(fill.quantity.mantissa)
        put(fill.price.mantissa)
        put(fill.referencePrice.mantissa)
        put(fill.fee.units)
        put(fill.liquidity.rawValue)
    }
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
    /// Where the present record begins in the buffer.
    var recordStart = 0
    /// Records so far.
    var sequence: UInt64 = 0
    /// Time of the last record.
    var lastTime = Instant.epoch
    var isClosed = false
}
