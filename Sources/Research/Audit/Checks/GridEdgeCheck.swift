internal import StrategyKit
internal import Units

/// Whether a parameter stands at the edge of the values that were tried.
///
/// The best value may lie beyond the edge, and a best value at an edge is more often a slope than a peak.
/// Only axes with at least three values count. Threshold: notable for one parameter at its edge, serious when
/// all of several are. Source: R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd ed.
/// 2008 (a robust choice lies within a plateau).
struct GridEdgeCheck: AuditCheck {
    static let name = "grid-edge"
    static let activity = "place in the grid"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let axes = subject.options.axes.compactMap { axis -> (axis: AuditAxis, chosen: ExactDecimal)? in
            guard axis.count >= 3, let chosen = chosen(axis, subject.result) else { return nil }
            return (axis, chosen)
        }
        if axes.isEmpty {
            return [
                Self.fine(
                    "No search is known that the parameters come from", "",
                    "With a sweep section in the run file, or --sweep, their place in it is judged.")
            ]
        }
        // What lies outside was not even tried.
        let edges = axes.filter { axis, chosen in
            chosen <= axis.range.lowerBound || chosen >= axis.range.upperBound
        }
        if edges.isEmpty {
            return [
                Self.fine(
                    "The parameters lie within the grid",
                    axes.map { "\($0.axis.parameter) \($0.chosen)" }.joined(separator: ", "),
                    "None stands at the first or last value that was tried.")
            ]
        }
        let words = edges.map { axis, chosen in
            let place =
                axis.range.contains(chosen)
                ? chosen == axis.range.lowerBound ? "the lowest" : "the highest" : "outside"
            return "\(axis.parameter) \(chosen) (\(place) of \(axis.count) values from "
                + "\(axis.range.lowerBound) to \(axis.range.upperBound))"
        }
        return [
            AuditFinding(
                check: Self.name, weight: edges.count == axes.count && axes.count > 1 ? .serious : .notable,
                title: edges.count == 1
                    ? "A parameter stands at the edge of the grid"
                    : "\(edges.count) parameters stand at the edge of the grid",
                figure: words.joined(separator: ", "),
                detail: "What lies beyond was not tried. A best value at the edge is more often a slope "
                    + "than a peak.",
                remedy: "Widen the grid until the best values lie inside it, on a plateau.")
        ]
    }

    /// The value of the run, defaults included; nil where it is no number.
    private func chosen(_ axis: AuditAxis, _ result: BacktestResult) -> ExactDecimal? {
        guard result.parameters.indices.contains(axis.strategy),
            case .number(let number)? = result.parameters[axis.strategy].entries
                .first(where: { $0.name == axis.parameter })?.value
        else { return nil }
        return number
    }
}
