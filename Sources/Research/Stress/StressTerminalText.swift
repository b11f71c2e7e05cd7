internal import Markets
internal import Units

/// A stress test for a terminal: one table of what each shock came to, then what the run did under each.
public struct StressTerminalText {
    private let report: StressReport
    private let style: TerminalStyle

    /// A text.
    public init(_ report: StressReport, style: TerminalStyle) { (self.report, self.style) = (report, style) }

    private static let headings = ["lost", "of equity", "drawdown", "health", "margin", "closed"]
    private static let widths = [15, 11, 10, 8, 8, 8]

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        RunHeading(result: report.result).lines(&text)
        text.line(text.styled(" Shocks begin at \(NumberText.moment(report.moment)) UTC", .faint))
        text.line()
        table(&text)
        for outcome in report.outcomes { course(of: outcome, &text) }
        let unfit = report.outcomes.compactMap { outcome -> (ShockScenario, String)? in
            if case .unfit(let reason) = outcome.course { return (outcome.scenario, reason) }
            return nil
        }
        if !unfit.isEmpty {
            text.heading("Shocks that mean nothing to this run")
            for (scenario, reason) in unfit {
                text.paragraph(clean("\(scenario.text): \(reason)"), mark: "· ", tone: .faint)
            }
        }
        text.line()
        return text.text
    }

    private func table(_ text: inout TerminalText) {
        let name = max(16, style.width - StressTerminalText.widths.reduce(0, +) - 2)
        var head = " " + TerminalText.left("shock", name)
        for (heading, width) in zip(StressTerminalText.headings, StressTerminalText.widths) {
            head += TerminalText.right(heading, width)
        }
        text.line(text.styled(head, .faint))
        text.line(text.styled(" " + String(repeating: "─", count: max(2, style.width - 2)), .faint))
        row("none", nil, report.result, report.statistics, name, &text)
        let equity = report.result.finalEquity.approximateDouble
        for outcome in report.outcomes {
            switch outcome.course {
            case .ran(let run):
                let lost = run.lost.approximateDouble
                let loss = Loss(
                    text: NumberText.money(run.lost), share: equity > 0 ? lost / equity : nil,
                    isLoss: lost > 0)
                row(outcome.scenario.text, loss, run.result, run.statistics, name, &text)
            case .stopped:
                text.line(" " + TerminalText.left(outcome.scenario.text, name) + "  stopped the run")
            case .unfit: break
            }
        }
    }

    /// What a shock cost, for its row.
    private struct Loss {
        let text: String
        let share: Double?
        let isLoss: Bool
    }

    private func row(
        _ shock: String, _ lost: Loss?, _ result: BacktestResult, _ statistics: BacktestStatistics,
        _ name: Int, _ text: inout TerminalText
    ) {
        let cells = [
            lost?.text ?? NumberText.absent, NumberText.percent(lost?.share),
            NumberText.percent(statistics.maxDrawdown), NumberText.ratio(result.risk.worstHealthFactor),
            NumberText.ratio(result.risk.worstMarginRatio), NumberText.count(result.risk.liquidations),
        ]
        var line = " " + TerminalText.left(TerminalText.clean(shock, width: name - 1), name)
        for (index, cell) in cells.enumerated() {
            let fitted = TerminalText.right(cell, StressTerminalText.widths[index])
            line +=
                index == 0 ? text.styled(fitted, lost.map { $0.isLoss ? .loss : .gain } ?? .plain) : fitted
        }
        text.line(line)
    }

    private func course(of outcome: StressOutcome, _ text: inout TerminalText) {
        switch outcome.course {
        case .unfit: return
        case .stopped(let reason):
            text.heading(outcome.scenario.text)
            text.paragraph(clean("The run was stopped: \(reason)"), mark: "▌ ", tone: .loss)
        case .ran(let run):
            text.heading(outcome.scenario.text)
            text.paragraph(clean(StressWords.course(of: run)), mark: "▌ ", tone: .accent)
            for action in run.actions.prefix(6) {
                text.paragraph(
                    clean(action.text), mark: NumberText.moment(action.time) + "  ", tone: .faint)
            }
            let more = max(0, run.actions.count - 6) + run.omittedActions
            if more > 0 { text.line(text.styled(" and \(NumberText.count(more)) more", .faint)) }
        }
    }

    private func clean(_ text: String) -> String { TerminalText.clean(text, width: 2_000) }
}
