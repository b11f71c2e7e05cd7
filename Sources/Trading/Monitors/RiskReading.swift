public import Units

/// What a risk monitor measures of an account.
public enum RiskMeasure: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Collateral times liquidation threshold over debt, at oracle prices; a loan may be liquidated below 1.
    case healthFactor = 0
    /// Debt over collateral. Its band goes by its share of the liquidation threshold.
    case loanToValue
    /// Equity over notional of the margin account where it is lowest: the worst venue counts.
    case marginRatio
    /// Net exposure to the asset to which it is furthest from zero, without its sign, over equity.
    case deltaDrift
    /// The adverse move, as a fraction of the price, at which the nearest liquidation happens.
    case liquidationDistance

    /// Snake-case name, as in results: `health_factor`.
    public var name: String {
        switch self {
        case .healthFactor: "health_factor"
        case .loanToValue: "loan_to_value"
        case .marginRatio: "margin_ratio"
        case .deltaDrift: "delta_drift"
        case .liquidationDistance: "liquidation_distance"
        }
    }
}

/// How urgent a reading is. Ordered: later is more urgent.
public enum RiskBand: UInt8, Hashable, Comparable, Sendable, CaseIterable, BitwiseCopyable {
    /// Nothing to do.
    case normal = 0
    /// To be looked at.
    case warning
    /// Only what reduces risk may be done.
    case reduce
    /// Reduce at once, whatever it costs.
    case critical

    /// Lower-case name.
    public var name: String {
        switch self {
        case .normal: "normal"
        case .warning: "warning"
        case .reduce: "reduce"
        case .critical: "critical"
        }
    }

    public static func < (a: RiskBand, b: RiskBand) -> Bool { a.rawValue < b.rawValue }
}

/// One measure at one moment.
public struct RiskReading: Hashable, Sendable {
    /// Of what.
    public let measure: RiskMeasure
    /// How much, at ``scale``.
    public let value: ExactDecimal
    /// How urgent it is.
    public let band: RiskBand

    /// Decimals of values; rounded half even.
    public static let scale = Scale(12)

    /// A reading.
    public init(_ measure: RiskMeasure, _ value: ExactDecimal, _ band: RiskBand) {
        (self.measure, self.value, self.band) = (measure, value, band)
    }
}
