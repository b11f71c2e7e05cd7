internal import StrategyKit

/// What the terminal texts of sweeps and walk-forwards begin with.
enum SearchHeading {
    /// The name of the run, what was done with its strategies, and the axes that were searched.
    static func append(
        _ plan: BacktestPlan, _ kind: String, axes: [SweepAxis], to text: inout TerminalText
    ) {
        let strategies = plan.strategies.map(\.strategy).joined(separator: " + ")
        text.line()
        text.line(
            " " + text.styled(TerminalText.clean(plan.name, width: text.width / 2), .strong)
                + text.styled("  \(kind) of " + TerminalText.clean(strategies, width: 36), .accent))
        for axis in axes {
            let values = TerminalText.clean(axis.description, width: text.width - 24)
            text.line(
                text.styled(" " + TerminalText.left(TerminalText.clean(axis.name, width: 20), 20), .faint)
                    + values)
        }
    }
}
