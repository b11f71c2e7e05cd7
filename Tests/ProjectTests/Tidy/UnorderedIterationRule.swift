/// Swift seeds hashing in each process: a loop over a dictionary or a set runs in another order each time,
/// and what it writes differs from run to run.
extension TidyRule {
    /// A comment that starts so, on the line or the one above, says why the order cannot matter.
    static let unorderedMark = "// Unordered:"

    static let unorderedIteration = TidyRule(
        name: "unordered-iteration",
        advice: "sort what is iterated, or say why order cannot matter after `\(unorderedMark)`",
        scope: .researchSources
    ) { source in
        var names: Set<String> = []
        for line in source.code { update(&names, withDeclarationsIn: line) }
        return source.code.indices.filter { index in
            let line = source.code[index]
            update(&names, withDeclarationsIn: line)
            guard isUnorderedLoop(line, names: names) || isUnorderedCall(line, names: names) else {
                return false
            }
            let mark = source.lines[index].contains(unorderedMark)
            return !mark && !(index > 0 && source.lines[index - 1].contains(unorderedMark))
        }
        .map { $0 + 1 }
    }

    /// Adds the names that a line declares as a dictionary or a set, and drops those that it declares anew as
    /// something else. Properties may stand below their use, so the whole file is read once beforehand.
    private static func update(_ names: inout Set<String>, withDeclarationsIn line: String) {
        for keyword in ["let ", "var ", "inout "] {
            var rest = line[...]
            while let range = rest.firstRange(of: keyword) {
                rest = rest[range.upperBound...]
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                if isUnorderedType(rest.dropFirst(name.count)) {
                    names.insert(String(name))
                } else if keyword != "inout " {
                    names.remove(String(name))
                }
            }
        }
    }

    /// Whether `: [Key: Value] = ...`, `= Set(...)` and the like follow a name.
    private static func isUnorderedType(_ rest: Substring) -> Bool {
        let text = rest.drop { $0 == " " }
        let type = text.dropFirst().drop { $0 == " " }
        if text.hasPrefix(":") || text.hasPrefix("=") {
            if type.hasPrefix("Set<") || type.hasPrefix("Set(") || type.hasPrefix("Dictionary") {
                return true
            }
            if text.hasPrefix("="), !type.hasPrefix("[:]"), !isCalled(type) { return false }
            return type.hasPrefix("[") && hasColonBetweenBrackets(type)
        }
        return false
    }

    /// Whether the bracket at the start pairs keys with values; the colons in `[(a: Int, b: Int)]` do not.
    private static func hasColonBetweenBrackets(_ type: Substring) -> Bool {
        var depth = 0
        for character in type {
            if "[(<".contains(character) { depth += 1 }
            if "])>".contains(character) { depth -= 1 }
            if depth == 0 { return false }
            if depth == 1, character == ":" { return true }
        }
        return false
    }

    /// Whether the bracket at the start is a type that is called, as `[String: Int]()`.
    private static func isCalled(_ type: Substring) -> Bool {
        guard let close = type.firstIndex(of: "]") else { return false }
        return type[close...].hasPrefix("](")
    }

    private static func isUnorderedLoop(_ line: String, names: Set<String>) -> Bool {
        let words = line.split(separator: " ")
        guard words.contains("for"), let range = line.firstRange(of: " in ") else { return false }
        let iterated = line[range.upperBound...]
        if iterated.contains(".sorted") || iterated.contains("sort(") { return false }
        let path = iterated.prefix { $0.isLetter || $0.isNumber || "_.".contains($0) }
        let parts = path.split(separator: ".").map(String.init).filter { $0 != "self" }
        guard let last = parts.last else { return false }
        if last == "keys" { return true }
        if last == "values", parts.count > 1 { return names.contains(parts[parts.count - 2]) }
        return names.contains(last) && !iterated.dropFirst(path.count).hasPrefix("[")
    }

    /// `totals.map { ... }`, `totals.keys.map { ... }` on a dictionary of this file.
    private static func isUnorderedCall(_ line: String, names: Set<String>) -> Bool {
        if line.contains(".sorted") { return false }
        let calls = [".map {", ".forEach {", ".compactMap {", ".flatMap {", ".joined("]
        return names.contains { name in
            calls.contains { call in
                ["", ".keys", ".values"].contains { part in
                    guard let range = line.firstRange(of: name + part + call) else { return false }
                    guard range.lowerBound > line.startIndex else { return true }
                    let before = line[line.index(before: range.lowerBound)]
                    return !(before.isLetter || before.isNumber || before == "_")
                }
            }
        }
    }
}
