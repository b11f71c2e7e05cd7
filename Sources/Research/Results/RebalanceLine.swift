public import Units

/// What a strategy changed at one moment and why, for reports.
public struct RebalanceLine: Hashable, Sendable {
    /// When it decided.
    public let time: Instant
    /// Name of the sub-account.
    public let account: String
    /// What it meant to do, as `entry-partial`.
    public let action: String
    /// Why, as `delta-drift`.
    public let reason: String
    /// Net delta before, in the share class.
    public let netDelta: Double?
    /// Worst margin ratio before.
    public let marginRatio: Double?
    /// Health factor before.
    public let healthFactor: Double?

    /// A change.
    public init(
        time: Instant, account: String, action: String, reason: String, netDelta: Double?,
        marginRatio: Double?, healthFactor: Double?
    ) {
        (self.time, self.account, self.action, self.reason) = (time, account, action, reason)
        (self.netDelta, self.marginRatio, self.healthFactor) = (netDelta, marginRatio, healthFactor)
    }
}
