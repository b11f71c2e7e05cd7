internal import StrategyKit

/// Compares a document with a shape and notes everything that is wrong.
package struct SchemaCheck {
    /// What is wrong so far.
    package private(set) var problems: [RunFileProblem] = []

    /// Nothing checked yet.
    package init() {}

    /// Checks a node and everything below it.
    ///
    /// - Parameter path: path of the key, for messages.
    package mutating func check(_ node: DocumentNode, against shape: ValueShape, path: String = "") {
        switch shape {
        case .scalar(let rule): check(node, rule, shape, path)
        case .map(let map): check(node, map, shape, path)
        case .named(let rule, let value):
            guard case .map(let entries) = node.content else { return refuse(node, shape, path) }
            for entry in entries {
                if let message = rule.problem(with: entry.key) {
                    refuse(entry.place, join(path, entry.key), message)
                }
                check(entry.value, against: value, path: join(path, entry.key))
            }
        case .list(let item):
            guard case .list(let items) = node.content else { return refuse(node, shape, path) }
            if items.isEmpty { refuse(node.place, path, "the list is empty") }
            for (index, value) in items.enumerated() {
                check(value, against: item, path: join(path, String(index)))
            }
        case .either(let shapes):
            guard let chosen = shapes.first(where: { $0.fits(node) }) else {
                return refuse(node, shape, path)
            }
            check(node, against: chosen, path: path)
        case .parameters:
            if case .map = node.content { return }
            if !node.isNull { refuse(node, shape, path) }
        }
    }

    private mutating func check(
        _ node: DocumentNode, _ rule: ScalarRule, _ shape: ValueShape, _ path: String
    ) {
        guard let text = node.text, !node.isNull else { return refuse(node, shape, path) }
        if let message = rule.problem(with: text) { refuse(node.place, path, message) }
    }

    private mutating func check(
        _ node: DocumentNode, _ map: MapShape, _ shape: ValueShape, _ path: String
    ) {
        guard case .map(let entries) = node.content else { return refuse(node, shape, path) }
        let known = map.descriptions.map(\.name)
        for entry in entries {
            if let key = map.descriptions.first(where: { $0.name == entry.key }) {
                check(entry.value, against: key.shape, path: join(path, entry.key))
            } else {
                let near = NearestName.find(entry.key, among: known)
                refuse(
                    entry.place, join(path, entry.key),
                    "there is no such key" + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
                    remedy: "known keys here: " + known.joined(separator: ", "))
            }
        }
        for key in map.descriptions where key.isRequired && node[key.name] == nil {
            refuse(
                node.place, join(path, key.name), "is missing; give \(key.shape.expectation)",
                remedy: key.summary)
        }
        checkAlternatives(node, map, path)
    }

    private mutating func checkAlternatives(_ node: DocumentNode, _ map: MapShape, _ path: String) {
        guard !map.alternatives.isEmpty else { return }
        let words = map.alternatives.map { $0.joined(separator: " and ") }.joined(separator: ", or ")
        let begun = map.alternatives.filter { group in group.contains { node[$0] != nil } }
        switch begun.count {
        case 0: refuse(node.place, path, "gives none of: \(words)")
        case 1:
            for key in begun[0] where node[key] == nil {
                refuse(
                    node.place, join(path, key),
                    "is missing; it is given together with "
                        + begun[0].filter { $0 != key }.joined(separator: " and "))
            }
        default:
            let found = node.entries.map(\.key).filter { key in begun.contains { $0.contains(key) } }
            refuse(
                node.place, path, "gives \(found.joined(separator: " and ")), but only one goes: \(words)")
        }
    }

    /// Notes a value of the wrong kind.
    private mutating func refuse(_ node: DocumentNode, _ shape: ValueShape, _ path: String) {
        refuse(node.place, path, "\(node.found) was found; give \(shape.expectation)")
    }

    /// Notes a problem.
    package mutating func refuse(
        _ place: SourcePlace, _ key: String, _ message: String, remedy: String? = nil
    ) {
        problems.append(RunFileProblem(at: place, key: key, message, remedy: remedy))
    }

    private func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : path + "." + key }
}

extension ValueShape {
    /// Whether a node is of the kind (single value, map, list) that the shape wants.
    fileprivate func fits(_ node: DocumentNode) -> Bool {
        switch (self, node.content) {
        case (.scalar, .scalar): !node.isNull
        case (.map, .map), (.named, .map), (.parameters, .map), (.list, .list): true
        case (.either(let shapes), _): shapes.contains { $0.fits(node) }
        default: false
        }
    }
}
