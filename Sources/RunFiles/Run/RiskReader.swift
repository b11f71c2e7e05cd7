internal import Risk
internal import Trading
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
        KeyDescription(
            "health-factor", .map(bands(of: .range(1, 1_000, decimals: 9), "Below it")),
            summary:
                "Bands of the health factor of a loan; 1.15, 1.1 and 1.05 when left out. Below reduce "
                + "nothing is opened."),
        KeyDescription(
            "loan-to-value", .map(bands(of: .range(0, 1, decimals: 9), "Above it")),
            summary:
                "Bands of debt over collateral, as shares of the liquidation threshold; a warning at 0.95 "
                + "and no others when left out. Above reduce nothing is opened."),
        KeyDescription(
            "margin-ratio", .map(bands(of: .range(0, 1_000, decimals: 9), "Below it")),
            summary:
                "Bands of the margin ratio of the worst venue; 0.3, 0.2 and 0.12 when left out. Below reduce "
                + "nothing is opened in an account that hedges."),
        KeyDescription(
            "delta-drift", .map(bands(of: .range(0, 1_000, decimals: 9), "Above it")),
            summary:
                "Bands of net delta over equity of an account that hedges; a warning at 0.02 and no others "
                + "when left out."),
    ])

    private static func bands(of rule: NumberRule, _ side: String) -> MapShape {
        MapShape([
            KeyDescription("warning", .scalar(.number(rule)), summary: "\(side): to be looked at."),
            KeyDescription("reduce", .scalar(.number(rule)), summary: "\(side): reduce."),
            KeyDescription("critical", .scalar(.number(rule)), summary: "\(side): reduce at once."),
        ])
    }
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

extension RunFileReader {
    /// The bands of the risk monitor, with defaults for what was not given or is wrong.
    mutating func riskBands(_ node: DocumentNode?) -> RiskBands {
        var bands = RiskBands.standard
        guard let node else { return bands }
        floor(node["health-factor"], "health-factor", &bands.healthFactor)
        floor(node["margin-ratio"], "margin-ratio", &bands.marginRatio)
        ceiling(node["loan-to-value"], "loan-to-value", &bands.loanToValue)
        ceiling(node["delta-drift"], "delta-drift", &bands.deltaDrift)
        return bands
    }

    private mutating func floor(_ node: DocumentNode?, _ key: String, _ bounds: inout RiskBounds) {
        guard let node else { return }
        if let value = decimal(node["warning"]) { bounds.warning = value }
        if let value = decimal(node["reduce"]) { bounds.reduce = value }
        if let value = decimal(node["critical"]) { bounds.critical = value }
        refuse(
            node, key, bounds.reduce > bounds.warning, "reduce", bounds.reduce, "above warning",
            bounds.warning)
        refuse(
            node, key, bounds.critical > bounds.reduce, "critical", bounds.critical, "above reduce",
            bounds.reduce)
    }

    private mutating func ceiling(_ node: DocumentNode?, _ key: String, _ bounds: inout RiskCeilings) {
        guard let node else { return }
        if let value = decimal(node["warning"]) { bounds.warning = value }
        if let value = decimal(node["reduce"]) { bounds.reduce = value }
        if let value = decimal(node["critical"]) { bounds.critical = value }
        refuse(
            node, key, bounds.reduce < bounds.warning, "reduce", bounds.reduce, "below warning",
            bounds.warning)
        refuse(
            node, key, bounds.critical < bounds.reduce, "critical", bounds.critical, "below reduce",
            bounds.reduce)
    }

    /// Bands that are out of order; a bound that was left out counts with its default.
    private mutating func refuse(
        _ node: DocumentNode, _ key: String, _ isWrong: Bool, _ name: String, _ value: ExactDecimal,
        _ relation: String, _ other: ExactDecimal
    ) {
        guard isWrong else { return }
        check.refuse(
            (node[name] ?? node).place, "risk.\(key).\(name)", "\(value) is \(relation), \(other)",
            remedy: "order the bands: a warning comes first, critical last")
    }
}
