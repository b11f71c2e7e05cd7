internal import Foundation
internal import Glibc
internal import Operations

/// The versions of the native services of a host: a folder each, with all that a service needs to run, so
/// that neither a build nor a change of the sources touches what serves.
struct ReleaseFolder: Sendable {
    let path: String

    /// The executable in a version's folder.
    static let executable = "tradewind-server"

    /// Whether an executable belongs to a version that is kept.
    func holds(_ artefact: String) -> Bool { artefact.hasPrefix(path + "/") }

    /// Copies an executable, its stamp and the dashboard into a folder of their own.
    func install(
        executable: String, dashboard: String, as name: String
    ) throws(DeploymentError) -> String {
        let folder = path + "/" + name
        let target = folder + "/" + Self.executable
        if access(target, X_OK) == 0 { return target }
        let draft = "\(path)/.draft-\(name)"
        try BackupFile.makeFolder(path)
        do {
            let files = FileManager.default
            if files.fileExists(atPath: draft) { try files.removeItem(atPath: draft) }
            try files.createDirectory(atPath: draft, withIntermediateDirectories: true)
            try files.copyItem(atPath: executable, toPath: draft + "/" + Self.executable)
            let stamp = Self.folder(of: executable) + "/" + BuildStamp.fileName
            if files.fileExists(atPath: stamp) {
                try files.copyItem(atPath: stamp, toPath: draft + "/" + BuildStamp.fileName)
            }
            if files.fileExists(atPath: dashboard) {
                try files.copyItem(atPath: dashboard, toPath: draft + "/Dashboard")
            }
        } catch {
            throw DeploymentError(
                .file, "the version cannot be kept: \(error.localizedDescription)", path: draft,
                remedy: "see whether there is space, and whether this user may write there")
        }
        chmod(draft + "/" + Self.executable, 0o755)
        try Self.sync(draft + "/" + Self.executable)
        if rename(draft, folder) != 0 { throw .system("naming the version", folder) }
        try BackupFile.syncFolder(path)
        return target
    }

    /// Removes versions that are not kept.
    func discard(except kept: [Release]) throws(DeploymentError) {
        for name in try BackupFile.names(in: path) {
            let folder = path + "/" + name
            if kept.contains(where: { $0.artefact.hasPrefix(folder + "/") }) { continue }
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                throw DeploymentError(
                    .file, "an old version cannot be removed: \(error.localizedDescription)", path: folder,
                    remedy: "remove the folder")
            }
        }
    }

    /// The stamp beside an executable.
    static func stamp(of executable: String) -> BuildStamp {
        let file = folder(of: executable) + "/" + BuildStamp.fileName
        var text: String?
        do throws(DeploymentError) {
            text = try BackupFile.read(file).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            text = nil
        }
        return BuildStamp(version: "", stampFile: text)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func sync(_ path: String) throws(DeploymentError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system("opening", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw .system("bringing the file to the disk", path) }
    }
}
