internal import Simulation

/// Whether fills are taken at the very close that decided them, and what is left with fills at the next open.
///
/// Such a price was gone when the decision could be made. Thresholds: serious when the profit of the same run
/// with `next-open` is gone or less than half, notable otherwise. Source: the fill rules of the run file.
struct SameCloseCheck: AuditCheck {
    static let name = "same-close"
    static let activity = "fills at the next open"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        guard subject.plan.execution.fill == .close else {
            return [
                Self.fine(
                    "Orders fill after the data that decided them", subject.plan.execution.fill.rawValue,
                    "The fill rule gives no price that was already gone.")
            ]
        }
        var execution = subject.plan.execution
        execution.fill = .nextOpen
        let other = try subject.evaluate(RunVariation(execution: execution)).profit
        let keeps = subject.profit > 0 && other >= subject.profit / 2
        return [
            AuditFinding(
                check: Self.name, weight: subject.profit > 0 && !keeps ? .serious : .notable,
                title: "Orders fill at the very close that decided them",
                figure: "\(subject.money(other)) at the next open, not \(subject.money(subject.profit))",
                detail: "A close is known when it is over; an order that it causes trades later. The "
                    + "profit that is lost at the next open was never to be had.",
                remedy: "Set execution.fill to next-open.")
        ]
    }
}
