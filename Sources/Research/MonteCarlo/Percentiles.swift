/// Where the outcomes of many scenarios lie.
public struct Percentiles: Hashable, Sendable {
    /// One outcome in twenty is below.
    public let p5: Double
    /// One in four is below.
    public let p25: Double
    /// Half are below.
    public let p50: Double
    /// Three in four are below.
    public let p75: Double
    /// Nineteen in twenty are below.
    public let p95: Double

    /// The percentiles of values, between neighbours in proportion (definition 7 of R. Hyndman and Y. Fan,
    /// "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996).
    ///
    /// - Returns: nil without values, or when one is not a number.
    public init?(_ values: [Double]) {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = min(sorted.count - 1, Int(place.rounded(.down)))
            let high = min(sorted.count - 1, low + 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        (p5, p25, p50, p75, p95) = (at(0.05), at(0.25), at(0.5), at(0.75), at(0.95))
    }
}

/// How many scenarios ended: returns and drawdowns as fractions.
public struct ScenarioOutcomes: Hashable, Sendable {
    /// Scenarios.
    public let count: Int
    /// Final over initial equity, less 1.
    public let totalReturn: Percentiles
    /// Deepest fall below a preceding peak.
    public let maxDrawdown: Percentiles
    /// Share of the scenarios that end below their start.
    public let lossProbability: Double
    /// Share of the scenarios in which equity fell to nothing.
    public let ruinProbability: Double

    /// The outcomes of scenarios.
    ///
    /// - Returns: nil without scenarios.
    init?(_ scenarios: [ScenarioOutcome]) {
        guard let total = Percentiles(scenarios.map(\.totalReturn)),
            let drawdown = Percentiles(scenarios.map(\.maxDrawdown))
        else { return nil }
        (count, totalReturn, maxDrawdown) = (scenarios.count, total, drawdown)
        lossProbability = Double(scenarios.count { $0.totalReturn < 0 }) / Double(scenarios.count)
        ruinProbability = Double(scenarios.count { $0.totalReturn <= -1 }) / Double(scenarios.count)
    }
}

/// How one scenario ended.
struct ScenarioOutcome: Hashable, Sendable {
    /// Final over initial equity, less 1; -1 when all was lost.
    var totalReturn: Double
    /// Deepest fall below a preceding peak, 0 to 1.
    var maxDrawdown: Double
}
