/// One Swift source in three views that agree line by line: as written, without its comments, and without
/// the contents of its string literals as well. What replaces them is blanks, so columns agree too.
struct SourceText: Sendable {
    /// Path relative to the package, with forward slashes.
    let path: String
    let lines: [String]
    let uncommented: [String]
    let code: [String]
    /// The third view as one text, for what spans lines.
    let codeBytes: [UInt8]
    private let lineStarts: [Int]

    init(path: String, text: String) {
        var stripper = CommentStripper(text: text)
        stripper.run()
        self.path = path
        lines = Self.split(Array(text.utf8))
        uncommented = Self.split(stripper.uncommented)
        code = Self.split(stripper.code)
        codeBytes = stripper.code
        var starts = [0]
        for (offset, byte) in stripper.code.enumerated() where byte == 0x0A { starts.append(offset + 1) }
        lineStarts = starts
    }

    /// The name of the target the file belongs to: `Units` for `Sources/Units/Numbers/Scale.swift`.
    var target: String {
        let parts = path.split(separator: "/").drop { $0 != "Sources" && $0 != "Tests" }.dropFirst()
        return parts.count > 1 ? String(parts[parts.startIndex]) : ""
    }

    /// Whether it belongs to the package of the services.
    var isOfServer: Bool { path.hasPrefix("Server/") }

    /// Whether it holds tests.
    var isTest: Bool { path.hasPrefix("Tests/") || path.hasPrefix("Server/Tests/") }

    /// Line, from 1, of a byte of `codeBytes`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Offset just behind the bracket that closes the one at `open`; the end of the text when none does.
    func end(ofGroupAt open: Int) -> Int {
        let pairs: [UInt8: UInt8] = [0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D]
        guard let closing = pairs[codeBytes[open]] else { return open + 1 }
        var depth = 0
        for offset in open..<codeBytes.count {
            if codeBytes[offset] == codeBytes[open] { depth += 1 }
            if codeBytes[offset] == closing { depth -= 1 }
            if depth == 0 { return offset + 1 }
        }
        return codeBytes.count
    }

    /// Offsets in `codeBytes` at which `needle` starts as a word of its own: an identifier character at its
    /// edge is not part of a longer identifier.
    func occurrences(of needle: String) -> [Int] {
        let wanted = Array(needle.utf8)
        guard let first = wanted.first, let last = wanted.last else { return [] }
        var found: [Int] = []
        codeBytes.withUnsafeBufferPointer { bytes in
            var offset = 0
            while offset + wanted.count <= bytes.count {
                defer { offset += 1 }
                guard bytes[offset] == first else { continue }
                var length = 1
                while length < wanted.count, bytes[offset + length] == wanted[length] { length += 1 }
                guard length == wanted.count else { continue }
                let next = offset + length
                if Self.isIdentifier(first), offset > 0, Self.isIdentifier(bytes[offset - 1]) { continue }
                if Self.isIdentifier(last), next < bytes.count, Self.isIdentifier(bytes[next]) { continue }
                found.append(offset)
            }
        }
        return found
    }

    static func isIdentifier(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
