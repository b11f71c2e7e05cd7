import Foundation

/// A folder of its own, removed at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let name = "tradewind-storage-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// A path in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
