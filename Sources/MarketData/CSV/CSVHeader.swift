/// The names of a file's columns.
struct CSVHeader {
    /// The names as written, without blanks around them.
    let names: [String]
    /// The line of the header, from 1.
    let line: Int
    private let normal: [String]

    init(names: [String], line: Int) {
        self.names = names
        self.line = line
        normal = names.map(CSVHeader.normalized)
    }

    /// The form in which names are compared: lower case, `_` for `-` and blanks.
    static func normalized(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x41...0x5A: bytes.append(byte + 0x20)
            case 0x2D, 0x20: bytes.append(0x5F)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The index of a column by its name; exact spelling wins.
    func index(of name: String) -> Int? {
        names.firstIndex(of: name) ?? normal.firstIndex(of: CSVHeader.normalized(name))
    }

    /// The index of the first known name that is there.
    func index(ofFirst known: [String]) -> Int? {
        for name in known {
            if let index = normal.firstIndex(of: name) { return index }
        }
        return nil
    }

    /// The cells of a row without quotes.
    static func cells(_ row: UnsafeBufferPointer<UInt8>) -> [UnsafeBufferPointer<UInt8>] {
        row.split(separator: 0x2C, omittingEmptySubsequences: false).map(UnsafeBufferPointer.init(rebasing:))
    }

    /// The names for a message.
    var list: String {
        let shown = names.prefix(30).map { $0.isEmpty ? "(no name)" : $0 }.joined(separator: ", ")
        return names.count > 30 ? shown + ", ..." : shown
    }
}
