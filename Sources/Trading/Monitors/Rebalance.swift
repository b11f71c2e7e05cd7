/// Why a strategy changes its positions. Stable: results and logs show ``name``.
public enum RebalanceReason: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// It enters: its signal says so, or the run began.
    case entry = 0
    /// It leaves: its signal says so.
    case exit
    /// Net exposure is above the tolerance.
    case deltaDrift
    /// Equity moved by more than the threshold since it was last sized.
    case equityDeviation
    /// A venue has less margin than a short needs to stand an adverse move.
    case marginLow
    /// A venue has more margin than is needed, and another could use it.
    case marginHigh
    /// A risk override: a health factor or margin ratio is in a band that only reduces.
    case riskOverride
    /// Capital came.
    case deposit
    /// Capital is asked for.
    case withdrawal
    /// Rewards are sold.
    case rewards
    /// A venue or pool liquidated a part.
    case liquidation
    /// A loan left its target.
    case loanDrift

    /// Kebab-case name: `delta-drift`.
    public var name: String {
        switch self {
        case .entry: "entry"
        case .exit: "exit"
        case .deltaDrift: "delta-drift"
        case .equityDeviation: "equity-deviation"
        case .marginLow: "margin-low"
        case .marginHigh: "margin-high"
        case .riskOverride: "risk-override"
        case .deposit: "deposit"
        case .withdrawal: "withdrawal"
        case .rewards: "rewards"
        case .liquidation: "liquidation"
        case .loanDrift: "loan-drift"
        }
    }
}
