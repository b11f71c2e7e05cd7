internal import Units

/// What the same trades could have led to: drawn anew with replacement, and in other orders.
///
/// Profits are fractions of the capital at the start and add up, as those of positions of constant size do. A
/// scenario that falls to nothing ends there.
///
/// Source: R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd ed. 2008, chapter 12; the
/// bootstrap is that of B. Efron, "Bootstrap Methods", Annals of Statistics 7(1), 1979.
public struct TradeMonteCarlo: Hashable, Sendable {
    /// Trades of a scenario, as many as there were.
    public let trades: Int
    /// As many trades as there were, each drawn from all with replacement.
    public let bootstrap: ScenarioOutcomes
    /// The very trades in another order: every scenario without ruin ends where the trades did, only the way
    /// differs.
    public let shuffle: ScenarioOutcomes

    /// Scenarios of trades.
    ///
    /// - Parameters:
    ///   - profits: of each trade, as a fraction of the capital at the start.
    ///   - scenarios: of each of both kinds, at least 1.
    ///   - seed: equal seeds give equal scenarios.
    /// - Returns: nil without trades, or when a profit is not a number.
    public init?(profits: [Double], scenarios: Int, seed: UInt64) {
        guard !profits.isEmpty, scenarios > 0, profits.allSatisfy(\.isFinite) else { return nil }
        var draws = SplitMix64(seed: seed, purpose: "monte carlo trades bootstrap")
        var orders = SplitMix64(seed: seed, purpose: "monte carlo trades shuffle")
        var (drawn, ordered): ([ScenarioOutcome], [ScenarioOutcome]) = ([], [])
        var shuffled = profits
        let last = Int64(profits.count - 1)
        for _ in 0..<scenarios {
            drawn.append(
                TradeMonteCarlo.outcome(
                    (0..<profits.count).lazy.map { _ in profits[Int(draws.integer(in: 0...last))] }))
            shuffled.shuffle(using: &orders)
            ordered.append(TradeMonteCarlo.outcome(shuffled))
        }
        guard let bootstrap = ScenarioOutcomes(drawn), let shuffle = ScenarioOutcomes(ordered) else {
            return nil
        }
        (trades, self.bootstrap, self.shuffle) = (profits.count, bootstrap, shuffle)
    }

    /// The outcome of trades in an order.
    static func outcome(_ profits: some Sequence<Double>) -> ScenarioOutcome {
        var (equity, peak, deepest) = (1.0, 1.0, 0.0)
        for profit in profits {
            equity += profit
            if equity <= 0 { return ScenarioOutcome(totalReturn: -1, maxDrawdown: 1) }
            peak = max(peak, equity)
            deepest = max(deepest, (peak - equity) / peak)
        }
        return ScenarioOutcome(totalReturn: equity - 1, maxDrawdown: deepest)
    }
}
