public import Units

/// All statistics of one backtest.
public struct BacktestStatistics: Hashable, Sendable {
    /// Figures of the period returns.
    public let returns: ReturnStatistics
    /// Figures of round trips and fills.
    public let trades: TradeStatistics
    /// `(peak - trough) / peak` of the deepest fall of equity below its preceding peak over every step of
    /// the run: 0.1 is ten percent. Source: M. Magdon-Ismail and A. Atiya, "Maximum drawdown", Risk 17(10),
    /// 2004.
    public let maxDrawdown: Double?
    /// The longest time below a peak.
    public let longestDrawdown: Timespan
    /// Annualised return over the deepest drawdown. Source: T. W. Young, "Calmar Ratio: A Smoother Tool",
    /// Futures, October 1991, over the whole run and not three years. Nil without a drawdown.
    public let calmar: Double?
    /// Fraction of the steps with something else than the share class asset in hand.
    public let exposure: Double?
    /// Figures beside the benchmark; nil without one.
    public let benchmark: BenchmarkStatistics?
    /// The probability that this run, chosen as the best of several, has a Sharpe ratio that is more than
    /// luck; nil for a run that was not chosen.
    public let deflatedSharpe: DeflatedSharpe?
    /// Return of each UTC month.
    public let months: [MonthlyReturn]

    /// The change of equity over the run as a fraction; see ``ReturnStatistics/totalReturn``.
    public var totalReturn: Double? { returns.totalReturn }

    /// The statistics of a result.
    ///
    /// - Parameter trials: the Sharpe ratios of all runs from which this one was chosen; nil for a run by
    ///   itself.
    public init(_ result: BacktestResult, trials: TrialSharpes? = nil) {
        let curve = result.equity
        let periodsPerYear = Annualisation.periodsPerYear(
            daysPerYear: result.daysPerYear,
            periodLength: result.periodsAreBars ? result.periodLength : .day)
        returns = ReturnStatistics(
            returns: curve.periodReturns, periodsPerYear: periodsPerYear, growth: curve.plainGrowth)
        trades = TradeStatistics(result, periodsPerYear: periodsPerYear)
        maxDrawdown = curve.drawdown.deepest
        longestDrawdown = curve.drawdown.longest
        exposure = curve.exposure
        if let annual = returns.annualizedReturn, let deepest = maxDrawdown, deepest > 0 {
            calmar = finite(annual / deepest)
        } else {
            calmar = nil
        }
        benchmark = result.benchmark.map {
            BenchmarkStatistics(
                returns: curve.periodReturns, benchmark: $0.periodReturns, periodsPerYear: periodsPerYear)
        }
        let returns = returns
        deflatedSharpe = trials.flatMap { DeflatedSharpe(returns, trials: $0) }
        months = MonthlyReturn.all(of: curve)
    }
}

extension EquityCurve {
    /// Final over initial equity where nothing was deposited or withdrawn; nil otherwise.
    fileprivate var plainGrowth: Double? {
        guard let first = periods.first, let last = periods.last, periods.count > 1, first.equity > 0,
            points.allSatisfy({ $0.netFlows == 0 }), periods.allSatisfy({ $0.netFlows == 0 })
        else { return nil }
        return WideArithmetic.approximateDouble(last.equity) / WideArithmetic.approximateDouble(first.equity)
    }
}

/// The return of one UTC month.
public struct MonthlyReturn: Hashable, Sendable {
    /// Year.
    public let year: Int
    /// Month, 1 to 12.
    public let month: Int
    /// `product of (1 + r) - 1` over the periods that end in the month (its midnight end included); nil
    /// where one is not defined.
    public let value: Double?

    /// The months of a curve, in order; months without a period are absent.
    static func all(of curve: EquityCurve) -> [MonthlyReturn] {
        var months: [MonthlyReturn] = []
        for (index, value) in curve.periodReturns.enumerated() {
            let end = curve.periods[index + 1].time - Timespan(nanoseconds: 1)
            let date = CivilDate(day: end.day)
            if let open = months.last, open.year == date.year, open.month == date.month {
                let growth = open.value.flatMap { sofar in value.map { (1 + sofar) * (1 + $0) - 1 } }
                months[months.count - 1] = MonthlyReturn(
                    year: open.year, month: open.month, value: growth)
            } else {
                months.append(MonthlyReturn(year: date.year, month: date.month, value: value))
            }
        }
        return months
    }
}
