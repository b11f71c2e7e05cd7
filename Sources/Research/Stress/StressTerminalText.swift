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
        head(&text)
        table(&text)
        for outcome in report.outcomes { course(of: outcome, &text) }
        let unfit = report.outcomes.compactMap { outcome -> (Shock, String)? in
            if case .unfit(let reason) = outcome.course { return (outcome.shock, reason) }
            return nil
        }
        if !unfit.isEmpty {
            text.heading("Shocks that mean nothing to this run")
            for (shock, reason) in unfit {
                text.paragraph(clean("\(shock.text): \(reason)"), mark: "· ", tone: .faint)
            }
        }
        text.line()
        return text.text
    }

    private func head(_ text: inout TerminalText) {
        let result = report.result
        let name = TerminalText.clean(result.plan.name, width: style.width / 2)
        let strategies = result.plan.strategies.map(\.strategy).joined(separator: " + ")
        text.line()
        text.line(
            " " + text.styled(name, .strong)
                + text.styled(
                    "  " + TerminalText.clean(strategies, width: style.width - name.count - 4), .accent))
        text.line(
            text.styled(
                " \(NumberText.moment(result.start)) to \(NumberText.moment(result.end)) UTC  ·  "
                    + "\(NumberText.money(result.initialEquity)) → \(NumberText.money(result.finalEquity)) "
                    + result.plan.shareClass.symbol, .faint))
        text.line(text.styled(" Shocks begin at \(NumberText.moment(report.moment)) UTC", .faint))
        text.line()
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
                row(outcome.shock.text, loss, run.result, run.statistics, name, &text)
            case .stopped: text.line(" " + TerminalText.left(outcome.shock.text, name) + "  stopped the run")
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
            text.heading(outcome.shock.text)
            text.paragraph(clean("The run was stopped: \(reason)"), mark: "▌ ", tone: .loss)
        case .ran(let run):
            text.heading(outcome.shock.text)
            text.paragraph(clean(StressTerminalText.words(run, outcome)), mark: "▌ ", tone: .accent)
            for action in run.actions.prefix(6) {
                text.paragraph(
                    clean(action.text), mark: NumberText.moment(action.time) + "  ", tone: .faint)
            }
            let more = max(0, run.actions.count - 6) + run.omittedActions
            if more > 0 { text.line(text.styled(" and \(NumberText.count(more)) more", .faint)) }
        }
    }

    /// What the run did under a shock, as a sentence.
    private static func words(_ run: StressedRun, _ outcome: StressOutcome) -> String {
        let names = [
            "order", "refusal", "fill", "group", "failed group", "transfer", "refused transfer",
            "margin call", "forced closing",
        ]
        func list(_ activity: StressActivity) -> String {
            let parts = zip(names, activity.counts).filter { $0.1 > 0 }.map { NumberText.count($1, $0) }
            return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
        }
        let span = "to \(NumberText.moment(run.watchedUntil))"
        if run.activity == run.usualActivity {
            return "It did the same as without the shock \(span): \(list(run.activity))."
        }
        return "It did \(span): \(list(run.activity)). Without the shock: \(list(run.usualActivity))."
    }

    private func clean(_ text: String) -> String { TerminalText.clean(text, width: 2_000) }
}
