/// A file of `NAME=value` lines, as `.env`.
///
/// Lines: blank; `# comment`; `NAME=value`, with `export` before it if wanted. A value is bare, to the end of
/// the line or to a `#` after a blank; or in single quotes, as it is; or in double quotes, where `\n \r \t \\
/// \" \$` are escapes. Quoted values may go over several lines. Nothing is expanded: a `$` is a `$`.
public struct DotenvFile: Sendable {
    /// One line that sets a variable.
    public struct Entry: Hashable, Sendable {
        /// The name of the variable.
        public let name: String
        /// Its value.
        public let value: String
        /// The line it begins on, from 1.
        public let line: Int
    }

    /// A line that cannot be read. It holds nothing of the line.
    public struct Fault: Hashable, Sendable {
        /// The line, from 1.
        public let line: Int
        /// What is wrong, a clause.
        public let reason: String
    }

    /// The file's usual name.
    public static let name = ".env"
    /// The largest file that is read.
    public static let maximumBytes = 1 << 20

    /// The variables in the order of their lines; a name may come twice.
    public private(set) var entries: [Entry] = []
    /// The lines that cannot be read.
    public private(set) var faults: [Fault] = []

    /// Whether a path names such a file.
    static func isOne(_ path: String) -> Bool { path == name || path.hasSuffix("/" + name) }

    /// Reads a file.
    public init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes else {
            faults.append(Fault(line: 1, reason: "the file is larger than 1 MiB"))
            return
        }
        var scanner = DotenvScanner(bytes: bytes)
        while let line = scanner.next() {
            switch line {
            case .blank: continue
            case .entry(let entry): entries.append(entry)
            case .fault(let fault): faults.append(fault)
            }
        }
    }
}

/// Walks over the bytes of a file of variables.
private struct DotenvScanner {
    enum Line {
        case blank
        case entry(DotenvFile.Entry)
        case fault(DotenvFile.Fault)
    }

    private let bytes: [UInt8]
    private var index: Int
    private var line = 1

    init(bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var isAtLineEnd: Bool { byte == nil || byte == 0x0A || (byte == 0x0D && follows(0x0A)) }

    private func follows(_ other: UInt8) -> Bool { index + 1 < bytes.count && bytes[index + 1] == other }

    /// The next line or, for a quoted value, lines.
    mutating func next() -> Line? {
        guard index < bytes.count else { return nil }
        let start = line
        skipBlanks()
        if isAtLineEnd || byte == 0x23 {
            finishLine()
            return .blank
        }
        let begin = index
        var name = takeName()
        if name == "export", byte == 0x20 || byte == 0x09 {
            skipBlanks()
            name = takeName()
        }
        guard !name.isEmpty, !(0x30...0x39).contains(name.utf8.first ?? 0), index > begin else {
            return fault(start, "a line is NAME=value, a comment after #, or blank")
        }
        skipBlanks()
        guard byte == 0x3D else { return fault(start, "an equals sign must follow the name") }
        index += 1
        skipBlanks()
        return value(of: name, start)
    }

    private mutating func value(of name: String, _ start: Int) -> Line {
        let value: [UInt8]
        if let quote = byte, quote == 0x22 || quote == 0x27 {
            index += 1
            guard let quoted = takeQuoted(quote) else {
                return fault(start, "the quote that begins the value is not closed")
            }
            value = quoted
            skipBlanks()
            guard isAtLineEnd || byte == 0x23 else {
                return fault(start, "only a comment may follow the closing quote")
            }
        } else {
            value = takeBare()
        }
        finishLine()
        guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
            return .fault(DotenvFile.Fault(line: start, reason: "the value is not text in UTF-8"))
        }
        return .entry(DotenvFile.Entry(name: name, value: text, line: start))
    }

    private mutating func fault(_ start: Int, _ reason: String) -> Line {
        finishLine()
        return .fault(DotenvFile.Fault(line: start, reason: reason))
    }

    private mutating func skipBlanks() {
        while byte == 0x20 || byte == 0x09 { index += 1 }
    }

    private mutating func takeName() -> String {
        let begin = index
        while let byte,
            (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
                || byte == 0x5F
        {
            index += 1
        }
        return String(decoding: bytes[begin..<index], as: UTF8.self)
    }

    /// To the closing quote, and past it; nil, at the end of the first line, when it is not closed.
    private mutating func takeQuoted(_ quote: UInt8) -> [UInt8]? {
        let (begin, beginLine) = (index, line)
        var value: [UInt8] = []
        while let byte {
            index += 1
            if byte == quote { return value }
            if byte == 0x0A { line += 1 }
            if byte == 0x5C, quote == 0x22, let escaped = self.byte, let meaning = Self.escapes[escaped] {
                index += 1
                value.append(meaning)
            } else {
                value.append(byte)
            }
        }
        (index, line) = (begin, beginLine)
        return nil
    }

    private static let escapes: [UInt8: UInt8] = [
        0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x5C: 0x5C, 0x22: 0x22, 0x24: 0x24,
    ]

    /// To the end of the line, or to a comment; without blanks at the end.
    private mutating func takeBare() -> [UInt8] {
        let begin = index
        var end = index
        while !isAtLineEnd {
            let isBlank = byte == 0x20 || byte == 0x09
            if byte == 0x23, index == begin || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 { break }
            index += 1
            if !isBlank { end = index }
        }
        return Array(bytes[begin..<end])
    }

    private mutating func finishLine() {
        while let byte {
            index += 1
            if byte == 0x0A {
                line += 1
                return
            }
        }
    }
}
