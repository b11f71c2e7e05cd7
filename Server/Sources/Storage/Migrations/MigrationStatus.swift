public import Units

/// What became of one step of the schema.
public struct MigrationStatus: Hashable, Sendable {
    /// What became of it.
    public enum State: String, Hashable, Sendable {
        /// It was made.
        case applied
        /// It is to be made.
        case pending
        /// It was made, and reads differently in this program.
        case changed
        /// It was made by another program; this one does not know it.
        case unknown
    }

    /// Its number.
    public let number: Int
    /// Number and name: `0001-event-log`.
    public let title: String
    /// What became of it.
    public let state: State
    /// When it was made.
    public let appliedAt: Instant?
}

/// A step that was made, or undone.
public struct MigrationStep: Hashable, Sendable {
    /// Number and name: `0001-event-log`.
    public let title: String
    /// Whether it was undone.
    public let isUndone: Bool
}

/// What a change of the schema did.
public struct MigrationReport: Hashable, Sendable {
    /// The steps, in the order they were made.
    public let steps: [MigrationStep]
    /// The copy of the database before the first of them; nil when there was nothing to copy.
    public let backup: String?
}
