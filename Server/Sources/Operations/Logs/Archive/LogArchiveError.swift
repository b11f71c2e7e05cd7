internal import Glibc
internal import Storage

/// Why logs were not archived. Nothing is lost by it: lines stay in storage until they are.
public struct LogArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable word.
        public let rawValue: String
        /// A code of a stable word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file cannot be written or read.
        public static let file = Code(rawValue: "log-archive.file")
        /// There is no space left.
        public static let diskFull = Code(rawValue: "log-archive.disk-full")
        /// The object store does not answer.
        public static let unavailable = Code(rawValue: "log-archive.unavailable")
        /// The object store refuses.
        public static let refused = Code(rawValue: "log-archive.refused")
        /// Another process archives at the moment.
        public static let busy = Code(rawValue: "log-archive.busy")
        /// Storage did not give the lines out, or did not keep what was archived.
        public static let storage = Code(rawValue: "log-archive.storage")
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence: what was tried, and why it failed.
    public let message: String
    /// The file it is about; nil when it is about none.
    public let path: String?
    /// What to do, as a clause in the imperative.
    public let remedy: String

    /// A failure.
    public init(_ code: Code, _ message: String, path: String? = nil, remedy: String) {
        (self.code, self.message, self.path, self.remedy) = (code, message, path, remedy)
    }

    /// A call of the system that failed for the reason in `errno`.
    static func system(_ action: String, _ path: String, number: Int32 = errno) -> LogArchiveError {
        let isFull = number == ENOSPC || number == EDQUOT
        return LogArchiveError(
            isFull ? .diskFull : .file, "\(action) failed: \(String(cString: strerror(number)))", path: path,
            remedy: isFull
                ? "free some space on that disk, or name another folder"
                : "make it accessible to this user, or correct logs.archive.destination")
    }

    init(_ failure: DirectFile.Failure) {
        self = .system(failure.action, failure.path, number: failure.number)
    }

    init(_ error: SupervisionError) {
        self.init(.file, error.message, path: error.path, remedy: error.remedy)
    }

    init(_ error: ObjectStoreError) {
        self.init(
            error.code == .unavailable ? .unavailable : .refused, error.message, remedy: error.remedy)
    }

    init(_ error: StorageError) {
        self.init(.storage, error.message, path: error.file, remedy: error.remedy)
    }

    public var description: String { path.map { "\($0): \(message)" } ?? message }
}
