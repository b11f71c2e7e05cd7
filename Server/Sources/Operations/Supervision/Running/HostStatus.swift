public import Settings

/// How supervision of this host stands, as found out just now.
public struct HostStatus: Sendable {
    /// One service.
    public struct Service: Sendable {
        /// Its name.
        public let name: String
        /// A stable word: `ready`, `not-ready`, `left-alone` (not ready for so long that it would be
        /// restarted, but it trades live and may hold positions), `starting`, `stopping`, `waiting` (for its
        /// next attempt),
        /// `pending` (for its turn), `gave-up`, `stopped`, `died` (it should run, and nobody is there to
        /// start it again), and `unsupervised` (it runs, and nobody looks after it).
        public let state: String
        /// Whether it answers that it is well, asked just now; nil without a process.
        public let isReady: Bool?
        /// Why it does not answer that it is well.
        public let problem: String?
        /// Whether it says that it holds positions; nil when it does not say, or was not asked.
        public let holdsPositions: Bool?
        /// Its process.
        public let process: ProcessIdentity?
        /// How long that has been running.
        public let uptime: Duration?
        /// Restarts since the supervisor started.
        public let restarts: Int
        /// Why it last failed, and when (ISO 8601).
        public let lastFailure: String?
        /// When it last failed, ISO 8601 in UTC.
        public let lastFailureTime: String?
        /// Where it answers; nil when it has no such place.
        public let endpoint: String?
    }

    /// The supervisor; nil when none runs.
    public let supervisor: ProcessIdentity?
    /// How long that has been running.
    public let supervisorUptime: Duration?
    /// The mode; nil when nothing runs and nothing is remembered.
    public let mode: ExecutionMode?
    /// Whether services shall run.
    public let isWanted: Bool
    /// The services, in the order of their start.
    public let services: [Service]
    /// What is wrong with the files of the folder.
    public let problems: [SupervisionError]

    /// Whether everything is as it shall be: what shall run is ready, what shall not run does not.
    public var isWell: Bool {
        isWanted
            ? supervisor != nil && services.allSatisfy { $0.isReady == true }
            : services.allSatisfy { $0.process == nil }
    }
}
