internal import Units

/// Sentences about a walk-forward that the terminal and the page share.
enum WalkForwardText {
    /// How the data were split: `walk-forward: train 30d, test 10d`.
    static func scheme(_ result: WalkForwardResult) -> String {
        var words: [String]
        let (purge, embargo): (Timespan, Embargo)
        switch result.plan.folds.scheme {
        case .walkForward(let scheme):
            words = [scheme.isAnchored ? "train from \(scheme.train) on" : "train \(scheme.train)"]
            words.append("test \(scheme.test)")
            if scheme.step != scheme.test { words.append("step \(scheme.step)") }
            (purge, embargo) = (scheme.purge, scheme.embargo)
        case .purgedKFold(let scheme):
            words = ["purged k-fold"]
            (purge, embargo) = (scheme.purge, scheme.embargo)
        }
        if purge > .zero { words.append("purge \(purge)") }
        if embargo != .none { words.append("embargo \(embargo)") }
        return words.joined(separator: ", ")
    }

    /// What was tried.
    static func counts(_ result: WalkForwardResult) -> String {
        var words = ["\(NumberText.count(result.folds.count)) folds"]
        words.append("\(NumberText.count(result.points.count)) points each")
        if result.refused > 0 { words.append("\(NumberText.count(result.refused)) skipped") }
        words.append("chosen by \(result.plan.choice.rawValue) \(result.plan.sweep.objective.rawValue)")
        return words.joined(separator: "  ·  ")
    }

    /// A point of the grid: `fast 12, slow 60`.
    static func parameters(_ result: WalkForwardResult, _ point: Int) -> String {
        zip(result.plan.sweep.axes, result.texts(of: point)).map { "\($0.name) \($1)" }
            .joined(separator: ", ")
    }

    /// A window: `2024-01-31 00:00 to 2024-02-10 00:00`.
    static func window(_ window: TimeWindow) -> String {
        "\(NumberText.moment(window.start)) to \(NumberText.moment(window.end))"
    }

    /// What to think of the result, most important first.
    static func verdict(_ result: WalkForwardResult) -> [String] {
        var sentences = [skill(result)]
        if let efficiency = result.efficiency {
            sentences.append(
                "Out of sample \(NumberText.percent(efficiency, 0)) of the in-sample "
                    + "\(result.plan.sweep.objective.rawValue) is left, on average over the folds.")
        }
        if let found = result.overfitting {
            sentences.append(
                "Probability of overfitting: \(NumberText.percent(found.probability, 1)). In so many of "
                    + "\(NumberText.count(found.combinations)) ways to split the data the best of one half "
                    + "is in the worse half of the other; luck alone gives about a half.")
        }
        if let best = result.inSampleBest { sentences.append(hindsight(result, best)) }
        sentences += stability(result)
        return sentences
    }

    private static func skill(_ result: WalkForwardResult) -> String {
        guard let probability = result.probabilisticSharpe?.value else {
            return "The Sharpe ratio out of sample is not defined: nothing is shown."
        }
        let chance = NumberText.percent(probability, 1)
        return "Out of sample, \(chance) is the probability that the true Sharpe ratio is above 0; "
            + (probability < 0.95
                ? "below 95 % it cannot be told from luck." : "at or above 95 % luck is a poor explanation.")
    }

    private static func hindsight(_ result: WalkForwardResult, _ best: InSampleBest) -> String {
        var sentence =
            "In-sample best, chosen with hindsight and not to be had: "
            + "\(parameters(result, best.point)), return "
            + "\(NumberText.percent(best.figures.totalReturn, signed: true)), Sharpe "
            + "\(NumberText.ratio(best.figures.sharpe))"
        if let deflated = best.deflatedSharpe {
            sentence +=
                "; deflated Sharpe \(NumberText.percent(deflated.value, 1)), the probability that it is "
                + "more than the luck of \(NumberText.count(deflated.trials)) trials"
        }
        return sentence + "."
    }

    private static func stability(_ result: WalkForwardResult) -> [String] {
        var sentences: [String] = []
        let chosen = result.folds.map { result.stability.points[$0.point] }
        let peaks = chosen.count { $0.shape == .peak }
        if peaks > 0 {
            sentences.append(
                "\(peaks) of \(chosen.count) folds chose a peak: small changes of its parameters lose more "
                    + "than half of the score.")
        }
        let edges = chosen.count { $0.isOnEdge }
        if edges * 2 > chosen.count {
            sentences.append(
                "\(edges) of \(chosen.count) folds chose a point on the edge of the grid: better ones may "
                    + "lie outside.")
        }
        return sentences
    }
}
