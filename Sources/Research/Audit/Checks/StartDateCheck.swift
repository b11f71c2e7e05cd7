internal import Units

/// Starts the run later, by 1 to 5 % of its window and by 10 to 30 %, and compares the profits.
///
/// A rule that works does not mind on which day it begins: from a later start it earns about what the run
/// itself earned from there on. Thresholds: serious when a start within the first 5 % turns the profit into
/// a loss, or half of all starts do; notable when such a start leaves the run's own path by more than half of
/// its profit. Source: C. Hoffstein, D. Sibears and N. Faber, "Rebalance Timing Luck: The Difference between
/// Hired and Fired", Journal of Index Investing 10(1), 2019; the thresholds are our own.
struct StartDateCheck: AuditCheck {
    static let name = "start-date"
    static let activity = "later starts"

    /// Shares of the window, in percent.
    static let near = [1, 2, 3, 4, 5]
    static let far = [10, 15, 20, 25, 30]

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let (start, end) = (subject.start, subject.end)
        let length = end.since(start).nanoseconds
        if length < 200 || subject.result.fillCount == 0 {
            return [Self.fine("No start to vary", "", "The run is too short, or never traded.")]
        }
        var profits: [Double] = []
        var distances: [Double] = []
        let final = subject.equity(at: end)
        for percent in Self.near + Self.far {
            let later = start + Timespan(nanoseconds: length / 100 * Int64(percent))
            profits.append(try subject.evaluate(RunVariation(start: later)).profit)
            if Self.near.contains(percent) {
                distances.append(abs((profits.last ?? 0) - (final - subject.equity(at: later))))
            }
        }
        let (low, high) = (profits.min() ?? 0, profits.max() ?? 0)
        let figure = "profit \(subject.money(low)) to \(subject.money(high)) over \(profits.count) starts"
        guard subject.profit > 0 else {
            return [Self.fine("The run loses; when it starts does not matter", figure, "Nothing to doubt.")]
        }
        let nearLosses = profits.prefix(Self.near.count).count { $0 <= 0 }
        let losses = profits.count { $0 <= 0 }
        let apart = (distances.max() ?? 0) / subject.profit
        if nearLosses == 0 && losses * 2 < profits.count && apart <= 0.5 {
            return [
                Self.fine(
                    "The result does not hang on the day it starts", figure,
                    "Starts later by 1 to 5 % of the window stay within "
                        + "\(NumberText.percent(apart, 0)) of the profit of the run's own path.")
            ]
        }
        let isSerious = nearLosses > 0 || losses * 2 >= profits.count
        return [
            AuditFinding(
                check: Self.name, weight: isSerious ? .serious : .notable,
                title: "The result hangs on the day it starts", figure: figure,
                detail: "Of \(profits.count) later starts \(losses) end with a loss, \(nearLosses) of them "
                    + "within the first 5 % of the window; the path of such a start leaves that of the run "
                    + "by up to \(NumberText.percent(apart, 0)) of its profit.",
                remedy: "Judge the mean over many starts, or split the capital over several starts.")
        ]
    }
}
