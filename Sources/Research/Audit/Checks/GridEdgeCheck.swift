internal import StrategyKit

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
        let axes = subject.options.axes.filter { $0.values.count >= 3 }
        if axes.isEmpty {
            return [
                Self.fine(
                    "No search is known that the parameters come from", "",
                    "With a sweep section in the run file, or --sweep, their place in it is judged.")
            ]
        }
        let edges = axes.filter { $0.chosen == $0.values.first || $0.chosen == $0.values.last }
        let outside = axes.filter { !$0.values.contains($0.chosen) }
        if edges.isEmpty {
            let names = axes.map(\.name).joined(separator: ", ")
            return [
                Self.fine(
                    "The parameters lie within the grid", names,
                    outside.isEmpty
                        ? "None stands at the first or last value that was tried."
                        : "Not among the values tried: \(outside.map(\.name).joined(separator: ", ")).")
            ]
        }
        let words = edges.map { axis in
            let end = axis.chosen == axis.values.first ? "lowest" : "highest"
            return "\(axis.name) \(ExecutionText.value(axis.chosen)) (\(end) of \(axis.values.count))"
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
}
