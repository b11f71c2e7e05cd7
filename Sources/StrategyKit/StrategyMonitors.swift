public import Trading

/// What the exposure and risk monitors say of one strategy's account, written by the engine.
package protocol MonitorBook: AnyObject {
    /// The account as the last look found it; nil before the first.
    func snapshot() -> AccountSnapshot?
    /// What the risk monitor makes of it.
    func standing() -> RiskStanding
    /// Whether only what reduces may be done.
    func isOverridden() -> Bool
}

/// Monitors: exposure and risk of the strategy's account, in runs with contracts or protocols.
extension StrategyContext {
    /// Exposure, margins and loan as this step found them, before any decision; nil in runs without contracts
    /// and protocols.
    public func snapshot() -> AccountSnapshot? { monitors?.snapshot() }

    /// What the risk monitor makes of ``snapshot()``; nothing in runs without.
    public func riskStanding() -> RiskStanding { monitors?.standing() ?? .none }

    /// Whether risk overrides the strategy: orders and groups that open are refused until it is reduced. A
    /// health factor below 1.1 does; of a neutral strategy, also a margin ratio below 0.20.
    public var isRiskOverridden: Bool { monitors?.isOverridden() ?? false }

    /// Says what the strategy changes now and why, for the run's log and report. It changes nothing.
    public mutating func explain(_ action: PositionAction, because reason: RebalanceReason) {
        note(.explain(action, reason))
    }
}
