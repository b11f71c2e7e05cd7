public import StrategyKit
internal import Units

/// The combinations of a sweep's axes, numbered from 0: the levels of the first axis change slowest.
public struct SweepSpace: Sendable {
    /// The parameters that vary.
    public let axes: [SweepAxis]
    /// How many combinations there are.
    public let count: Int
    private let plan: BacktestPlan
    private let registry: StrategyRegistry

    /// The space of a sweep.
    ///
    /// - Parameter plan: the run that is varied.
    /// - Precondition: `Int` counts the combinations; see ``SweepPlan/problem``.
    public init(_ sweep: SweepPlan, plan: BacktestPlan, registry: StrategyRegistry) {
        guard let count = sweep.combinations else { preconditionFailure("combinations can be counted") }
        (axes, self.count, self.plan, self.registry) = (sweep.axes, count, plan, registry)
    }

    /// The level on each axis.
    public func levels(of combination: Int) -> [Int] {
        precondition(combination >= 0 && combination < count, "a combination of the space")
        var rest = combination
        var levels = [Int](repeating: 0, count: axes.count)
        for axis in axes.indices.reversed() {
            levels[axis] = rest % axes[axis].count
            rest /= axes[axis].count
        }
        return levels
    }

    /// The combination of a level on each axis.
    func combination(of levels: [Int]) -> Int {
        zip(axes, levels).reduce(0) { $0 * $1.0.count + $1.1 }
    }

    /// What the combination changes in the plan.
    public func variation(_ combination: Int) -> RunVariation {
        RunVariation(
            parameters: zip(axes, levels(of: combination)).map { axis, level in
                ParameterSetting(strategy: axis.strategy, axis.parameter, axis.value(level))
            })
    }

    /// Why the strategies do not take a combination; empty when they do.
    public func problems(of combination: Int) -> [ParameterProblem] {
        registry.problems(of: variation(combination).applied(to: plan))
    }

    /// Whether the strategies take no combination at all. Not looked into where there are more than a grid
    /// may have.
    public var isRefused: Bool {
        count <= SweepPlan.largestGrid && (0..<count).allSatisfy { !problems(of: $0).isEmpty }
    }
}

extension StrategyRegistry {
    /// What is wrong with the parameters of a plan's strategies.
    func problems(of plan: BacktestPlan) -> [ParameterProblem] {
        var problems: [ParameterProblem] = []
        for planned in plan.strategies {
            guard let type = strategy(named: planned.strategy) else { continue }
            let schema = type.descriptor.parameters
            var (parameters, found) = Parameters.resolve(planned.parameters, schema: schema)
            if found.isEmpty { found = type.check(parameters) }
            problems += found
        }
        return problems
    }
}
