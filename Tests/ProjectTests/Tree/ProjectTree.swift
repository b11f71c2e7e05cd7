import Foundation

/// The files of both packages as they are on disk, found from where this file was compiled.
enum ProjectTree {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Every Swift file of the sources of a package, sorted by path.
    static let sources = swiftFiles(under: ProjectPackage.research.folder("Sources"))
    static let serverSources = swiftFiles(under: ProjectPackage.server.folder("Sources"))

    /// Every Swift file of the tests of a package, sorted by path.
    static let tests = swiftFiles(under: ProjectPackage.research.folder("Tests"))
    static let serverTests = swiftFiles(under: ProjectPackage.server.folder("Tests"))

    /// All of them.
    static let everything = sources + tests + serverSources + serverTests

    /// The folders directly under `Sources`: one for each target.
    static func targetFolders(_ package: ProjectPackage) -> [String] {
        let path = root.path + "/" + package.folder("Sources")
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

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

    static func sources(_ package: ProjectPackage) -> [SourceText] {
        package == .research ? sources : serverSources
    }

    static func tests(_ package: ProjectPackage) -> [SourceText] {
        package == .research ? tests : serverTests
    }

    private static func swiftFiles(under folder: String) -> [SourceText] {
        paths(under: folder, suffix: ".swift")
            .compactMap { path in text(path).map { SourceText(path: path, text: $0) } }
    }
}

/// The two packages of the project.
enum ProjectPackage: CaseIterable, Sendable {
    case research, server

    /// A folder of the package, or its manifest, relative to the project.
    func folder(_ name: String) -> String { self == .research ? name : "Server/" + name }
}
