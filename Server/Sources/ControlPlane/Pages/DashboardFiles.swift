internal import Crypto
internal import FoundationEssentials
internal import NIOCore

/// The files of the dashboard, read once: what a client asks for is looked up by its exact path and never
/// becomes a path of the host.
public struct DashboardFiles: Sendable {
    /// A file as it is answered.
    struct File: Sendable {
        let body: ByteBuffer
        let mediaType: String
        /// Quoted, from the SHA-256 of the content.
        let tag: String
    }

    static let index = "index.html"
    static let maximumFiles = 512
    static let maximumBytes = 16 << 20
    static let maximumDepth = 8

    /// Media types by the ending of the name. A file with another ending is not served.
    static let mediaTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
        "json": "application/json; charset=utf-8", "webmanifest": "application/manifest+json",
        "txt": "text/plain; charset=utf-8",
    ]

    /// By path relative to the folder, as in `pages/runs.js`.
    let files: [String: File]
    /// The page that every address of the dashboard starts with.
    let page: File

    /// Number of files.
    public var count: Int { files.count }

    /// Reads a folder. Names that begin with a point, symbolic links, and names with anything else than
    /// letters, digits and `._-` are left out.
    ///
    /// - Throws: ``DashboardProblem``.
    public init(folder: String) throws(DashboardProblem) {
        var found: [String: File] = [:]
        var bytes = 0
        var waiting = [(path: folder, name: "", depth: 0)]
        while let next = waiting.popLast() {
            for entry in try Self.names(next.path) where Self.isPermitted(entry) {
                let path = next.path + "/" + entry
                let name = next.name.isEmpty ? entry : next.name + "/" + entry
                switch try Self.kind(path) {
                case .typeDirectory where next.depth < Self.maximumDepth:
                    waiting.append((path, name, next.depth + 1))
                case .typeRegular:
                    guard let type = Self.mediaTypes[Self.ending(of: entry)] else { continue }
                    let file = try Self.read(path, type)
                    bytes += file.body.readableBytes
                    guard bytes <= Self.maximumBytes, found.count < Self.maximumFiles else {
                        throw .tooLarge(folder, "\(Self.maximumFiles) files or \(Self.maximumBytes) bytes")
                    }
                    found[name] = file
                default: continue
                }
            }
        }
        guard let page = found[Self.index] else { throw .notADashboard(folder) }
        (files, self.page) = (found, page)
    }

    private static func names(_ folder: String) throws(DashboardProblem) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unreadable(folder, "\(error)")
        }
    }

    private static func kind(_ path: String) throws(DashboardProblem) -> FileAttributeType? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        } catch {
            throw .unreadable(path, "\(error)")
        }
    }

    private static func read(_ path: String, _ type: String) throws(DashboardProblem) -> File {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path, "no permission, or it is gone")
        }
        let digits = SHA256.hash(data: content).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return File(
            body: ByteBuffer(bytes: content), mediaType: type, tag: "\"" + digits.joined() + "\"")
    }

    private static func isPermitted(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    private static func ending(of name: String) -> String {
        name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
    }
}
