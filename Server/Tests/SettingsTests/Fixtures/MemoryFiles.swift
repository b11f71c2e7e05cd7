import Foundation
import Settings

/// Files that exist in memory alone.
struct MemoryFiles: SettingsFiles {
    var contents: [String: SettingsFileContent] = [:]
    var modes: [String: UInt32] = [:]

    init(_ texts: [String: String] = [:]) {
        for (path, text) in texts { self[path] = text }
    }

    subscript(_ path: String) -> String? {
        get {
            guard case .bytes(let bytes)? = contents[path] else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        set { contents[path] = newValue.map { .bytes(Array($0.utf8)) } }
    }

    func read(_ path: String) -> SettingsFileContent { contents[path] ?? .absent }

    func facts(_ path: String) -> SettingsFileFacts? {
        guard contents[path] != nil else { return nil }
        return SettingsFileFacts(isRegularFile: true, mode: modes[path] ?? 0o600, isReadable: true)
    }
}

/// The project's own files.
enum ProjectFile {
    /// The root of the clone.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}
