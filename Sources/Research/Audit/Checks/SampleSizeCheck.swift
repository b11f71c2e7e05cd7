internal import Markets
internal import Units

/// Whether there are enough round trips to tell skill from luck.
///
/// The standard error of the mean profit of a trade is its deviation over the root of their number.
/// Thresholds: serious below 30 trades, where the normal approximation of a mean is not to be trusted;
/// notable when the mean is less than two standard errors above zero. Legs of hedged positions are not judged
/// so. Source: W. G. Cochran, "Sampling
/// Techniques", 3rd ed. 1977 (validity of the normal approximation), and the rule of 30 of the textbooks.
struct SampleSizeCheck: AuditCheck {
    static let name = "few-trades"
    static let activity = "number of trades"

    static let least = 30

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let trips = subject.result.roundTrips
        let count = trips.count
        if subject.isHedged, subject.result.fillCount > 0 { return [Self.hedged(subject)] }
        if count == 0 {
            return [
                AuditFinding(
                    check: Self.name, weight: .serious, title: "No trade was ever closed",
                    figure: "\(NumberText.count(subject.result.fillCount)) fills",
                    detail: "What the run shows is a single position, if any: an opinion, not a rule that "
                        + "was tested.",
                    remedy: "Use more data, or a rule that decides more often.")
            ]
        }
        let profits = trips.map(\.profit.approximateDouble)
        let mean = profits.reduce(0, +) / Double(count)
        let squares = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = count > 1 ? (squares / Double(count - 1) / Double(count)).squareRoot() : .infinity
        let quotes = trips.map { subject.instruments[$0.instrument.position].quote }
        let quote = quotes.allSatisfy { $0 == quotes[0] } ? " " + quotes[0].symbol : ""
        let figure =
            "\(NumberText.count(count)) trades, \(Self.short(mean)) ± "
            + "\(error.isFinite ? Self.short(error) : "?")\(quote) each"
        let detail =
            "The mean profit of a trade is known to within its standard error only: "
            + "\(error > 0 && error.isFinite ? NumberText.ratio(mean / error) : NumberText.absent) standard "
            + "errors from zero."
        if count < Self.least {
            return [
                AuditFinding(
                    check: Self.name, weight: .serious, title: "Too few trades to tell skill from luck",
                    figure: figure, detail: detail,
                    remedy: "Use more data or more instruments; \(Self.least) trades are the very least.")
            ]
        }
        if mean > 0 && mean < 2 * error {
            return [
                AuditFinding(
                    check: Self.name, weight: .notable, title: "The mean trade may well be zero",
                    figure: figure, detail: detail + " Luck alone reaches this in more than 2 of 100 cases.",
                    remedy: "Use more data before believing the profit.")
            ]
        }
        return [Self.fine("There are enough trades", figure, detail)]
    }

    /// What a hedged position earns, it earns by being held.
    private static func hedged(_ subject: AuditSubject) -> AuditFinding {
        let legs = NumberText.count(subject.result.tradeCount)
        return fine(
            "The legs of a hedged position are no sample of trades", "\(legs) legs closed",
            "They gain and lose against each other, so that the profit of one says nothing. What the "
                + "position earns it earns by being held: whether for long enough, the length of the history "
                + "tells.")
    }

    /// Money with as many decimals as its size needs.
    private static func short(_ value: Double) -> String {
        NumberText.fixed(value, abs(value) >= 1 || value == 0 ? 2 : 6)
    }
}
