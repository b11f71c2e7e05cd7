import Markets
import Research
import Strategies
import StrategyKit
import TradewindCommands
import Units

/// Sweeps over a small made-up market.
struct SweepFixture {
    let evaluator: RunEvaluator

    init(bars: Int = 400, parameters: [NamedParameter] = []) throws {
        let (result, series) = try SyntheticRun(bars: bars).run()
        var plan = result.plan
        plan.strategies[0] = PlannedStrategy(
            account: "sma-cross", strategy: "sma-cross", parameters: parameters,
            capital: plan.strategies[0].capital)
        evaluator = try RunEvaluator(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
    }

    static func number(_ value: Int) -> ExactDecimal { ExactDecimal(value) }

    static func axis(_ name: String, _ first: Int, _ last: Int, by step: Int = 1) -> SweepAxis {
        SweepAxis(
            parameter: name,
            levels: SweepAxis.steps(from: number(first), to: number(last), by: number(step))!)
    }

    /// 12 x 8 combinations, of which some are refused as fast is not below slow.
    static let axes = [axis("fast", 2, 13), axis("slow", 6, 34, by: 4)]

    func sweep(
        _ search: SweepSearch, axes: [SweepAxis] = SweepFixture.axes, budget: Int? = nil,
        objective: SweepObjective = .sharpe, seed: UInt64 = 1
    ) -> Sweep {
        Sweep(
            SweepPlan(axes: axes, search: search, budget: budget, objective: objective, seed: seed), evaluator
        )
    }
}

/// A strategy with two numbers that does nothing: a space for searches over functions.
struct Dial: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "dial", summary: "Does nothing.",
        parameters: ["x", "y"].map {
            ParameterDescription(
                $0, .integer(0...99), default: .number(ExactDecimal(0)), summary: "A number.")
        })

    init(_ setup: StrategySetup) throws(ParameterProblem) {}
}
