internal import Markets

/// Runs again over bars whose prices are off by up to a twentieth of the usual move from close to close.
///
/// Nobody's prices are exact to the last digit: another venue, another feed or a second later differ by more.
/// An edge survives that; rules fitted to digits, and a hidden table keyed by prices, do not. Three draws
/// from the seed. Threshold, our own: serious when the best of the three keeps less than half of the profit.
struct NoiseCheck: AuditCheck {
    static let name = "noise"
    static let activity = "prices with a little noise"

    /// The largest part of the usual move by which prices are off.
    static let part = 0.05

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        guard subject.profit > 0, subject.series.contains(where: { $0.kind == .bars }) else {
            return [
                Self.fine("No profit in bars to lose", "", "The run loses, or its prices are no bars.")
            ]
        }
        let data = AlteredData(series: subject.series)
        var profits: [Double] = []
        for draw in 0..<3 as Range<UInt64> {
            let seed = subject.options.seed.addingReportingOverflow(draw).partialValue
            profits.append(try subject.evaluate(over: data.noisy(part: Self.part, seed: seed)).profit)
        }
        let (low, high) = (profits.min() ?? 0, profits.max() ?? 0)
        let figure =
            "profit \(subject.money(subject.profit)), "
            + "\(subject.money(low)) to \(subject.money(high)) with noise"
        if high >= subject.profit / 2 {
            return [
                Self.fine(
                    "A little noise in the prices leaves the profit", figure,
                    "Prices were off by up to a twentieth of the usual move from close to close.")
            ]
        }
        return [
            AuditFinding(
                check: Self.name, weight: .serious,
                title: "A little noise in the prices takes the profit away",
                figure: figure,
                detail: "Prices were off by up to a twentieth of the usual move from close to close, less "
                    + "than two feeds differ. A profit that hangs on exact prices is fitted to them, or "
                    + "recognises them.",
                remedy: "Let decisions depend on moves that are large beside noise, and look for tables of "
                    + "prices in the strategy.")
        ]
    }
}
