internal import Yams

/// Reads the parts of a YAML document and notes everything that is wrong, with its line.
struct DescriptionNodes {
    /// What is wrong so far.
    private(set) var problems: [DatasetDescriptionProblem] = []

    /// Notes a problem at a node.
    mutating func refuse(_ node: Node?, _ message: String, remedy: String? = nil) {
        refuse(line: node?.mark?.line ?? 1, message, remedy: remedy)
    }

    /// Notes a problem at a line.
    mutating func refuse(line: Int, _ message: String, remedy: String? = nil) {
        let problem = DatasetDescriptionProblem(line: line, message: message, remedy: remedy)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// Notes every anchor: an alias could multiply a few lines into millions of nodes.
    ///
    /// - Returns: whether there is none.
    mutating func hasNoAnchors(_ node: Node) -> Bool {
        if node.anchor != nil {
            refuse(node, "anchors and aliases (& and *) are not allowed", remedy: "write the value out")
            return false
        }
        switch node {
        case .scalar, .alias: return true
        case .sequence(let items):
            for item in items where !hasNoAnchors(item) { return false }
        case .mapping(let pairs):
            for (key, value) in pairs where !hasNoAnchors(key) || !hasNoAnchors(value) { return false }
        }
        return true
    }

    /// The pairs of a map in the order written; keys are text. Notes unknown keys with the nearest known.
    mutating func map(_ node: Node, _ what: String, known: [String]?) -> [(key: String, value: Node)] {
        guard case .mapping(let mapping) = node else {
            refuse(node, "\(what) must be a map of keys and values")
            return []
        }
        var pairs: [(key: String, value: Node)] = []
        for (keyNode, value) in mapping {
            guard case .scalar(let scalar) = keyNode else {
                refuse(keyNode, "a key of \(what) must be text")
                continue
            }
            if let known, !known.contains(scalar.string) {
                let nearest = NearestKey.find(scalar.string, in: known)
                refuse(
                    keyNode, "unknown key '\(scalar.string)' in \(what)",
                    remedy: nearest.map { "did you mean '\($0)'?" }
                        ?? "known keys: " + known.joined(separator: ", "))
                continue
            }
            pairs.append((scalar.string, value))
        }
        return pairs
    }

    /// The items of a list.
    mutating func list(_ node: Node, _ what: String) -> [Node] {
        guard case .sequence(let items) = node else {
            refuse(node, "\(what) must be a list (lines that begin with '- ')")
            return []
        }
        return Array(items)
    }

    /// The text of a scalar as written.
    mutating func text(_ node: Node, _ what: String) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            refuse(node, "\(what) must be a text")
            return nil
        }
        return scalar.string
    }

    /// A whole number in a range.
    mutating func integer(_ node: Node, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node, what) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            refuse(
                node,
                "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text)'"
            )
            return nil
        }
        return value
    }

    /// `true` or `false`.
    mutating func flag(_ node: Node, _ what: String) -> Bool? {
        guard let text = text(node, what) else { return nil }
        if text == "true" { return true }
        if text == "false" { return false }
        refuse(node, "\(what) must be true or false, not '\(text)'")
        return nil
    }

    /// One of the words of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node, _ what: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(node, what) else { return nil }
        if let value = Choice(rawValue: text) { return value }
        let words = Choice.allCases.map(\.rawValue)
        let nearest = NearestKey.find(text, in: words)
        refuse(
            node, "\(what) must be one of \(words.joined(separator: ", ")), not '\(text)'",
            remedy: nearest.map { "did you mean '\($0)'?" })
        return nil
    }
}

/// Finds what a person may have meant.
enum NearestKey {
    /// The known word with the fewest changed, added, removed or swapped letters, when these are at most a
    /// third of its length; the first of equals.
    static func find(_ word: String, in known: [String]) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(Array(word.lowercased().utf8.prefix(64)), Array(candidate.utf8))
            if distance <= max(1, candidate.utf8.count / 3), distance < best?.distance ?? Int.max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Edit distance with swaps of neighbours (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
