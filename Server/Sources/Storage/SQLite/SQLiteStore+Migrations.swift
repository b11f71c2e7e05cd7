internal import Foundation
internal import Glibc

extension SQLiteStore: MigratableStore {
    public var location: String { path }

    /// Copies made before a step of the schema that are kept; older ones are removed.
    private static let copiesKept = 10
    private static let mark = "-before-"

    public func backupBeforeMigration(_ label: String) async throws -> String? {
        let slash = path.lastIndex(of: "/")
        let folder = (slash.map { String(path[..<$0]) } ?? ".") + "/backups"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw SQLiteFile.failure(folder, "copied there")
        }
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let stamp = "\(clock())".replacing(":", with: "").replacing("-", with: "")
        let target = "\(folder)/\(name)\(Self.mark)\(label)-\(stamp)"
        try await backup(to: target)
        try removeOldCopies(in: folder, of: name)
        return target
    }

    private func removeOldCopies(in folder: String, of name: String) throws {
        var made: [(name: String, at: Int)] = []
        for entry in try FileManager.default.contentsOfDirectory(atPath: folder)
        where entry.hasPrefix(name + Self.mark) {
            var facts = stat()
            if stat("\(folder)/\(entry)", &facts) == 0 { made.append((entry, facts.st_mtim.tv_sec)) }
        }
        let old = made.sorted { ($0.at, $0.name) < ($1.at, $1.name) }.dropLast(Self.copiesKept)
        for entry in old { unlink("\(folder)/\(entry.name)") }
    }
}
