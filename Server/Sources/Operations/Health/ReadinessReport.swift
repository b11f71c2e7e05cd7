public import Units

/// What every check said at one moment.
public struct ReadinessReport: Sendable {
    /// What one check said.
    public struct Item: Sendable {
        /// The check.
        public let check: ReadinessCheck
        /// Its answer.
        public let readiness: Readiness
        /// How long it took; the timeout when it did not answer.
        public let duration: Duration
    }

    /// When the checks were asked.
    public let time: Instant
    /// In the order of names.
    public let items: [Item]

    /// Whether every check passed. A service without checks is ready.
    public var isReady: Bool { items.allSatisfy(\.readiness.isReady) }
}
