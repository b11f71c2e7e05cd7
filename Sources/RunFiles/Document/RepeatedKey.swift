internal import Yams

/// Finds the lines of a key that a map gives more than once: the parser tells only where the map begins.
enum RepeatedKey {
    /// The lines of a key, ascending; fewer than two where the text is written in a way that is not seen
    /// through here.
    static func lines(of key: String, inMapAt mark: Mark, _ text: String) -> [Int] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard mark.line >= 1, mark.line <= lines.count else { return [] }
        let (first, column) = (mark.line - 1, max(0, mark.column - 1))
        let line = lines[first]
        // A map in braces begins at the nearest brace before its place that gives the key twice.
        for place in (0..<min(column + 2, line.count)).reversed() where line[place] == 0x7B {
            let found = flow(key, lines, first, place)
            if found.count > 1 { return found }
        }
        return block(key, lines, first, column)
    }

    /// Whether a line holds the key, plain or in quotes, and a colon at a place.
    private static func holds(_ key: String, _ line: ArraySlice<UInt8>) -> Bool {
        for written in [key, "\"\(key)\"", "'\(key)'"] where line.starts(with: written.utf8) {
            let rest = line.dropFirst(written.utf8.count).drop { $0 == 0x20 }
            if rest.first == 0x3A { return true }
        }
        return false
    }

    /// A map of one key a line, all at one column.
    private static func block(_ key: String, _ lines: [[UInt8]], _ first: Int, _ column: Int) -> [Int] {
        var found: [Int] = []
        for (number, line) in lines.enumerated().dropFirst(first) {
            let indent = line.prefix { $0 == 0x20 }.count
            let isEmpty = indent == line.count || line[indent] == 0x23 || line[indent] == 0x0D
            if number > first && !isEmpty && indent < column { break }
            if number == first || indent == column, column <= line.count, holds(key, line[column...]) {
                found.append(number + 1)
            }
        }
        return found
    }

    /// A map in braces, on one line or on several.
    private static func flow(_ key: String, _ lines: [[UInt8]], _ first: Int, _ column: Int) -> [Int] {
        var found: [Int] = []
        var (depth, quote, isKey) = (0, UInt8(0), false)
        for (number, line) in lines.enumerated().dropFirst(first) {
            for place in (number == first ? column : 0)..<line.count {
                let byte = line[place]
                if quote != 0 {
                    if byte == quote { quote = 0 }
                    continue
                }
                if depth == 1 && isKey && byte != 0x20 && byte != 0x0D {
                    if holds(key, line[place...]) { found.append(number + 1) }
                    isKey = false
                }
                switch byte {
                case 0x22, 0x27: quote = byte
                case 0x7B, 0x5B:
                    depth += 1
                    isKey = depth == 1
                case 0x7D, 0x5D:
                    depth -= 1
                    if depth == 0 { return found }
                case 0x2C: if depth == 1 { isKey = true }
                default: break
                }
            }
        }
        return found
    }
}
