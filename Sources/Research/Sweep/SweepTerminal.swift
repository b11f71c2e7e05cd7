internal import StrategyKit
internal import Units

/// The outcome of a sweep for a terminal.
public struct SweepTerminal {
    private let result: SweepResult
    private let style: TerminalStyle

    private static let shades: [String] = ["··", "░░", "▒▒", "▓▓", "██"]
    private static let listed = 5

    /// A text of a result.
    public init(_ result: SweepResult, style: TerminalStyle) { (self.result, self.style) = (result, style) }

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        title(&text)
        map(&text)
        top(&text)
        verdict(&text)
        return text.text
    }

    private func title(_ text: inout TerminalText) {
        SearchHeading.append(result.plan, "sweep", axes: result.sweep.axes, to: &text)
        text.line(text.styled(" " + SweepText.counts(result), .faint))
    }

    private func map(_ text: inout TerminalText) {
        let room = (style.width - 14) / 2
        guard let map = HeatMap(result, maximumRows: 40, maximumColumns: room) else { return }
        text.heading(SweepText.mapTitle(result))
        let width = map.rows.map(\.count).max() ?? 0
        let lead = " " + String(repeating: " ", count: width + 1)
        if let first = map.columns.first, let last = map.columns.last {
            let gap = map.columns.count * 2 - first.count - last.count
            let line = gap > 0 ? first + String(repeating: " ", count: gap) + last : "\(first) to \(last)"
            text.line(text.styled(lead + line, .faint))
        }
        for (row, cells) in map.cells.enumerated() {
            var line = " " + text.styled(TerminalText.right(map.rows[row], width), .faint) + " "
            for (column, value) in cells.enumerated() {
                line += cell(value, isBest: map.best.map { $0 == (row, column) } ?? false, map)
            }
            text.line(line)
        }
        let objective = result.sweep.objective
        text.line(
            text.styled(
                lead + "\(SweepText.figure(map.lowest, objective)) " + SweepTerminal.shades.joined()
                    + " \(SweepText.figure(map.highest, objective))   [] in-sample best", .faint))
    }

    private func cell(_ value: Double?, isBest: Bool, _ map: HeatMap) -> String {
        guard let value else { return "  " }
        if isBest { return style.color ? "\u{1B}[7m[]\u{1B}[0m" : "[]" }
        let share = map.share(value)
        guard style.color else {
            return SweepTerminal.shades[min(4, Int(share * 5))]
        }
        // From dark blue over grey to yellow in the 256 colours of xterm, told apart by any colour vision.
        let ramp = [17, 18, 24, 30, 66, 102, 108, 144, 179, 220]
        return "\u{1B}[48;5;\(ramp[min(9, Int(share * 10))])m  \u{1B}[0m"
    }

    private func top(_ text: inout TerminalText) {
        let ranking = result.ranking(SweepTerminal.listed)
        guard !ranking.isEmpty else { return }
        text.heading("Best in sample")
        let axes = result.sweep.axes.prefix(4)
        let widths = axes.map { axis in
            max(axis.name.count, axis.text(0).count, axis.text(axis.count - 1).count, 5) + 2
        }
        var head = " "
        for (axis, width) in zip(axes, widths) { head += TerminalText.right(axis.name, width) }
        for name in ["return", "Sharpe", "Calmar", "drawdown", "trips"] {
            head += TerminalText.right(name, 10)
        }
        text.line(text.styled(head, .faint))
        for place in ranking {
            let point = result.points[place]
            guard let figures = point.figures else { continue }
            var line = " "
            let levels = result.space.levels(of: point.combination)
            for (index, axis) in axes.enumerated() {
                line += TerminalText.right(axis.text(levels[index]), widths[index])
            }
            let cells = [
                NumberText.percent(figures[.totalReturn], signed: true), NumberText.ratio(figures[.sharpe]),
                NumberText.ratio(figures[.calmar]), NumberText.percent(figures[.maxDrawdown]),
                NumberText.count(figures.trades),
            ]
            for cell in cells { line += TerminalText.right(cell, 10) }
            text.line(line)
        }
    }

    private func verdict(_ text: inout TerminalText) {
        text.line()
        for sentence in SweepText.verdict(result) { text.paragraph(sentence, mark: "! ", tone: .warning) }
        for warning in result.data.warnings.prefix(3) {
            text.paragraph(TerminalText.clean(warning), mark: "! ", tone: .warning)
        }
    }
}
