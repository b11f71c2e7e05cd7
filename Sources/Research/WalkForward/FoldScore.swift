/// The figures of one set of parameters in the training windows of a fold.
struct FoldScore: Sendable {
    /// The figure that decides, as it is; nil where it is not defined.
    let value: Double?
    /// The same, turned so that more is better.
    let score: Double?

    /// The score over the windows of a fold: the figures of one, or of the returns of several put together.
    ///
    /// With several windows the deepest fall is that of the worse window.
    init(_ windows: [PointResult], _ objective: SweepObjective) {
        let value: Double?
        if windows.count == 1 {
            value = SweepFigures(windows[0])[objective.ratio]
        } else {
            value = FoldScore.value(of: windows, objective)
        }
        self.value = value
        score = value.map { objective.isSmallerBetter ? -$0 : $0 }
    }

    private static func value(of windows: [PointResult], _ objective: SweepObjective) -> Double? {
        guard let first = windows.first else { return nil }
        let joined = ReturnStatistics(
            returns: windows.flatMap { $0.periods?.returns ?? [nil] },
            periodsPerYear: first.returns.periodsPerYear)
        let falls = windows.compactMap(\.maxDrawdown)
        let deepest = falls.count == windows.count ? falls.max() : nil
        switch objective {
        case .sharpe: return joined.sharpe
        case .sortino: return joined.sortino
        case .totalReturn: return joined.totalReturn
        case .annualizedReturn: return joined.annualizedReturn
        case .maxDrawdown: return deepest
        case .volatility: return joined.volatility
        case .calmar:
            guard let annual = joined.annualizedReturn, let deepest, deepest > 0 else { return nil }
            return finite(annual / deepest)
        }
    }
}

extension FoldChoiceRule {
    /// The place of the chosen one among scores: the highest, the first of equal ones.
    ///
    /// - Returns: nil when none is defined.
    func choose(_ scores: [Double?], _ surroundings: Surroundings) -> Int? {
        let judged = self == .best ? scores : StabilityMap.smoothed(scores, surroundings)
        var best: Int?
        for (index, score) in judged.enumerated() {
            guard let score, score.isFinite else { continue }
            if let found = best, let highest = judged[found], score <= highest { continue }
            best = index
        }
        return best
    }
}
