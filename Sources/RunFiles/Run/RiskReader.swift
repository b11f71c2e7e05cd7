internal import Risk
internal import Units

/// The keys below `risk`.
enum RiskShape {
    static let root = MapShape([
        KeyDescription(
            "max-order-notional", .scalar(.number(RunFileShape.money)),
            summary: "Largest notional of one order, in the instrument's quote asset; no limit when left out."
        ),
        KeyDescription(
            "max-position-notional", .scalar(.number(RunFileShape.money)),
            summary:
                "Largest notional of one instrument's position, working orders of the same side included, in "
                + "its quote asset; no limit when left out."),
        KeyDescription(
            "max-working-orders", .scalar(.integer(1...Int64(RiskLimits().maxWorkingOrders))),
            summary: "Most working orders of one strategy; 10000 when left out."),
    ])
}

extension RunFileReader {
    /// Limits of the risk gate, with defaults for what was not given or is wrong.
    func riskLimits(_ node: DocumentNode?) -> RiskLimits {
        var limits = RiskLimits()
        guard let node else { return limits }
        limits.maxOrderNotional = decimal(node["max-order-notional"])
        limits.maxPositionNotional = decimal(node["max-position-notional"])
        if let orders = node["max-working-orders"]?.text.flatMap({ ScalarRule.integer($0) }) {
            limits.maxWorkingOrders = Int(orders)
        }
        return limits
    }
}
