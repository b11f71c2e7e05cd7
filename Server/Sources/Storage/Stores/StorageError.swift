/// Why storage did not do what it was asked for.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name.
        public let rawValue: String

        /// A code from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        public var description: String { rawValue }

        /// A row breaks a rule of the schema, as a unique one.
        public static let constraint = Code(rawValue: "storage.constraint")
        /// Another process holds the database for longer than we wait.
        public static let busy = Code(rawValue: "storage.busy")
        /// Too many writers wait.
        public static let overloaded = Code(rawValue: "storage.overloaded")
        /// There is no space left.
        public static let diskFull = Code(rawValue: "storage.disk_full")
        /// The database file is damaged, or is none.
        public static let corrupt = Code(rawValue: "storage.corrupt")
        /// There is no database yet, and none is to be made.
        public static let absent = Code(rawValue: "storage.absent")
        /// The file cannot be opened, read or written.
        public static let unavailable = Code(rawValue: "storage.unavailable")
        /// A statement took longer than it may.
        public static let timeout = Code(rawValue: "storage.timeout")
        /// The store was closed.
        public static let closed = Code(rawValue: "storage.closed")
        /// A statement that is wrong.
        public static let statement = Code(rawValue: "storage.statement")
        /// An engine of storage that this build does not have.
        public static let unsupported = Code(rawValue: "storage.unsupported")
        /// The schema is older than this program needs.
        public static let migrationsPending = Code(rawValue: "storage.migrations_pending")
        /// The schema is newer than this program.
        public static let schemaNewer = Code(rawValue: "storage.schema_newer")
        /// A migration that was applied reads differently now.
        public static let migrationChanged = Code(rawValue: "storage.migration_changed")
        /// A migration failed.
        public static let migrationFailed = Code(rawValue: "storage.migration_failed")
        /// A step back that is not allowed here.
        public static let migrationRefused = Code(rawValue: "storage.migration_refused")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The failure in one sentence, with the file.
    public let message: String
    /// What to do.
    public let remedy: String
    /// The file it is about, if any.
    public let file: String?

    /// A failure.
    public init(_ code: Code, _ message: String, file: String? = nil, remedy: String) {
        (self.code, self.message, self.file, self.remedy) = (code, message, file, remedy)
    }

    /// Whether the same may be tried again later: nothing was written.
    public var isRetryable: Bool { [.busy, .overloaded, .diskFull, .timeout].contains(code) }

    /// The failure and what to do.
    public var description: String { "\(message); \(remedy)" }
}
