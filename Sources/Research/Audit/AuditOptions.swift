internal import StrategyKit
public import Units

/// What was tried before the run that is audited was chosen.
public struct AuditTrials: Hashable, Sendable {
    /// How many combinations of parameters were tried, this one among them.
    public let count: Int
    /// Variance of their Sharpe ratios of a year; nil when only their number is known.
    public let annualVariance: Double?

    /// Trials.
    ///
    /// - Precondition: there was at least one.
    public init(count: Int, annualVariance: Double? = nil) {
        precondition(count >= 1, "the run itself is a trial")
        (self.count, self.annualVariance) = (count, annualVariance)
    }
}

/// A number that was varied in a search, with the range that was tried.
public struct AuditAxis: Hashable, Sendable {
    /// Place of the strategy in the plan.
    public let strategy: Int
    /// Name of its parameter.
    public let parameter: String
    /// The lowest and the highest value tried.
    public let range: ClosedRange<ExactDecimal>
    /// How many values were tried.
    public let count: Int

    /// An axis.
    public init(strategy: Int = 0, parameter: String, range: ClosedRange<ExactDecimal>, count: Int) {
        (self.strategy, self.parameter, self.range, self.count) = (strategy, parameter, range, count)
    }

    /// An axis of a sweep; nil where its values are not numbers.
    public init?(_ axis: SweepAxis) {
        let levels = axis.isOrdered ? [0, axis.count - 1] : Array(0..<axis.count)
        var values: [ExactDecimal] = []
        for level in levels {
            guard case .number(let number) = axis.value(level) else { return nil }
            values.append(number)
        }
        guard let low = values.min(), let high = values.max() else { return nil }
        self.init(
            strategy: axis.strategy, parameter: axis.parameter, range: low...high, count: axis.count)
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
