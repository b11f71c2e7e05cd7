public import Events

/// What the doctor found out about one thing.
public struct DoctorRow: Hashable, Sendable {
    /// How it is.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// It works, but somebody should know.
        case warning
        /// It does not.
        case failed
    }

    /// What was looked at, one or two words.
    public let name: String
    /// How it is.
    public let status: Status
    /// What was found, one sentence.
    public let found: String
    /// What mends it; nil when nothing has to be mended.
    public let fix: String?

    private init(_ name: String, _ status: Status, _ found: String, fix: String?) {
        (self.name, self.status, self.found, self.fix) = (name, status, found, fix)
    }

    /// As it should be.
    public static func ok(_ name: String, _ found: String) -> DoctorRow {
        DoctorRow(name, .ok, found, fix: nil)
    }

    /// It works, but somebody should know.
    public static func warning(_ name: String, _ found: String, fix: String) -> DoctorRow {
        DoctorRow(name, .warning, found, fix: fix)
    }

    /// It does not work; there is always something to do about it.
    public static func failed(_ name: String, _ found: String, fix: String) -> DoctorRow {
        DoctorRow(name, .failed, found, fix: fix)
    }

    /// The row for programs.
    public var json: JSONText {
        .object([
            JSONMember("name", .string(name)), JSONMember("status", .string(status.rawValue)),
            JSONMember("found", .string(found)),
            JSONMember("fix", .optional(fix)),
        ])
    }
}
