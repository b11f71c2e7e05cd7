internal import Markets
internal import Units

/// Figures of closed round trips and fills. Money is in the share class; a figure is nil where there is
/// nothing to take it from, or where the quote assets differ from the share class.
///
/// Definitions as in R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd ed. 2008,
/// chapter 14: a win is a round trip with a profit above zero after fees.
public struct TradeStatistics: Hashable, Sendable {
    /// Fraction of the round trips that won.
    public let hitRate: Double?
    /// Profits of the winners over the losses of the losers. Nil without a loser.
    public let profitFactor: Double?
    /// Mean profit of a winner.
    public let averageWin: Double?
    /// Mean profit of a loser, negative.
    public let averageLoss: Double?
    /// Mean time from entry to exit, in seconds.
    public let averageHoldingSeconds: Double?
    /// Traded notional of a year over mean equity. Nil with fewer than two periods.
    public let turnover: Double?

    /// Figures of a run whose records were kept.
    public init(_ result: BacktestResult, periodsPerYear: Double) {
        let trips = result.roundTrips
        let wins = trips.filter { $0.profit > .zero }
        let losses = trips.filter { $0.profit < .zero }
        let inShareClass = result.instruments.allSatisfy { $0.settlementAsset == result.plan.shareClass }
        let quotesShareClass = result.instruments.allSatisfy { $0.quote == result.plan.shareClass }
        hitRate = trips.isEmpty ? nil : Double(wins.count) / Double(trips.count)
        let won = wins.reduce(0) { $0 + $1.profit.approximateDouble }
        let lost = losses.reduce(0) { $0 + $1.profit.approximateDouble }
        profitFactor = inShareClass && !losses.isEmpty ? finite(won / -lost) : nil
        averageWin = inShareClass && !wins.isEmpty ? finite(won / Double(wins.count)) : nil
        averageLoss = inShareClass && !losses.isEmpty ? finite(lost / Double(losses.count)) : nil
        let held = trips.reduce(0.0) {
            $0 + Double($1.exitTime.since($1.entryTime).nanoseconds) / 1e9
        }
        averageHoldingSeconds = trips.isEmpty ? nil : held / Double(trips.count)
        turnover = quotesShareClass ? TradeStatistics.turnover(result, periodsPerYear: periodsPerYear) : nil
    }

    private static func turnover(_ result: BacktestResult, periodsPerYear: Double) -> Double? {
        let periods = result.equity.periods
        guard periods.count >= 3, !result.fills.isEmpty else { return nil }
        let unit = WideArithmetic.approximateDouble(result.equity.scale.unit)
        let sum = periods.reduce(0.0) { $0 + WideArithmetic.approximateDouble($1.equity) / unit }
        let mean = sum / Double(periods.count)
        guard mean > 0 else { return nil }
        let units = result.instruments.map {
            WideArithmetic.approximateDouble($0.fillPriceScale.unit)
                * WideArithmetic.approximateDouble($0.quantityScale.unit)
        }
        var notional = 0.0
        for fill in result.fills {
            let product = Double(fill.price.mantissa) * Double(fill.quantity.mantissa)
            guard let contract = result.instruments[fill.instrument.position].contract else {
                notional += abs(product) / units[fill.instrument.position]
                continue
            }
            // Of inverse contracts as many units of the quote as they count.
            let size = contract.size.approximateDouble
            let price = fill.price.decimal(result.instruments[fill.instrument.position].fillPriceScale)
            let factor = contract.settlement == .inverse ? size / price.approximateDouble : size
            notional += abs(product) / units[fill.instrument.position] * factor
        }
        return finite(notional / mean * periodsPerYear / Double(periods.count - 1))
    }
}
