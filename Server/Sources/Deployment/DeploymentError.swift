internal import Glibc
internal import Operations
internal import Storage

/// Why a backup, a restore or a deployment did not do what it was asked for.
public struct DeploymentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable word.
        public let rawValue: String
        /// A code of a stable word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file cannot be read or written.
        public static let file = Code(rawValue: "deployment.file")
        /// There is no space left.
        public static let diskFull = Code(rawValue: "deployment.disk-full")
        /// A backup is not what was written, or there is none.
        public static let backup = Code(rawValue: "deployment.backup")
        /// Something runs that must not, or the other way round.
        public static let running = Code(rawValue: "deployment.running")
        /// Another deployment is under way.
        public static let busy = Code(rawValue: "deployment.busy")
        /// Something must be mended before anything is touched.
        public static let preflight = Code(rawValue: "deployment.preflight")
        /// The sources: Git, the branch, local changes.
        public static let source = Code(rawValue: "deployment.source")
        /// The new version cannot be built.
        public static let build = Code(rawValue: "deployment.build")
        /// A step with the new version failed, and the earlier one serves again.
        public static let rolledBack = Code(rawValue: "deployment.rolled-back")
        /// A program that is needed failed or is not there.
        public static let tool = Code(rawValue: "deployment.tool")
        /// Live trading holds positions.
        public static let live = Code(rawValue: "deployment.live")
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence: what was tried, and why it failed.
    public let message: String
    /// The file it is about; nil when it is about none.
    public let path: String?
    /// What the user can do.
    public let remedy: String

    /// A failure.
    public init(_ code: Code, _ message: String, path: String? = nil, remedy: String) {
        (self.code, self.message, self.path, self.remedy) = (code, message, path, remedy)
    }

    /// One error for all that must be mended before anything is touched; nil when there is nothing.
    public static func joining(_ problems: [DeploymentError]) -> DeploymentError? {
        guard problems.count > 1 else { return problems.first }
        let all = problems.map { "\($0); \($0.remedy)" }.joined(separator: "\n")
        return DeploymentError(
            .preflight, "\(problems.count) things must be mended before anything is touched:\n\(all)",
            remedy: "mend them, then run the same command again")
    }

    /// A call of the system that failed for the reason in `errno`.
    static func system(_ action: String, _ path: String, number: Int32 = errno) -> DeploymentError {
        let isFull = number == ENOSPC || number == EDQUOT
        return DeploymentError(
            isFull ? .diskFull : .file, "\(action) failed: \(String(cString: strerror(number)))", path: path,
            remedy: isFull
                ? "free some space on that disk, then try again"
                : "make it accessible to this user, then try again")
    }

    public var description: String { path.map { "\($0): \(message)" } ?? message }
}

extension DeploymentError {
    init(_ failure: DirectFile.Failure) {
        self = .system(failure.action, failure.path, number: failure.number)
    }

    init(_ error: SupervisionError) {
        self.init(.file, error.message, path: error.path, remedy: error.remedy)
    }

    /// What storage could not do, whoever asked it.
    init(_ error: StorageError) {
        self.init(
            error.code == .diskFull ? .diskFull : .backup, error.message, path: error.file,
            remedy: error.remedy)
    }
}
