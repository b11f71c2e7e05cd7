internal import Accounting
internal import Markets
internal import StrategyKit
internal import Units

extension BacktestResult {
    /// The result of a plan before anything happened: no steps, no fills, nothing earned.
    package static func empty(_ plan: BacktestPlan) -> BacktestResult {
        let zeros = [ExactDecimal](repeating: .zero, count: Cause.attributedCount)
        return BacktestResult(
            plan: plan,
            parameters: plan.strategies.map { _ in Parameters.resolve([], schema: []).parameters },
            instruments: [], start: nil, end: nil, steps: 0, initialEquity: plan.capital,
            finalEquity: plan.capital, netFlows: .zero, tradeCount: 0, fillCount: 0, fees: .zero,
            attribution: zeros, attributionResidual: .zero, subAccounts: [], finalPositions: [],
            risk: RiskSummary(),
            data: DataSummary(series: 0, rows: 0, first: nil, last: nil, warnings: []),
            equity: EquityCurve(
                scale: Scale(0), points: [], periods: [], periodReturns: [],
                drawdown: DrawdownSummary(deepest: nil, peak: nil, trough: nil, longest: .zero),
                exposure: nil),
            daysPerYear: 365, periodsAreBars: false, periodLength: .day, fills: [], roundTrips: [],
            accounts: [], ledger: [], inputsStem: "00000000",
            logHash: Digest(bytes: [UInt8](repeating: 0, count: 32)),
            engineSeconds: 0)
    }
}
