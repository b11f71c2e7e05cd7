/// What the doctor thinks of settings, state and the places that settings name.
public enum SetupChecks {
    /// A file or folder with what it should be like.
    public struct Entry: Hashable, Sendable {
        /// Where.
        public let path: String
        /// Permission bits; nil when there is nothing at the path.
        public let mode: UInt32?
        /// Whether this process may write there, or make it.
        public let isWritable: Bool
        /// Bits that nobody should have: 0o077 for what holds secrets, 0o022 for what others may read.
        public let forbidden: UInt32

        /// An entry.
        public init(path: String, mode: UInt32?, isWritable: Bool, forbidden: UInt32) {
            (self.path, self.mode, self.isWritable, self.forbidden) = (path, mode, isWritable, forbidden)
        }
    }

    /// Permissions of files and folders.
    public static func permissions(_ entries: [Entry]) -> DoctorRow {
        let open = entries.filter { ($0.mode ?? 0) & $0.forbidden != 0 }
        let closed = entries.filter { !$0.isWritable }
        if open.isEmpty && closed.isEmpty {
            return .ok("permissions", entries.map(\.path).joined(separator: ", "))
        }
        let found =
            open.map { "others may use \($0.path) (mode \(octal($0.mode ?? 0)))" }
            + closed.map { "this user cannot write \($0.path)" }
        let fixes =
            open.map { "chmod \($0.forbidden == 0o022 ? "go-w" : "go=") \($0.path)" }
            + closed.map { "chown it to this user: \($0.path)" }
        return .failed("permissions", found.joined(separator: "; "), fix: fixes.joined(separator: "; "))
    }

    /// Settings.
    ///
    /// - Parameter problems: what is wrong, each a sentence.
    public static func configuration(environment: String, problems: [String]) -> DoctorRow {
        guard let first = problems.first else { return .ok("configuration", "right for \(environment)") }
        let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        return .failed(
            "configuration", first + more, fix: "tradewind config check lists everything and how to mend it")
    }

    /// What can be said of a database file or server without logging in.
    public enum DatabaseState: Hashable, Sendable {
        /// A file that will be made.
        case absent
        /// A file of the right format.
        case sound
        /// It cannot be used, for a reason.
        case unusable(String)
        /// A server that takes connections.
        case reachable
    }

    /// The database.
    ///
    /// - Parameter place: its address without a password.
    public static func database(place: String, state: DatabaseState) -> DoctorRow {
        switch state {
        case .absent: .ok("database", "\(place) will be made")
        case .sound: .ok("database", "\(place) is a database")
        case .reachable: .ok("database", "\(place) takes connections")
        case .unusable(let reason):
            .failed("database", "\(place): \(reason)", fix: "correct database.url, or mend what it names")
        }
    }

    /// What came of asking a venue for the time.
    public struct VenueAnswer: Sendable {
        /// The venue.
        public let name: String
        /// Its clock, or why it did not answer; nil when no address is set and it was not asked.
        public let reading: Result<ClockReading, HostError>?

        /// An answer.
        public init(name: String, reading: Result<ClockReading, HostError>?) {
            (self.name, self.reading) = (name, reading)
        }
    }

    /// The venues in use.
    public static func venues(_ answers: [VenueAnswer], limit: Duration) -> DoctorRow {
        if answers.isEmpty { return .ok("venues", "none in use") }
        var problems: [String] = []
        for answer in answers {
            switch answer.reading {
            case .failure(let error): problems.append("\(answer.name): \(error)")
            case .success(let reading):
                if let reason = reading.readiness(limit: limit).reason {
                    problems.append("\(answer.name): \(reason)")
                }
            case nil: break
            }
        }
        if problems.isEmpty {
            return .ok(
                "venues",
                answers.map { $0.name + ($0.reading == nil ? " (not asked, as no url is set)" : "") }
                    .joined(separator: ", "))
        }
        return .failed(
            "venues", problems.joined(separator: "; "),
            fix: "look at the venue's status page and this host's network, or correct venues.NAME.url")
    }

    private static func octal(_ mode: UInt32) -> String { "0" + String(mode & 0o777, radix: 8) }
}
