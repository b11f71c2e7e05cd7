public import Simulation
public import StrategyKit
public import Units

/// One parameter of one strategy of a plan, set to another value.
public struct ParameterSetting: Hashable, Sendable {
    /// Place of the strategy in the plan.
    public let strategy: Int
    /// Name of the parameter.
    public let name: String
    /// Its value.
    public let value: ParameterValue

    /// A setting of the first strategy, which most plans have alone, unless another is named.
    public init(strategy: Int = 0, _ name: String, _ value: ParameterValue) {
        (self.strategy, self.name, self.value) = (strategy, name, value)
    }
}

/// What one run of many changes in the plan that they share. What is nil stays as in the plan.
public struct RunVariation: Hashable, Sendable {
    /// Parameters laid over those of the plan.
    public var parameters: [ParameterSetting]
    /// First moment of trading; earlier rows warm up indicators.
    public var start: Instant?
    /// First moment no more traded; later rows are not seen.
    public var end: Instant?
    /// How orders execute.
    public var execution: ExecutionModel?
    /// Seed of every random choice.
    public var seed: UInt64?
    /// Whether rows before ``start`` that no strategy says to need are left out; see `Strategy.warmUp`. The
    /// result is the same but for the rows that were used.
    public var leavesOutEarlyRows = false

    /// A variation; the plan itself unless something is given.
    public init(
        parameters: [ParameterSetting] = [], start: Instant? = nil, end: Instant? = nil,
        execution: ExecutionModel? = nil, seed: UInt64? = nil
    ) {
        (self.parameters, self.start, self.end) = (parameters, start, end)
        (self.execution, self.seed) = (execution, seed)
    }

    /// The plan with the changes made.
    ///
    /// - Precondition: every setting names a strategy of the plan.
    public func applied(to plan: BacktestPlan) -> BacktestPlan {
        var varied = plan
        for setting in parameters {
            precondition(plan.strategies.indices.contains(setting.strategy), "a strategy of the plan")
            let old = varied.strategies[setting.strategy]
            var given = old.parameters.filter { $0.name != setting.name }
            given.append(NamedParameter(setting.name, setting.value))
            varied.strategies[setting.strategy] = PlannedStrategy(
                account: old.account, strategy: old.strategy, parameters: given, capital: old.capital)
        }
        if let start { varied.start = start }
        if let end { varied.end = end }
        if let execution { varied.execution = execution }
        if let seed { varied.seed = seed }
        return varied
    }
}
