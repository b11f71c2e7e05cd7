/// Why a file operation failed.
public struct FileFailureKind: Hashable, Sendable, CustomStringConvertible {
    /// A stable word: `missing`, `denied`, `no-space`, ...
    public let description: String

    private init(_ word: String) { description = word }

    /// No such file or directory.
    public static let missing = FileFailureKind("missing")
    /// The user may not read or write there.
    public static let denied = FileFailureKind("denied")
    /// A directory where a file was expected, or the reverse.
    public static let wrongType = FileFailureKind("wrong-type")
    /// The disk or the quota is full.
    public static let noSpace = FileFailureKind("no-space")
    /// The file system is mounted read-only.
    public static let readOnly = FileFailureKind("read-only")
    /// Another process holds the lock.
    public static let busy = FileFailureKind("busy")
    /// The bytes of the file are not what its format allows.
    public static let damaged = FileFailureKind("damaged")
    /// Any other failure of the device or the system.
    public static let failed = FileFailureKind("failed")
}

/// A file operation that failed, with what to do about it.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    public enum Operation: String, Sendable, Hashable {
        /// Reading, listing, mapping.
        case read
        /// Creating, writing, renaming, deleting.
        case write
        /// Taking a lock.
        case lock
    }

    /// The file or directory.
    public let path: String
    /// What was being done.
    public let operation: Operation
    /// Why it failed.
    public let kind: FileFailureKind
    /// The system's own words, as `No space left on device`.
    public let reason: String

    /// A failure.
    public init(path: String, operation: Operation, kind: FileFailureKind, reason: String) {
        (self.path, self.operation, self.kind, self.reason) = (path, operation, kind, reason)
    }

    /// The process exit code that tells this failure: 65 input that is absent or cannot be read, 74 output
    /// that cannot be written or a full disk, 1 a lock held by another process.
    public var exitCode: Int32 {
        switch operation {
        case .read: 65
        case .write: 74
        case .lock: kind == .busy ? 1 : 74
        }
    }

    /// One sentence without the path.
    public var message: String {
        switch (operation, kind) {
        case (.read, .missing): "there is no such file"
        case (.read, .wrongType): "this is a directory, not a file"
        case (.write, .noSpace): "the disk is full; the file was not written"
        case (.lock, .busy): "another process is writing there"
        case (.read, _): "cannot be read: \(reason)"
        case (.write, _): "cannot be written: \(reason)"
        case (.lock, _): "cannot be locked: \(reason)"
        }
    }

    /// What the user can do.
    public var remedy: String {
        switch kind {
        case .missing: "check the path; relative paths start at the current folder"
        case .denied: "give the user running tradewind the rights, or choose another folder"
        case .wrongType where operation == .read: "name a file"
        case .wrongType: "choose a path where nothing else is"
        case .noSpace: "free some space or choose a folder on another disk, then run the command again"
        case .readOnly: "choose a folder on a disk that can be written"
        case .busy: "wait until the other command has ended, then run this one again"
        default: "check the disk and the path"
        }
    }

    public var description: String { "\(path): \(message)" }
}
