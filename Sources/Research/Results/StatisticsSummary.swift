internal import Events
internal import Markets
internal import Units

extension BacktestStatistics {
    /// The object under `statistics` in the summary of a run. Every key is always present.
    func json(benchmark instrument: InstrumentID?) -> JSONText {
        let beside = benchmark
        return .object([
            JSONMember("periods", .integer(returns.periods)),
            JSONMember("periods_per_year", .number(returns.periodsPerYear)),
            JSONMember("calmar", .optional(calmar)),
            JSONMember("longest_drawdown_seconds", .number(Double(longestDrawdown.nanoseconds) / 1e9)),
            JSONMember("expected_shortfall", .optional(returns.expectedShortfall)),
            JSONMember("tail_ratio", .optional(returns.tailRatio)),
            JSONMember("skewness", .optional(returns.skewness)),
            JSONMember("kurtosis", .optional(returns.kurtosis)),
            JSONMember("best_period", .optional(returns.best)),
            JSONMember("worst_period", .optional(returns.worst)),
            JSONMember("positive_periods", .optional(returns.positivePeriods)),
            JSONMember("probabilistic_sharpe", .optional(returns.probabilisticSharpe)),
            JSONMember("deflated_sharpe", .optional(deflatedSharpe?.value)),
            JSONMember("trials", deflatedSharpe.map { .integer($0.trials) } ?? .null),
            JSONMember("hit_rate", .optional(trades.hitRate)),
            JSONMember("profit_factor", .optional(trades.profitFactor)),
            JSONMember("average_win", .optional(trades.averageWin)),
            JSONMember("average_loss", .optional(trades.averageLoss)),
            JSONMember("average_holding_seconds", .optional(trades.averageHoldingSeconds)),
            JSONMember("turnover", .optional(trades.turnover)),
            JSONMember("exposure_time", .optional(exposure)),
            JSONMember("benchmark", instrument.map { .string($0.description) } ?? .null),
            JSONMember("benchmark_return", .optional(beside?.totalReturn)),
            JSONMember("alpha", .optional(beside?.alpha)),
            JSONMember("beta", .optional(beside?.beta)),
            JSONMember("correlation", .optional(beside?.correlation)),
            JSONMember("information_ratio", .optional(beside?.informationRatio)),
            JSONMember("tracking_error", .optional(beside?.trackingError)),
        ])
    }
}
