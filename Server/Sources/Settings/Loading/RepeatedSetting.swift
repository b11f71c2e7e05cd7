internal import Yams

/// Finds, and takes out, a key that a map gives more than once: the parser tells only where the map begins.
enum RepeatedSetting {
    /// The lines of a key in a map of one key a line, ascending, from 1; empty where the map is written
    /// otherwise.
    static func lines(of key: String, inMapAt mark: Mark, _ text: String) -> [Int] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard mark.line >= 1, mark.line <= lines.count else { return [] }
        let (first, column) = (mark.line - 1, max(0, mark.column - 1))
        var found: [Int] = []
        for (number, line) in lines.enumerated().dropFirst(first) {
            let indent = line.prefix { $0 == 0x20 }.count
            if number > first && isContent(line) && indent < column { break }
            if number == first || indent == column, column <= line.count, holds(key, line[column...]) {
                found.append(number + 1)
            }
        }
        return found
    }

    /// The text with these lines, and what is nested below them, made blank; as many lines as before.
    static func without(_ lines: some Sequence<Int>, _ text: String) -> String {
        var all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for line in lines where line >= 1 && line <= all.count {
            let indent = all[line - 1].utf8.prefix { $0 == 0x20 }.count
            all[line - 1] = ""
            var next = line
            while next < all.count {
                let bytes = Array(all[next].utf8)
                let depth = bytes.prefix { $0 == 0x20 }.count
                // The items of a list may stand at the column of their key.
                let isItem = depth == indent && bytes.dropFirst(depth).first == 0x2D
                if isContent(bytes) && depth <= indent && !isItem { break }
                all[next] = ""
                next += 1
            }
        }
        return all.joined(separator: "\n")
    }

    private static func isContent(_ line: [UInt8]) -> Bool {
        guard let first = line.first(where: { $0 != 0x20 }) else { return false }
        return first != 0x23 && first != 0x0D
    }

    /// Whether a line holds the key, plain or in quotes, and a colon.
    private static func holds(_ key: String, _ line: ArraySlice<UInt8>) -> Bool {
        for written in [key, "\"\(key)\"", "'\(key)'"] where line.starts(with: written.utf8) {
            let rest = line.dropFirst(written.utf8.count).drop { $0 == 0x20 }
            if rest.first == 0x3A { return true }
        }
        return false
    }
}

/// Finds aliases before the parser does: it expands them, and a short file can become a very long one.
enum YAMLAlias {
    /// The line of the first `*name` for which `&name` also stands somewhere, whether in quotes or not.
    static func line(in bytes: [UInt8]) -> Int? {
        var anchors: Set<[UInt8]> = []
        for index in bytes.indices where bytes[index] == 0x26 { anchors.insert(name(bytes, after: index)) }
        anchors.remove([])
        if anchors.isEmpty { return nil }
        var line = 1
        for index in bytes.indices {
            if bytes[index] == 0x0A { line += 1 }
            if bytes[index] == 0x2A && anchors.contains(name(bytes, after: index)) { return line }
        }
        return nil
    }

    /// The letters, digits, `-` and `_` that follow, at most 64.
    private static func name(_ bytes: [UInt8], after index: Int) -> [UInt8] {
        Array(
            bytes[(index + 1)...].prefix(64).prefix { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
                    || (byte >= 0x61 && byte <= 0x7A) || byte == 0x2D
            })
    }
}
