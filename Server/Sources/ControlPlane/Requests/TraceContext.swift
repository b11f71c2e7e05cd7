/// A request's place in a trace that spans services, as the header `traceparent` carries it.
///
/// Source: W3C Recommendation "Trace Context", 23 November 2021, sections 3.2 and 3.3.
public struct TraceContext: Hashable, Sendable {
    /// The trace: 32 hexadecimal digits, not all zero.
    public let traceID: String
    /// What this service does for the request: 16 hexadecimal digits, not all zero.
    public let spanID: String
    /// The caller's span; nil when the trace begins here.
    public let parentID: String?
    /// Whether the trace is recorded, as the caller decided; a trace that begins here is.
    public let isSampled: Bool

    /// A trace that begins here.
    public init() {
        self.init(traceID: RandomHexadecimal.text(bytes: 16), parentID: nil, isSampled: true)
    }

    /// The next span of the trace in a header; a new trace when the header is not legal.
    ///
    /// A higher version than this code knows is read as far as it is known, as the standard asks.
    public init(continuing header: String) {
        let bytes = Array(header.utf8)
        let dash = UInt8(0x2D)
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            bytes.count == 55 || bytes[55] == dash,
            let version = Self.digits(bytes[0..<2]), version != "ff",
            version != "00" || bytes.count == 55,
            let trace = Self.digits(bytes[3..<35]), trace.contains(where: { $0 != "0" }),
            let parent = Self.digits(bytes[36..<52]), parent.contains(where: { $0 != "0" }),
            let flags = Self.digits(bytes[53..<55]), let value = UInt8(flags, radix: 16)
        else {
            self.init()
            return
        }
        self.init(traceID: trace, parentID: parent, isSampled: value & 1 == 1)
    }

    private init(traceID: String, parentID: String?, isSampled: Bool) {
        (self.traceID, self.parentID, self.isSampled) = (traceID, parentID, isSampled)
        spanID = RandomHexadecimal.text(bytes: 8)
    }

    /// The header for answers and for requests made on behalf of this one.
    public var header: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// Lower-case hexadecimal digits as text; nil when one is none.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> String? {
        let isLegal = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isLegal ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// Random identifiers.
enum RandomHexadecimal {
    /// Twice as many hexadecimal digits as bytes, not all of them zero.
    static func text(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        while true {
            var text: [UInt8] = []
            text.reserveCapacity(bytes * 2)
            while text.count < bytes * 2 {
                var word: UInt64 = generator.next()
                for _ in 0..<min(16, bytes * 2 - text.count) {
                    text.append(digits[Int(word & 0xF)])
                    word >>= 4
                }
            }
            if text.contains(where: { $0 != 0x30 }) { return String(decoding: text, as: UTF8.self) }
        }
    }
}
