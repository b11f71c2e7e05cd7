/// The imports and the public types of a source file.
struct Declarations {
    struct Import: Equatable {
        let module: String
        let line: Int
    }

    struct PublicType: Equatable {
        let name: String
        let line: Int
    }

    let imports: [Import]
    /// Types declared `public` outside any other type.
    let publicTypes: [PublicType]

    init(_ source: SourceText) {
        var imports: [Import] = []
        var types: [PublicType] = []
        var depth = 0
        for (index, line) in source.code.enumerated() {
            let words = line.split { !($0.isLetter || $0.isNumber || "_@.".contains($0)) }.map(String.init)
            if let module = Self.importedModule(words) {
                imports.append(Import(module: module, line: index + 1))
            }
            if depth == 0, let name = Self.publicType(words) {
                types.append(PublicType(name: name, line: index + 1))
            }
            for byte in line.utf8 {
                if byte == 0x7B { depth += 1 }
                if byte == 0x7D { depth -= 1 }
            }
        }
        self.imports = imports
        self.publicTypes = types
    }

    /// `public import struct Foo.Bar` imports `Foo`.
    private static func importedModule(_ words: [String]) -> String? {
        let modifiers: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
        guard let position = words.firstIndex(of: "import"),
            words[..<position].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") })
        else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        let path = words[(position + 1)...].first { !kinds.contains($0) }
        return path.flatMap { $0.split(separator: ".").first }.map(String.init)
    }

    private static func publicType(_ words: [String]) -> String? {
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        guard words.contains("public") || words.contains("open"),
            let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count
        else { return nil }
        let modifiers: Set<String> = ["public", "open", "final", "indirect", "nonisolated"]
        let before = words[..<kind].filter { !$0.hasPrefix("@") }
        return before.allSatisfy(modifiers.contains) ? words[kind + 1] : nil
    }
}
