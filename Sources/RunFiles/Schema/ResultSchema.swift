internal import Accounting
public import Events

extension JSONSchema {
    /// The schema of the object that `backtest --json` prints and `summary.json` holds.
    public static var result: JSONText {
        .object(
            [
                JSONMember("$schema", .string(dialect)),
                JSONMember("title", .string("Tradewind backtest result")),
            ]
                + object(resultKeys, optional: ["sub_accounts"]))
    }

    private static let resultKeys: [PrintedKey] = [
        ("run_id", text, "Identifier of this execution."),
        ("name", text, "Name of the run."),
        ("strategy", textOrNull, "Registered name of the strategy, of the first if there are several."),
        ("parameters", [type("object")], "Its parameters, with defaults filled in."),
        ("share_class", text, "Asset in which equity and profit are counted."),
        ("start", time, "First moment of trading."),
        ("end", time, "End of the last step."),
        ("steps", count, "Distinct times at which data became visible."),
        ("initial_equity", money, "Equity before the first step."),
        ("final_equity", money, "Equity after the last step."),
        ("net_flows", money, "Deposits less withdrawals after the start."),
        ("total_return", statistic, "Time-weighted return of the whole run, as a fraction."),
        ("annualized_return", statistic, "The same for a year."),
        ("volatility", statistic, "Sample standard deviation of returns, for a year."),
        ("sharpe", statistic, "Mean return over volatility, for a year, risk-free rate 0."),
        ("sortino", statistic, "Mean return over downside deviation, for a year."),
        ("max_drawdown", statistic, "Deepest fall from a peak of equity, as a fraction of the peak."),
        ("trades", count, "Closed round trips."),
        ("fills", count, "Fills."),
        ("fees", money, "Fees paid, in the share class, positive."),
        ("attribution", object(Cause.attributed.map { ($0.key, money, "") }), "Change of equity by cause."),
        ("attribution_residual", [JSONMember("const", .string("0"))], "What no cause explains: nothing."),
        ("final_positions", list(object(positionKeys)), "What was held at the end."),
        ("risk", object(riskKeys), "Worst figures of risk; null where there was no such risk."),
        ("data", object(dataKeys), "Data used."),
        ("log_hash", [type("string"), pattern("^[0-9a-f]{64}$")], "SHA-256 of the run's event log."),
        ("elapsed_seconds", [type("number"), atLeastZero], "Seconds of the process."),
        ("events_per_second", statistic, "Rows over seconds of the engine, after decoding."),
        ("statistics", object(statisticsKeys), "Further statistics; null where one is not defined."),
        ("sub_accounts", list(object(subAccountKeys)), "Parts of a run with several strategies."),
    ]

    private static let statisticsKeys: [PrintedKey] = [
        ("periods", count, "Returns that the statistics are taken from."),
        ("periods_per_year", [type("number")], "Periods in a year."),
        ("calmar", statistic, "Annualised return over max drawdown."),
        ("longest_drawdown_seconds", [type("number"), atLeastZero], "Longest time below a peak of equity."),
        ("expected_shortfall", statistic, "Mean of the lowest 5 % of returns."),
        ("tail_ratio", statistic, "Absolute 95th over absolute 5th percentile of returns."),
        ("skewness", statistic, "Sample skewness of returns."),
        ("kurtosis", statistic, "Sample kurtosis of returns; 3 for a normal distribution."),
        ("best_period", statistic, "Highest return of a period."),
        ("worst_period", statistic, "Lowest return of a period."),
        ("positive_periods", share, "Share of periods with a return above 0."),
        ("probabilistic_sharpe", share, "Probability that the true Sharpe ratio is above 0."),
        ("deflated_sharpe", share, "The same above the best that so many trials reach by luck."),
        ("trials", countOrNull, "Runs from which this one was chosen; null for a run by itself."),
        ("hit_rate", share, "Share of round trips with a profit."),
        ("profit_factor", statistic, "Profits of the winners over losses of the losers."),
        ("average_win", statistic, "Mean profit of the winners, in the share class."),
        ("average_loss", statistic, "Mean loss of the losers, in the share class, negative."),
        ("average_holding_seconds", statistic, "Mean time from entry to exit of a round trip."),
        ("turnover", statistic, "Traded notional of a year over mean equity."),
        ("exposure_time", share, "Share of steps with something else than the share class in hand."),
        ("benchmark", textOrNull, "Key of the instrument held against the run; null without one."),
        ("benchmark_return", statistic, "Return of the benchmark over the same periods."),
        ("alpha", statistic, "Mean return less beta times the benchmark's, for a year."),
        ("beta", statistic, "Covariance with the benchmark over the benchmark's variance."),
        ("correlation", statistic, "Correlation with the benchmark."),
        ("information_ratio", statistic, "Mean active return over tracking error, for a year."),
        ("tracking_error", statistic, "Sample standard deviation of active returns, for a year."),
    ]

    private static let positionKeys: [PrintedKey] = [
        ("instrument", text, "Key of the instrument or balance."),
        ("quantity", money, "Signed quantity."),
        ("mark", money, "Mark in the share class."),
        ("value", money, "Quantity times mark."),
    ]

    private static let riskKeys: [PrintedKey] = [
        ("worst_health_factor", statistic, "Lowest health factor of a lending position."),
        ("worst_margin_ratio", statistic, "Lowest margin ratio of a venue."),
        ("max_abs_delta", statistic, "Largest net exposure, as a fraction of equity."),
        ("liquidations", count, "Forced closings."),
    ]

    static let dataKeys: [PrintedKey] = [
        ("series", count, "Number of series."),
        ("rows", count, "Rows used."),
        ("first", time, "Time of the first row used."),
        ("last", time, "Time of the last row used."),
        ("warnings", list([type("string")]), "What readers and run had to say."),
    ]

    private static let subAccountKeys: [PrintedKey] = [
        ("account", text, "Name of the sub-account."),
        ("strategy", textOrNull, "Registered name of its strategy."),
        ("parameters", [type("object")], "Its parameters, with defaults filled in."),
        ("initial_equity", money, "Equity before the first step."),
        ("final_equity", money, "Equity after the last step."),
        ("trades", count, "Closed round trips."),
        ("fills", count, "Fills."),
        ("attribution", object(Cause.attributed.map { ($0.key, money, "") }), "Change of equity by cause."),
    ]
}
