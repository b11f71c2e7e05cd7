import Foundation
import Testing
import Yams

/// The files of the project that deploy it, found from where this file was compiled.
enum DeployFiles {
    static let root: URL = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// The absolute path of a file of the project.
    static func path(_ name: String) -> String {
        root.appending(path: name).resolvingSymlinksInPath().path
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// Paths below a folder of the project, relative to it, sorted.
    static func names(under folder: String, suffix: String = "") throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path(folder))
            .filter { name in
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(
                    atPath: path(folder + "/" + name), isDirectory: &isFolder)
                return exists && !isFolder.boolValue && name.hasSuffix(suffix)
            }
            .map { folder + "/" + $0 }.sorted()
    }

    /// What a YAML file says; anchors and merges are resolved.
    static func yaml(_ name: String) throws -> [String: Any] {
        try #require(try Yams.load(yaml: text(name)) as? [String: Any], "\(name) is no map")
    }

    /// Everything that an image, a container or a browser may get.
    static func all() throws -> [String] {
        try names(under: "Deploy") + [".dockerignore"]
    }
}

/// The compose files.
enum ComposeFiles {
    static let base = "Deploy/Compose/compose.yaml"
    static let environments = ["local", "staging", "production"]

    static func overlay(_ environment: String) -> String { "Deploy/Compose/\(environment).yaml" }

    static func services(_ name: String) throws -> [String: [String: Any]] {
        try #require(try DeployFiles.yaml(name)["services"] as? [String: [String: Any]])
    }

    /// Names of the variables that a text asks for, as in `${NAME:-default}`.
    static func variables(in text: String) -> Set<String> {
        Set(text.matches(of: /\$\{([A-Z_]+)/).map { String($0.1) })
    }

    /// Variables that must be given, with values that do no harm.
    static let needed = [
        "TRADEWIND_VERSION": "0123456789abcdef0123456789abcdef01234567",
        "TRADEWIND_DATA": "/srv/tradewind/data",
        "TRADEWIND_LOGS": "/srv/tradewind/logs", "TRADEWIND_CONFIG": "/srv/tradewind/config",
        "TRADEWIND_SECRETS": "/srv/tradewind/secrets", "TRADEWIND_UID": "10001", "TRADEWIND_GID": "10001",
    ]
}
