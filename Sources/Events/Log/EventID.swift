internal import Units

/// Names one event for ever: 128 bits, written as a UUID.
///
/// It is a pure function of what is handed in: of random bits (``init(randomHigh:low:)``), or of a name and a
/// sequence (``init(derivedFrom:sequence:)``), so that the same cause always gives the same id.
public struct EventID: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// An id from its bits, as they are.
    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// A UUID of version 4 (RFC 9562, section 5.4) from random bits that are handed in.
    public init(randomHigh high: UInt64, low: UInt64) {
        self.high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        self.low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// A UUID of version 8 (RFC 9562, section 5.8): SHA-256 of a name and a sequence, cut to 122 bits.
    ///
    /// - Parameters:
    ///   - name: what the event comes from, as in a hash of inputs, or the id of another event.
    ///   - sequence: which of its events it is.
    public init(derivedFrom name: String, sequence: UInt64) {
        var stream = SHA256Stream()
        stream.update(name)
        withUnsafeBytes(of: sequence.bigEndian) { stream.update($0) }
        let bytes = stream.snapshot().bytes
        let high = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x8000
        self.low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// Reads 32 hexadecimal digits in the groups 8-4-4-4-12; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var (high, low) = (UInt64(0), UInt64(0))
        var index = 0
        for byte in text.utf8 {
            if [8, 13, 18, 23].contains(index) {
                guard byte == 0x2D else { return nil }
            } else {
                guard index < 36, let digit = EventID.digit(byte) else { return nil }
                if index < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
            }
            index += 1
        }
        guard index == 36 else { return nil }
        self.init(high: high, low: low)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }

    /// The UUID in lower case.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (word, groups) in [(high, [8, 4, 4]), (low, [4, 12])] {
            var shift = 64
            for group in groups {
                if !text.isEmpty { text.append(0x2D) }
                for _ in 0..<group {
                    shift -= 4
                    text.append(digits[Int(truncatingIfNeeded: word >> UInt64(shift)) & 15])
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    public static func < (a: EventID, b: EventID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}
