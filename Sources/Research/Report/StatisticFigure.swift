internal import Events
internal import Units

/// A figure of a summary: where it stands, how it is shown and what it means.
struct StatisticFigure {
    /// How a value is written for people.
    enum Kind { case percent, ratio, count, amount, duration, times }

    /// Which of two values is the better one.
    enum Preference: String { case higher, lower, none }

    /// Keys from the root of the summary to the figure.
    let path: [String]
    let title: String
    let kind: Kind
    let better: Preference
    /// Definition with its source.
    let definition: String

    init(_ path: String, _ title: String, _ kind: Kind, _ better: Preference, _ definition: String) {
        self.path = path.split(separator: ".").map(String.init)
        (self.title, self.kind, self.better, self.definition) = (title, kind, better, definition)
    }

    /// Its value in a summary; nil where it is not defined. Money is rounded, which is enough to show it.
    func value(in summary: JSONText) -> Double? {
        let found = path.reduce(Optional(summary)) { $0?[$1] }
        if case .string(let text)? = found { return ExactDecimal(text)?.approximateDouble }
        return found?.double
    }

    /// The value in words.
    func text(_ value: Double?) -> String {
        guard let value, value.isFinite else { return NumberText.absent }
        switch kind {
        case .percent: return NumberText.percent(value)
        case .ratio: return NumberText.ratio(value)
        case .count: return NumberText.fixed(value, 0)
        case .amount: return NumberText.fixed(value, abs(value) >= 1 || value == 0 ? 2 : 6)
        case .times: return NumberText.fixed(value, 1) + " ×"
        case .duration:
            guard let span = Int64(exactly: (value * 1e9).rounded()) else { return NumberText.absent }
            return NumberText.duration(Timespan(nanoseconds: span))
        }
    }
}

/// The figures that reports and comparisons show, in their order.
extension StatisticFigure {
    static let returns = [
        StatisticFigure(
            "total_return", "Total return", .percent, .higher,
            "Product of (1 + r), less 1, time-weighted between deposits and withdrawals (GIPS 2020)."),
        StatisticFigure(
            "annualized_return", "Annualised return", .percent, .higher,
            "Compound annual growth rate: (1 + total return) to the power of periods a year over periods, "
                + "less 1."
        ),
        StatisticFigure(
            "volatility", "Volatility", .percent, .lower,
            "Sample standard deviation of returns (n − 1) × √ periods a year."),
        StatisticFigure(
            "sharpe", "Sharpe ratio", .ratio, .higher,
            "Mean over standard deviation of returns × √ periods a year (Sharpe 1994)."),
        StatisticFigure(
            "statistics.probabilistic_sharpe", "Probabilistic Sharpe", .percent, .higher,
            "Probability that the true Sharpe ratio is above 0, given number, skewness and kurtosis of the "
                + "returns (Bailey and López de Prado 2012)."),
        StatisticFigure(
            "sortino", "Sortino ratio", .ratio, .higher,
            "Mean over downside deviation × √ periods a year; the downside deviation is the root of the "
                + "mean of min(r, 0)² over all periods (Sortino and van der Meer 1991)."),
        StatisticFigure(
            "max_drawdown", "Max drawdown", .percent, .lower,
            "Deepest fall below the preceding peak over that peak, at every step (Magdon-Ismail and Atiya "
                + "2004)."),
        StatisticFigure(
            "statistics.longest_drawdown_seconds", "Longest drawdown", .duration, .lower,
            "Longest time from a peak until equity is back at it, or until the end."),
        StatisticFigure(
            "statistics.calmar", "Calmar ratio", .ratio, .higher,
            "Annualised return over max drawdown, over the whole run (Young 1991)."),
        StatisticFigure(
            "statistics.expected_shortfall", "Expected shortfall 5 %", .percent, .higher,
            "Mean of the lowest 5 % of returns, historical (Acerbi and Tasche 2002)."),
        StatisticFigure(
            "statistics.tail_ratio", "Tail ratio", .ratio, .higher,
            "Absolute 95th over absolute 5th percentile of returns; above 1, gains reach further than losses."
        ),
        StatisticFigure(
            "statistics.skewness", "Skewness", .ratio, .higher,
            "Sample skewness G1 of returns; below 0, losses reach further (Joanes and Gill 1998)."),
        StatisticFigure(
            "statistics.kurtosis", "Kurtosis", .ratio, .lower,
            "Sample kurtosis G2 + 3 of returns; 3 for a normal distribution (Joanes and Gill 1998)."),
        StatisticFigure(
            "statistics.best_period", "Best period", .percent, .higher, "Highest return of one period."),
        StatisticFigure(
            "statistics.worst_period", "Worst period", .percent, .higher, "Lowest return of one period."),
        StatisticFigure(
            "statistics.positive_periods", "Periods with a gain", .percent, .higher,
            "Share of periods with a return above 0."),
    ]

    static let trading = [
        StatisticFigure("trades", "Round trips", .count, .none, "Positions from flat to flat, or to a flip."),
        StatisticFigure(
            "statistics.hit_rate", "Hit rate", .percent, .higher,
            "Share of round trips with a profit above 0 after fees (Pardo 2008)."),
        StatisticFigure(
            "statistics.profit_factor", "Profit factor", .ratio, .higher,
            "Profits of the winners over losses of the losers, after fees (Pardo 2008)."),
        StatisticFigure(
            "statistics.average_win", "Mean win", .amount, .higher,
            "Mean profit of the winners, in the share class."),
        StatisticFigure(
            "statistics.average_loss", "Mean loss", .amount, .higher,
            "Mean loss of the losers, in the share class."),
        StatisticFigure(
            "statistics.average_holding_seconds", "Mean holding time", .duration, .none,
            "From the first to the last fill of a round trip."),
        StatisticFigure(
            "statistics.exposure_time", "Time in the market", .percent, .none,
            "Share of steps with something else than the share class in hand."),
        StatisticFigure(
            "statistics.turnover", "Turnover a year", .times, .lower,
            "Traded notional of a year over mean equity."),
        StatisticFigure("fees", "Fees", .amount, .lower, "Fees paid, in the share class."),
    ]

    static let benchmark = [
        StatisticFigure(
            "statistics.benchmark_return", "Return of the benchmark", .percent, .none,
            "Buying and holding the benchmark from the start, in the same periods."),
        StatisticFigure(
            "statistics.alpha", "Alpha", .percent, .higher,
            "(Mean return − beta × mean return of the benchmark) × periods a year (Jensen 1968)."),
        StatisticFigure(
            "statistics.beta", "Beta", .ratio, .none,
            "Covariance with the benchmark over its variance (Jensen 1968)."),
        StatisticFigure(
            "statistics.correlation", "Correlation", .ratio, .none,
            "Covariance with the benchmark over both standard deviations."),
        StatisticFigure(
            "statistics.tracking_error", "Tracking error", .percent, .lower,
            "Sample standard deviation of the active returns, which are those less the benchmark's, × √ "
                + "periods a year (Grinold and Kahn 2000)."),
        StatisticFigure(
            "statistics.information_ratio", "Information ratio", .ratio, .higher,
            "Mean over sample standard deviation of the active returns × √ periods a year (Grinold and Kahn "
                + "2000)."),
    ]

    static let selection = [
        StatisticFigure(
            "statistics.deflated_sharpe", "Deflated Sharpe", .percent, .higher,
            "Probability that the Sharpe ratio is above the best that as many trials without skill are "
                + "expected to reach (Bailey and López de Prado 2014)."),
        StatisticFigure(
            "statistics.trials", "Trials", .count, .none, "Runs from which this one was chosen."),
    ]

    static let risk = [
        StatisticFigure(
            "risk.worst_margin_ratio", "Worst margin ratio", .percent, .higher,
            "Lowest margin balance, unrealised profit included, over the value of the positions, of any "
                + "venue."
        ),
        StatisticFigure(
            "risk.max_abs_delta", "Largest net exposure", .percent, .lower,
            "Net value of all positions furthest from zero, as a share of equity."),
        StatisticFigure(
            "risk.worst_health_factor", "Worst health factor", .ratio, .higher,
            "Lowest collateral at its liquidation threshold over debt."),
        StatisticFigure("risk.liquidations", "Liquidations", .count, .lower, "Forced closings."),
        StatisticFigure(
            "attribution.funding", "Funding", .amount, .higher,
            "Funding received less funding paid, in the share class."),
    ]

    static let all = returns + selection + trading + benchmark + risk
}
