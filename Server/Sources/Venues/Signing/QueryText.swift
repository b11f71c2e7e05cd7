/// Parameters as they stand in a query or a form.
enum QueryText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// `name=value` joined by `&`, in the order given, each percent-encoded by RFC 3986: all but letters,
    /// digits, `-`, `.`, `_` and `~`.
    static func joined(_ parameters: [VenueRequest.Parameter]) -> String {
        parameters.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
