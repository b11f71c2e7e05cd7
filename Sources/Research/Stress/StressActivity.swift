/// What happened in a span of a run: counts.
public struct StressActivity: Hashable, Sendable {
    /// Orders that strategies placed.
    public internal(set) var orders = 0
    /// Orders, cancellations and amendments that were refused.
    public internal(set) var refusals = 0
    /// Fills of orders.
    public internal(set) var fills = 0
    /// Atomic groups that executed.
    public internal(set) var groups = 0
    /// Atomic groups that were refused, reverted or expired.
    public internal(set) var failedGroups = 0
    /// Transfers that left.
    public internal(set) var transfers = 0
    /// Transfers that were refused.
    public internal(set) var refusedTransfers = 0
    /// Warnings of venues that margin runs short.
    public internal(set) var marginCalls = 0
    /// Positions, or parts of them, that venues or protocols closed by force.
    public internal(set) var liquidations = 0

    /// Names of the counts as JSON has them, in order.
    static let names = [
        "orders", "refusals", "fills", "groups", "failed_groups", "transfers", "refused_transfers",
        "margin_calls", "liquidations",
    ]

    /// The counts in the order of ``names``.
    var counts: [Int] {
        [
            orders, refusals, fills, groups, failedGroups, transfers, refusedTransfers, marginCalls,
            liquidations,
        ]
    }
}
