import Foundation

/// The files of the package as they are on disk, found from where this file was compiled.
enum ProjectTree {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Every Swift file under `Sources`, sorted by path.
    static let sources = swiftFiles(under: "Sources")

    /// Every Swift file under `Tests`, sorted by path.
    static let tests = swiftFiles(under: "Tests")

    /// The folders directly under `Sources`: one for each target.
    static let targetFolders: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.path + "/Sources")
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }()

    /// The text of a file of the project; nil when it does not exist.
    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Relative paths under a folder of the project that end in `suffix`, sorted.
    static func paths(under folder: String, suffix: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
        let paths = (found?.allObjects as? [String]) ?? []
        return paths.filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }.sorted()
    }

    private static func swiftFiles(under folder: String) -> [SourceText] {
        paths(under: folder, suffix: ".swift")
            .compactMap { path in text(path).map { SourceText(path: path, text: $0) } }
    }
}
