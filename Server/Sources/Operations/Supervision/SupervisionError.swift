internal import Glibc

/// Something that supervision could not do with files or processes of this host.
public struct SupervisionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable word.
        public let rawValue: String
        /// A code of a stable word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file of the state folder could not be written: no space, no permission.
        public static let cannotWrite = Code(rawValue: "state-write")
        /// A file of the state folder could not be read.
        public static let cannotRead = Code(rawValue: "state-read")
        /// What a file of the state folder holds is not what was written there.
        public static let corrupted = Code(rawValue: "state-corrupted")
        /// A process could not be started.
        public static let cannotStart = Code(rawValue: "process-start")
        /// A process could not be ended.
        public static let cannotStop = Code(rawValue: "process-stop")
        /// The supervisor of this folder runs already.
        public static let alreadyRunning = Code(rawValue: "already-running")
    }

    /// What kind of thing went wrong.
    public let code: Code
    /// One sentence: what was tried, and why it failed.
    public let message: String
    /// The file it is about; nil when it is about none.
    public let path: String?
    /// What the user can do.
    public let remedy: String

    init(_ code: Code, _ message: String, path: String? = nil, remedy: String) {
        (self.code, self.message, self.path, self.remedy) = (code, message, path, remedy)
    }

    /// A call of the system that failed for the reason in `errno`.
    static func system(
        _ code: Code, _ action: String, path: String? = nil, number: Int32 = errno
    ) -> SupervisionError {
        let remedy =
            switch number {
            case ENOSPC, EDQUOT: "free some space on that disk, then try again"
            case EACCES, EPERM, EROFS: "make it accessible to this user, or name another state folder"
            case ENOENT: "check the path"
            default: "see the reason, then try again"
            }
        return SupervisionError(
            code, "\(action) failed: \(String(cString: strerror(number)))", path: path, remedy: remedy)
    }

    public var description: String { path.map { "\($0): \(message)" } ?? message }
}
