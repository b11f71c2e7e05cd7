internal import Units

/// Sentences about a sweep that the terminal and the page share.
enum SweepText {
    /// What was run: `400 points of 400 combinations, 12 skipped`.
    static func counts(_ result: SweepResult) -> String {
        var words = [
            "\(result.sweep.search.rawValue) search", "\(NumberText.count(result.points.count)) points",
        ]
        words[1] += " of \(NumberText.count(result.space.count)) combinations"
        if result.skipped > 0 {
            words.append("\(NumberText.count(result.skipped)) skipped as the strategy does not take them")
        }
        if result.failedCount > 0 { words.append("\(NumberText.count(result.failedCount)) failed") }
        words.append("objective \(result.sweep.objective.rawValue)")
        if result.sweep.search != .grid { words.append("seed \(result.sweep.seed)") }
        return words.joined(separator: "  ·  ")
    }

    /// What the map shows.
    static func mapTitle(_ result: SweepResult) -> String {
        let axes = result.sweep.axes
        let name = result.sweep.objective.rawValue
        guard axes.count > 1 else { return "\(name) by \(axes[0].name)" }
        let rest = axes.count > 2 ? ", middle over the other parameters" : ""
        return "\(name) by \(axes[0].name) (down) and \(axes[1].name) (across)\(rest)"
    }

    /// A figure of the objective.
    static func figure(_ value: Double?, _ objective: SweepObjective) -> String {
        switch objective {
        case .sharpe, .sortino, .calmar: NumberText.ratio(value)
        case .totalReturn, .annualizedReturn, .maxDrawdown, .volatility: NumberText.percent(value)
        }
    }

    /// Parameters of a point: `fast 12, slow 60`.
    static func parameters(_ result: SweepResult, _ place: Int) -> String {
        let levels = result.space.levels(of: result.points[place].combination)
        return zip(result.sweep.axes, levels).map { "\($0.name) \($0.text($1))" }.joined(separator: ", ")
    }

    /// What to think of the best point.
    static func verdict(_ result: SweepResult) -> [String] {
        guard let best = result.best else {
            return ["No point has the objective \(result.sweep.objective.rawValue): there is no best one."]
        }
        let objective = result.sweep.objective
        let figure = figure(result.points[best].figures?[objective.ratio], objective)
        let middle = SweepText.figure(result.medianObjective, objective)
        var sentences = [
            "In-sample best: \(parameters(result, best)), \(objective.rawValue) \(figure); the middle of all "
                + "points is \(middle). It was chosen by looking "
                + "at the very data it is measured on: expect less out of sample, and check it by a "
                + "walk-forward."
        ]
        if let deflated = result.deflatedSharpe {
            let chance = NumberText.percent(deflated.value, 1)
            sentences.append(
                "Deflated Sharpe ratio: \(chance) is the probability that its Sharpe ratio is more than the "
                    + "luck of \(NumberText.count(deflated.trials)) trials; "
                    + (deflated.value < 0.95
                        ? "below 95 % it cannot be told from luck."
                        : "at or above 95 % luck alone is a poor explanation."))
        }
        if onEdge(result, best) {
            sentences.append(
                "The best point lies on the edge of the range of a parameter: better ones may lie outside.")
        }
        if let failure = result.failure {
            sentences.append(
                "\(NumberText.count(result.failedCount)) points failed; the first because: \(failure.message)"
            )
        }
        return sentences
    }

    /// Whether an ordered parameter of the point has its first or last value.
    static func onEdge(_ result: SweepResult, _ place: Int) -> Bool {
        let levels = result.space.levels(of: result.points[place].combination)
        return zip(result.sweep.axes, levels).contains { axis, level in
            axis.isOrdered && axis.count > 2 && (level == 0 || level == axis.count - 1)
        }
    }
}
