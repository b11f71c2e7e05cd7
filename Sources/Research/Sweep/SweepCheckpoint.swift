internal import Units

/// The checkpoint of a sweep: a header that tells which sweep it is, then one record for each finished point
/// in the order in which they finished.
///
/// Every part carries a checksum. A file that ends anywhere, also within a record, keeps all points before
/// that; what follows the first broken record is dropped and run again.
public struct SweepCheckpoint: Hashable, Sendable {
    /// Name of the file in the output folder.
    public static let fileName = "sweep.checkpoint"

    /// What decides the sweep's table; see ``Sweep/identity(producer:)``.
    public let identity: String
    /// Finished points.
    public let points: [SweepPoint]
    /// Whether the sweep came to its end.
    public let isFinished: Bool
    /// Bytes of the file that hold together; the next record belongs there.
    public let validLength: Int

    private static let magic = Array("tradewind sweep 1\n".utf8)
    private static let checksumLength = 8
    /// The longest identity that is believed, against a length that is not one.
    private static let longestIdentity = 1 << 24
    static let recordLength = 160

    /// Reads a checkpoint.
    ///
    /// - Returns: nil when not even the header is whole: nothing was done yet.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        let magic = SweepCheckpoint.magic
        guard bytes.count >= magic.count + 4, bytes.prefix(magic.count).elementsEqual(magic) else {
            return nil
        }
        let length = Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: magic.count, as: UInt32.self)))
        let textEnd = magic.count + 4 + length
        let headerEnd = textEnd + SweepCheckpoint.checksumLength
        guard length <= SweepCheckpoint.longestIdentity, bytes.count >= headerEnd else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[(magic.count + 4)..<textEnd])
        guard SweepCheckpoint.isWhole(bytes, 0..<textEnd),
            let identity = String(validating: text, as: UTF8.self)
        else { return nil }
        self.identity = identity
        var (points, finished, offset) = ([SweepPoint](), false, headerEnd)
        while bytes.count - offset >= SweepCheckpoint.recordLength, !finished {
            let end = offset + SweepCheckpoint.recordLength
            guard SweepCheckpoint.isWhole(bytes, offset..<end - SweepCheckpoint.checksumLength) else { break }
            var record = RecordReader(bytes: bytes, offset: offset)
            if let point = record.point() { points.append(point) } else { finished = true }
            offset = end
        }
        (self.points, isFinished, validLength) = (points, finished, offset)
    }

    /// The header of a sweep's checkpoint.
    public static func header(identity: String) -> [UInt8] {
        let text = Array(identity.utf8)
        precondition(text.count <= longestIdentity, "the identity of a sweep is short")
        var bytes = magic
        withUnsafeBytes(of: UInt32(text.count).littleEndian) { bytes += $0 }
        bytes += text
        return sealed(bytes)
    }

    /// The record of a finished point.
    public static func record(_ point: SweepPoint) -> [UInt8] {
        var writer = RecordWriter()
        writer.put(UInt64(point.sequence))
        writer.put(UInt64(point.combination))
        guard let figures = point.figures else { return writer.sealed(kind: 1) }
        writer.put(figures.finalEquity)
        writer.put(figures.fees)
        for number in [figures.trades, figures.fills, figures.steps, figures.periods] {
            writer.put(UInt64(number))
        }
        for ratio in SweepRatio.allCases { writer.put(figures.bits[ratio.rawValue]) }
        return writer.sealed(kind: 0)
    }

    /// The record that ends the checkpoint of a finished sweep.
    public static func end() -> [UInt8] { RecordWriter().sealed(kind: 2) }

    /// Bytes with their checksum behind them: the first eight bytes of their SHA-256.
    fileprivate static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        bytes + bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }.bytes.prefix(checksumLength)
    }

    private static func isWhole(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        let digest = SHA256Stream.digest(of: UnsafeRawBufferPointer(rebasing: bytes[range]))
        let end = range.upperBound
        return bytes[end..<end + checksumLength].elementsEqual(digest.bytes.prefix(checksumLength))
    }
}

/// Writes the fields of a record in little-endian order. The last eight bytes before the checksum tell its
/// kind and the scales of its amounts.
private struct RecordWriter {
    private var bytes: [UInt8] = []
    private var scales: [UInt8] = [0, 0]
    private var amounts = 0

    mutating func put(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }

    mutating func put(_ value: ExactDecimal) {
        withUnsafeBytes(of: value.mantissa.littleEndian) { bytes += $0 }
        scales[amounts] = UInt8(value.scale.decimals)
        amounts += 1
    }

    func sealed(kind: UInt8) -> [UInt8] {
        let room = SweepCheckpoint.recordLength - 16
        precondition(bytes.count <= room, "a record has its length")
        let padding = [UInt8](repeating: 0, count: room - bytes.count)
        return SweepCheckpoint.sealed(bytes + padding + [kind] + scales + [0, 0, 0, 0, 0])
    }
}

/// Reads the fields of a record.
private struct RecordReader {
    let bytes: UnsafeRawBufferPointer
    var offset: Int

    private mutating func number() -> UInt64 {
        defer { offset += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private mutating func amount(_ decimals: UInt8) -> ExactDecimal {
        defer { offset += 16 }
        let mantissa = Int128(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int128.self))
        return ExactDecimal(mantissa: mantissa, scale: Scale(min(Int(decimals), Scale.maximum)))
    }

    /// The point of the record; nil for the one that ends a checkpoint.
    mutating func point() -> SweepPoint? {
        let tail = offset + SweepCheckpoint.recordLength - 16
        let (kind, first, second) = (bytes[tail], bytes[tail + 1], bytes[tail + 2])
        let (sequence, combination) = (Int(clamping: number()), Int(clamping: number()))
        if kind == 2 { return nil }
        if kind == 1 { return SweepPoint(sequence: sequence, combination: combination, figures: nil) }
        let (equity, fees) = (amount(first), amount(second))
        let counts = (0..<4).map { _ in Int(clamping: number()) }
        var bits = SIMD8<UInt64>(repeating: SweepFigures.absent)
        for ratio in SweepRatio.allCases { bits[ratio.rawValue] = number() }
        let figures = SweepFigures(
            finalEquity: equity, fees: fees, trades: counts[0], fills: counts[1], steps: counts[2],
            periods: counts[3], bits: bits)
        return SweepPoint(sequence: sequence, combination: combination, figures: figures)
    }
}
