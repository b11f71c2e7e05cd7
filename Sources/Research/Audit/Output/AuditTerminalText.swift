internal import Markets
internal import Units

/// The findings of an audit for a terminal, the heaviest first.
public struct AuditTerminalText {
    private let report: AuditReport
    private let style: TerminalStyle

    /// A text.
    public init(_ report: AuditReport, style: TerminalStyle) { (self.report, self.style) = (report, style) }

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        RunHeading(result: report.result).lines(&text)
        text.line()
        text.paragraph(
            report.verdict.sentence, mark: "▌ ", tone: tone(report.findings.first?.weight ?? .fine))
        for finding in report.findings where finding.weight != .fine { append(finding, to: &text) }
        let fine = report.findings.filter { $0.weight == .fine }
        if !fine.isEmpty {
            text.heading("Looked for and not found")
            for finding in fine {
                let figure = finding.figure.isEmpty ? "" : ": " + finding.figure
                text.paragraph(clean(finding.title + figure), mark: "✓ ", tone: .gain)
            }
        }
        text.line()
        text.line(
            text.styled(
                " \(NumberText.count(report.runs)) backtests were run for this, seed \(report.seed)", .faint))
        return text.text
    }

    private func append(_ finding: AuditFinding, to text: inout TerminalText) {
        text.line()
        let title = TerminalText.clean(finding.title, width: style.width - 12)
        text.line(
            " " + text.styled(TerminalText.left(finding.weight.rawValue, 8), tone(finding.weight))
                + text.styled(title, .strong))
        if !finding.figure.isEmpty { text.paragraph(clean(finding.figure), mark: "        ", tone: .accent) }
        text.paragraph(clean(finding.detail), mark: "        ", tone: .plain)
        text.paragraph(clean(finding.remedy), mark: "        → ", tone: .accent)
    }

    /// Nothing that a name from outside could do to a terminal.
    private func clean(_ text: String) -> String { TerminalText.clean(text, width: 2_000) }

    private func tone(_ weight: AuditWeight) -> TerminalText.Tone {
        switch weight {
        case .fatal, .serious: .loss
        case .notable: .warning
        case .fine: .gain
        }
    }
}
