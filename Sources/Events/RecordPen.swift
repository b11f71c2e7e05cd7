internal import Markets
internal import Trading
internal import Units

/// Writes the fields of one record, one after the other, into memory that has room for all of them. It is
/// held by the one who writes, so that where it stands need not go through memory.
struct RecordPen {
    private let start: UnsafeMutableRawPointer
    private var next: UnsafeMutableRawPointer

    /// A pen at the head of a record.
    @inline(__always)
    init(at start: UnsafeMutableRawPointer, _ kind: RunLogFormat.Kind, sequence: UInt64, _ time: Instant) {
        self.start = start
        next = start + 4
        put(kind.rawValue)
        put(RunLogFormat.version)
        put(sequence)
        put(time.nanoseconds)
    }

    /// Writes the length of the record, with bytes that follow elsewhere; how many were written here.
    @inline(__always)
    func finish(followedBy rest: Int = 0) -> Int {
        let bytes = next - start
        start.storeBytes(of: UInt32(bytes - 4 + rest).littleEndian, as: UInt32.self)
        return bytes
    }

    @inline(__always)
    mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        next.storeBytes(of: value.littleEndian, as: Value.self)
        next += MemoryLayout<Value>.size
    }

    @inline(__always)
    mutating func put(_ request: OrderRequest) {
        put(UInt32(truncatingIfNeeded: request.instrument.position))
        put(request.side.rawValue)
        put(request.timeInForce.rawValue)
        put(UInt8(request.isPostOnly ? 1 : 0) | UInt8(request.isReduceOnly ? 2 : 0))
        put(request.quantity.mantissa)
        put(request.type)
    }

    /// Type of order (1 byte) and two prices, 0 where the type has none.
    @inline(__always)
    mutating func put(_ type: OrderType) {
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

    @inline(__always)
    mutating func put(_ fill: FillReport) {
        put(fill.order.number)
        put(fill.time.nanoseconds)
        put(fill.quantity.mantissa)
        put(fill.price.mantissa)
        put(fill.referencePrice.mantissa)
        put(fill.fee.units)
        put(fill.liquidity.rawValue)
    }
}
