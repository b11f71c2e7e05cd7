/// The files of a new strategy package, ready to be written.
package struct StrategyPackage {
    /// One file: its path inside the package and its content.
    package struct File: Hashable, Sendable {
        package let path: String
        package let text: String
    }

    private let name: StrategyPackageName
    private let clone: String

    /// A package.
    ///
    /// - Parameter clone: absolute path of the Tradewind clone that it is built against.
    package init(name: StrategyPackageName, clone: String) { (self.name, self.clone) = (name, clone) }

    /// Every file, in the order in which a reader wants them.
    package var files: [File] {
        [
            File(path: "README.md", text: filled(StrategyTemplate.readme)),
            File(path: "Package.swift", text: filled(StrategyTemplate.manifest)),
            File(path: "Sources/\(name.library)/\(name.type).swift", text: filled(StrategyTemplate.strategy)),
            File(path: "Sources/\(name.command)/main.swift", text: filled(StrategyTemplate.main)),
            File(path: "Tests/\(name.tests)/\(name.type)Tests.swift", text: filled(StrategyTemplate.tests)),
            File(path: "Runs/\(name.text).yaml", text: filled(StrategyTemplate.run)),
            File(path: "Data/sample.csv", text: SampleBars.csv),
            File(path: ".gitignore", text: StrategyTemplate.ignored),
        ]
    }

    /// A template with this package's names in it. The path is put in last and quoted as Swift text, so
    /// that no folder name can be taken for anything else.
    private func filled(_ template: String) -> String {
        let values = [
            ("NAME", name.text), ("TYPE", name.type), ("LIBRARY", name.library), ("COMMAND", name.command),
            ("TESTS", name.tests), ("CLONE", Self.escaped(clone)),
        ]
        var text = template
        for (key, value) in values { text = text.replacing("{{\(key)}}", with: value) }
        return text
    }

    private static func escaped(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
