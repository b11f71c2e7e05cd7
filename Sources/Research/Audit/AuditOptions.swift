public import StrategyKit

/// What was tried before the run that is audited was chosen.
public struct AuditTrials: Hashable, Sendable {
    /// How many combinations of parameters were tried, this one among them.
    public let count: Int
    /// Variance of their Sharpe ratios of one period; nil when only their number is known.
    public let variance: Double?

    /// Trials.
    ///
    /// - Precondition: there was at least one.
    public init(count: Int, variance: Double? = nil) {
        precondition(count >= 1, "the run itself is a trial")
        (self.count, self.variance) = (count, variance)
    }
}

/// One parameter that was varied in a search, with the values that were tried.
public struct AuditAxis: Hashable, Sendable {
    /// Name of the parameter.
    public let name: String
    /// The values tried, in order of size.
    public let values: [ParameterValue]
    /// The value of the run.
    public let chosen: ParameterValue

    /// An axis.
    public init(name: String, values: [ParameterValue], chosen: ParameterValue) {
        (self.name, self.values, self.chosen) = (name, values, chosen)
    }
}

/// What an audit is told beyond the run itself.
public struct AuditOptions: Sendable {
    /// Seed of the cut points and alterations.
    public var seed: UInt64 = 1
    /// Moments at which the data are cut to look for look-ahead, half of them where the strategy decided.
    public var cuts = 24
    /// What was tried before; nil when nobody said.
    public var trials: AuditTrials?
    /// The search that the parameters come from; empty without one.
    public var axes: [AuditAxis] = []
    /// Names of the checks to make; nil for all.
    package var only: [String]?

    /// The defaults.
    public init() {}
}
