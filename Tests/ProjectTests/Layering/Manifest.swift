/// What `Package.swift` says about the targets, read as text.
struct Manifest {
    struct Target: Equatable {
        let name: String
        /// `target`, `executableTarget`, `testTarget` or `systemLibrary`.
        let kind: String
        /// Names of targets and products, as written.
        let dependencies: [String]
        /// Whether its folder stands under `Tests`, though it is no test target: what several of them share.
        var isAmongTests = false
    }

    let path: String
    let targets: [Target]

    init(text: String, path: String) {
        self.path = path
        let source = SourceText(path: path, text: text)
        let uncommented = source.uncommented.joined(separator: "\n").utf8.map { $0 }
        var found: [(offset: Int, target: Target)] = []
        for kind in ["target", "executableTarget", "testTarget", "systemLibrary"] {
            for offset in source.occurrences(of: ".\(kind)(") {
                let open = offset + kind.utf8.count + 1
                let body = String(decoding: uncommented[open..<source.end(ofGroupAt: open)], as: UTF8.self)
                guard let name = Self.string(after: "name:", in: body) else { continue }
                // A dependency may also be written as `.target(name:)`; it has no settings and no path.
                let list = Self.list(after: "dependencies:", in: body)
                let isDependency = body.filter { $0 == "," }.isEmpty && kind == "target"
                if isDependency { continue }
                var target = Target(name: name, kind: kind, dependencies: Self.names(in: list))
                target.isAmongTests = Self.string(after: "path:", in: body)?.hasPrefix("Tests/") ?? false
                found.append((offset, target))
            }
        }
        targets = found.sorted { $0.offset < $1.offset }.map(\.target)
    }

    /// The first string literal behind `label`.
    private static func string(after label: String, in text: String) -> String? {
        guard let range = text.firstRange(of: label) else { return nil }
        let parts = text[range.upperBound...].split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : nil
    }

    /// What stands between the brackets behind `label`; empty when the label is absent.
    private static func list(after label: String, in text: String) -> String {
        guard let range = text.firstRange(of: label) else { return "" }
        let rest = text[range.upperBound...]
        guard let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") else {
            return ""
        }
        return String(rest[rest.index(after: open)..<close])
    }

    /// The names in a list of dependencies: `"Units"`, `.product(name: "Yams", package: "Yams")`.
    private static func names(in list: String) -> [String] {
        var names: [String] = []
        var rest = list[...]
        while let quote = rest.firstIndex(of: "\"") {
            let before = rest[..<quote]
            let tail = rest[rest.index(after: quote)...]
            guard let end = tail.firstIndex(of: "\"") else { break }
            if !before.hasSuffix("package: ") { names.append(String(tail[..<end])) }
            rest = tail[tail.index(after: end)...]
        }
        return names
    }
}
