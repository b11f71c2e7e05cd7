internal import HTTPTypes

/// The id that joins the request, its log lines, and everything done for it.
enum CorrelationID {
    /// The header that brings it in and out.
    static let header = HTTPField.Name("X-Correlation-ID")

    /// A client's id when it is 1 to 128 letters, digits, or `-_.:`, else a new one: nothing that a client
    /// sends here can break a line or a header.
    static func of(_ headers: HTTPFields) -> String {
        guard let header, let text = headers[header], (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy(isPermitted)
        else { return made() }
        return text
    }

    /// 32 hexadecimal digits.
    static func made() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
        default: false
        }
    }
}
