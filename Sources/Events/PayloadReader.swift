internal import Markets
internal import Trading
internal import Units

/// Reads the payload of one record, never beyond its end.
struct PayloadReader {
    let bytes: UnsafeRawBufferPointer
    var offset: Int
    let end: Int

    var isAtEnd: Bool { offset == end }

    mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        guard end - offset >= MemoryLayout<Value>.size else { return nil }
        defer { offset += MemoryLayout<Value>.size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    mutating func text(_ count: Int) -> String? {
        guard count >= 0, end - offset >= count else { return nil }
        defer { offset += count }
        return String(validating: bytes[offset..<offset + count], as: UTF8.self)
    }

    mutating func digest() -> Digest? {
        guard end - offset >= 32 else { return nil }
        defer { offset += 32 }
        return Digest(bytes: Array(bytes[offset..<offset + 32]))
    }

    mutating func orderType() -> OrderType? {
        guard let code = take(UInt8.self), let first = take(Int64.self), let second = take(Int64.self) else {
            return nil
        }
        switch code {
        case 0: return .market
        case 1: return .limit(Price(mantissa: first))
        case 2: return .stop(Price(mantissa: first))
        case 3: return .stopLimit(stop: Price(mantissa: first), limit: Price(mantissa: second))
        case 4: return .trailingStop(.price(Price(mantissa: first)))
        case 5: return .trailingStop(.fraction(BasisPoints(millionths: first)))
        default: return nil
        }
    }

    mutating func request() -> OrderRequest? {
        guard let instrument = take(UInt32.self), let side = take(UInt8.self).flatMap(Side.init(rawValue:)),
            let timeInForce = take(UInt8.self).flatMap(TimeInForce.init(rawValue:)),
            let flags = take(UInt8.self), flags <= 3, let quantity = take(Int64.self), let type = orderType()
        else { return nil }
        return OrderRequest(
            side, Quantity(mantissa: quantity), of: InstrumentIndex(Int(instrument)), type: type,
            timeInForce: timeInForce, isPostOnly: flags & 1 != 0, isReduceOnly: flags & 2 != 0)
    }

    mutating func fill() -> FillReport? {
        guard let order = take(UInt64.self), let time = take(Int64.self), let quantity = take(Int64.self),
            let price = take(Int64.self), let reference = take(Int64.self), let fee = take(Int128.self),
            let liquidity = take(UInt8.self).flatMap(Liquidity.init(rawValue:))
        else { return nil }
        return FillReport(
            order: OrderID(order), time: Instant(nanoseconds: time), quantity: Quantity(mantissa: quantity),
            price: Price(mantissa: price), referencePrice: Price(mantissa: reference),
            fee: Amount(units: fee), liquidity: liquidity)
    }
}
