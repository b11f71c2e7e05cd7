/// Rules about what must carry a comment.
extension TidyRule {
    private static let unsafety = ["@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency import"]

    /// Lines on which the compiler's checks of concurrency are switched off.
    static func unsafeLines(in source: SourceText) -> [Int] {
        Set(unsafety.flatMap { source.occurrences(of: $0) }.map { source.line(at: $0) }).sorted()
    }

    static let explainedUnsafety = TidyRule(
        name: "unexplained-unsafety",
        advice: "name the lock or the owner that makes it safe in a comment beside it", scope: .sources
    ) { source in
        unsafeLines(in: source).filter { line in
            !((line - 2)...line).contains { index in
                source.lines.indices.contains(index) && source.lines[index].contains("//")
            }
        }
    }

    /// Requirements of well-known protocols, whose meaning is that of the protocol.
    private static let wellKnown = [
        "static func <", "static func ==", "func hash(into", "var description:", "var debugDescription:",
        "init(from decoder", "func encode(to", "mutating func next()", "func makeIterator()",
        "static let configuration", "func run()", "mutating func run()", "var startIndex:", "var endIndex:",
        "subscript(index: Int)", "subscript(position:",
    ]

    static let undocumentedPublic = TidyRule(
        name: "undocumented",
        advice: "a public declaration says what it means, in which units, and what fails",
        scope: .allLibraries
    ) { source in
        source.code.indices.filter { index in
            let line = source.code[index].drop { $0 == " " }
            let declaration = line.split(separator: " ").drop { $0.hasPrefix("@") }.joined(separator: " ")
            guard declaration.hasPrefix("public "), !declaration.hasPrefix("public import"),
                !declaration.hasPrefix("public extension"), !wellKnown.contains(where: declaration.contains)
            else { return false }
            if isDefaultOfProtocol(at: index, in: source) { return false }
            let whole = joined(declaration, source.code, index + 1)
            if let key = requirementKey(of: whole), requirements.contains(key) { return false }
            var above = index - 1
            while above >= 0, source.code[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
            return above < 0 || !source.lines[above].drop(while: { $0 == " " }).hasPrefix("///")
        }
        .map { $0 + 1 }
    }

    /// Whether the line stands in an extension of a protocol of this file: the requirement has the comment.
    private static func isDefaultOfProtocol(at index: Int, in source: SourceText) -> Bool {
        let opening = source.code[..<index].last { !$0.isEmpty && $0.first != " " && $0.first != "}" } ?? ""
        let words = opening.split { $0 == " " || $0 == "{" || $0 == ":" }
        guard let position = words.firstIndex(of: "extension"), position + 1 < words.count else {
            return false
        }
        return source.code.contains { $0.contains("protocol \(words[position + 1])") }
    }

    /// What the protocols of the package require: `func receive(bar`, `init(_ setup`, `var name`. The comment
    /// stands at the requirement, and need not be repeated where a type meets it.
    private static let requirements: Set<String> = {
        var keys: Set<String> = []
        for source in ProjectTree.sources + ProjectTree.serverSources {
            var isInProtocol = false
            for (index, line) in source.code.enumerated() {
                let whole = joined(String(line.drop { $0 == " " }), source.code, index + 1)
                if line.first.map({ !$0.isWhitespace }) ?? false {
                    isInProtocol = line.contains("protocol ")
                } else if isInProtocol, let key = requirementKey(of: whole) {
                    keys.insert(key)
                }
            }
        }
        return keys
    }()

    /// A declaration whose parameters start in the next line, with the start of that line.
    private static func joined(_ declaration: String, _ code: [String], _ next: Int) -> String {
        guard declaration.hasSuffix("("), next < code.count else { return declaration }
        return declaration + code[next].drop { $0 == " " }
    }

    /// Kind, name and first label of a declaration, without its modifiers; nil for other lines.
    private static func requirementKey(of text: String) -> String? {
        for kind in ["func ", "init(", "init?(", "var "] {
            guard let range = text.firstRange(of: kind) else { continue }
            let before = text[..<range.lowerBound].split(separator: " ")
            let modifiers: Set<String> = ["public", "package", "static", "mutating", "convenience", "final"]
            guard before.allSatisfy({ modifiers.contains(String($0)) }) else { continue }
            return String(text[range.lowerBound...].prefix { $0 != ":" && $0 != ")" && $0 != "<" })
        }
        return nil
    }
}
