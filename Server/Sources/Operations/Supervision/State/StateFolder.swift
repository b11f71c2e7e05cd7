internal import Glibc

/// The folder in which supervision keeps its files, by default `.tradewind/supervision`.
public struct StateFolder: Hashable, Sendable {
    /// Its absolute path.
    public let path: String

    /// A folder.
    ///
    /// - Parameters:
    ///   - path: relative to `base` unless it starts with a slash.
    ///   - base: an absolute path.
    public init(_ path: String, in base: String = "/") {
        let whole = path.hasPrefix("/") ? path : base + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        self.path = "/" + parts.joined(separator: "/")
    }

    /// Makes the folder and the one for logs, for this user only.
    func create() throws(SupervisionError) {
        var made = ""
        for part in (path + "/logs").split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) == 0 || errno == EEXIST { continue }
            // A folder above may be there and not ours to write to, which says less about those below.
            let number = errno
            if access(made, F_OK) != 0 {
                throw .system(.cannotWrite, "making the folder", path: made, number: number)
            }
        }
    }

    /// What shall run: see ``SupervisionPlan``. Written twice.
    var plan: String { path + "/plan" }
    var planCopy: String { path + "/plan.copy" }
    /// Held by the supervisor for as long as it runs.
    var supervisorLock: String { path + "/supervisor.lock" }
    /// The process that is the supervisor.
    var supervisorRecord: String { path + "/supervisor.record" }
    /// Held by the process of a service for as long as it runs.
    func lock(of service: String) -> String { "\(path)/\(service).lock" }
    /// The process of a service and what happened to it.
    func record(of service: String) -> String { "\(path)/\(service).record" }
    /// What a service prints; the supervisor's own is that of `supervisor`.
    public func log(of service: String) -> String { "\(path)/logs/\(service).log" }
}
