/// One measured figure and what stands beside it.
struct Figure {
    /// What a ratio must keep.
    enum Limit {
        case atLeast(Double)
        case atMost(Double)
    }

    /// Its name in JSON.
    let key: String
    /// What was measured, for people.
    let title: String
    let unit: String
    /// What Tradewind reaches, in ``unit``.
    let value: Double
    /// What stands beside it and reaches ``plain``.
    let beside: String
    /// The same of what stands beside it, in ``unit``.
    let plain: Double
    /// ``value`` as a share of ``plain``, by the median over the rounds.
    let ratio: Double
    /// The limit of the ratio; nil where it is only shown.
    let limit: Limit?

    init(
        _ key: String, _ title: String, unit: String, value: Double, beside: String, plain: Double,
        ratio: Double? = nil, limit: Limit? = nil
    ) {
        (self.key, self.title, self.unit) = (key, title, unit)
        (self.value, self.beside, self.plain) = (value, beside, plain)
        self.ratio = ratio ?? value / plain
        self.limit = limit
    }

    /// Whether the ratio keeps its limit; true without one.
    var isWithinLimit: Bool {
        switch limit {
        case .atLeast(let least): ratio >= least
        case .atMost(let most): ratio <= most
        case nil: true
        }
    }
}
