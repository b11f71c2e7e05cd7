internal import Markets
internal import StrategyKit
internal import Units

/// The outcome of a walk-forward for a terminal.
public struct WalkForwardTerminal {
    private let result: WalkForwardResult
    private let style: TerminalStyle
    private static let listed = 24

    /// A text of a result.
    public init(_ result: WalkForwardResult, style: TerminalStyle) {
        (self.result, self.style) = (result, style)
    }

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        title(&text)
        headline(&text)
        figures(&text)
        folds(&text)
        scenarios(&text)
        verdict(&text)
        return text.text
    }

    private func title(_ text: inout TerminalText) {
        SearchHeading.append(result.base, "walk-forward", axes: result.plan.sweep.axes, to: &text)
        text.line(text.styled(" " + WalkForwardText.scheme(result), .faint))
        text.line(text.styled(" " + WalkForwardText.counts(result), .faint))
    }

    private func headline(_ text: inout TerminalText) {
        let outOfSample = result.outOfSample
        text.heading("Out of sample")
        text.line(
            text.styled(
                " \(NumberText.moment(outOfSample.start)) to \(NumberText.moment(outOfSample.end)) UTC, "
                    + "test windows chained", .faint))
        let total = result.statistics.totalReturn
        text.line(
            " Equity  \(NumberText.money(outOfSample.initialEquity)) → "
                + text.styled(NumberText.money(outOfSample.finalEquity), .strong)
                + " \(result.base.shareClass.symbol)   "
                + text.styled(NumberText.percent(total, signed: true), (total ?? 0) < 0 ? .loss : .gain))
        let values = outOfSample.equity.points.map { WideArithmetic.approximateDouble($0.equity) }
        text.line(" " + text.styled(BlockCharts.sparkline(values, width: style.width - 2), .accent))
    }

    private func figures(_ text: inout TerminalText) {
        let statistics = result.statistics
        let returns = statistics.returns
        let columns: [[(String, String)]] = [
            [
                ("Annualised", NumberText.percent(returns.annualizedReturn)),
                ("Volatility", NumberText.percent(returns.volatility)),
                ("Max drawdown", NumberText.percent(statistics.maxDrawdown)),
            ],
            [
                ("Sharpe", NumberText.ratio(returns.sharpe)),
                ("Sortino", NumberText.ratio(returns.sortino)),
                ("Prob. Sharpe", NumberText.percent(result.probabilisticSharpe?.value, 1)),
            ],
            [
                ("Round trips", NumberText.count(result.outOfSample.tradeCount)),
                ("Hit rate", NumberText.percent(statistics.trades.hitRate, 1)),
                ("Fees", NumberText.money(result.outOfSample.fees)),
            ],
        ]
        let room = (style.width - 2 - 2 * 3) / 3
        text.line()
        for row in 0..<3 {
            let cells = columns.map { column in
                let (name, value) = column[row]
                let gap = max(1, room - name.count - value.count)
                return text.styled(name, .faint) + String(repeating: " ", count: gap) + value
            }
            text.line(" " + cells.joined(separator: "   "))
        }
    }

    private func folds(_ text: inout TerminalText) {
        let objective = result.plan.sweep.objective
        text.heading("Folds: \(objective.rawValue) in sample → out of sample")
        let room = style.width - 57
        text.line(
            text.styled(
                " " + TerminalText.right("fold", 4) + "  " + TerminalText.left("test from", 12)
                    + TerminalText.left("chosen", room) + TerminalText.right("in", 9)
                    + TerminalText.right("out", 11) + TerminalText.right("return", 11)
                    + TerminalText.right("trips", 7), .faint))
        for fold in result.folds.prefix(WalkForwardTerminal.listed) {
            let total = fold.statistics.totalReturn
            let chosen = TerminalText.clean(
                WalkForwardText.parameters(result, fold.point), width: max(8, room - 1))
            text.line(
                " " + TerminalText.right("\(fold.fold.number)", 4) + "  "
                    + TerminalText.left(String(NumberText.moment(fold.fold.test.start).prefix(10)), 12)
                    + TerminalText.left(chosen, room)
                    + TerminalText.right(SweepText.figure(fold.trainValue, objective), 9)
                    + TerminalText.right("→ " + SweepText.figure(fold.testValue, objective), 11)
                    + text.styled(
                        TerminalText.right(NumberText.percent(total, signed: true), 11),
                        (total ?? 0) < 0 ? .loss : .gain)
                    + TerminalText.right(NumberText.count(fold.result.tradeCount), 7))
        }
        let rest = result.folds.count - WalkForwardTerminal.listed
        if rest > 0 { text.line(text.styled(" and \(NumberText.count(rest)) more in folds.csv", .faint)) }
        if let untested = result.plan.folds.untested {
            text.line(text.styled(" not tested: \(WalkForwardText.window(untested))", .faint))
        }
    }

    private func scenarios(_ text: inout TerminalText) {
        let rows = WalkForwardScenarios.rows(result.scenarios)
        guard !rows.isEmpty else { return }
        text.heading("Monte Carlo of what was traded out of sample")
        let room = max(20, min(36, style.width - 52))
        text.line(
            text.styled(
                " " + TerminalText.left("scenarios", room) + TerminalText.right("return 5 %", 11)
                    + TerminalText.right("50 %", 10) + TerminalText.right("95 %", 10)
                    + TerminalText.right("fall 95 %", 11) + TerminalText.right("loss", 8), .faint))
        for (name, outcomes) in rows {
            text.line(
                " " + TerminalText.left(TerminalText.clean(name, width: room - 1), room)
                    + TerminalText.right(NumberText.percent(outcomes.totalReturn.p5, signed: true), 11)
                    + TerminalText.right(NumberText.percent(outcomes.totalReturn.p50, signed: true), 10)
                    + TerminalText.right(NumberText.percent(outcomes.totalReturn.p95, signed: true), 10)
                    + TerminalText.right(NumberText.percent(outcomes.maxDrawdown.p95), 11)
                    + TerminalText.right(NumberText.percent(outcomes.lossProbability, 0), 8))
        }
    }

    private func verdict(_ text: inout TerminalText) {
        text.line()
        for sentence in WalkForwardText.verdict(result) {
            text.paragraph(TerminalText.clean(sentence, width: 600), mark: "! ", tone: .warning)
        }
        for warning in result.warnings.prefix(4) {
            text.paragraph(TerminalText.clean(warning), mark: "! ", tone: .warning)
        }
    }
}

extension WalkForwardScenarios {
    /// The kinds of scenarios that were made, with their names.
    static func rows(_ scenarios: WalkForwardScenarios?) -> [(name: String, outcomes: ScenarioOutcomes)] {
        guard let scenarios else { return [] }
        let block = scenarios.block.map { "of \($0) bars" } ?? ""
        let all: [(String, ScenarioOutcomes?)] = [
            ("trades drawn anew", scenarios.trades?.bootstrap),
            ("trades in other orders", scenarios.trades?.shuffle),
            ("volatility, lag, missing bars", scenarios.changedPaths),
            ("markets of blocks \(block)", scenarios.resampledPaths),
        ]
        return all.compactMap { name, outcomes in outcomes.map { (name, $0) } }
    }
}
