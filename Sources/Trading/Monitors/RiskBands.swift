public import Units

/// The bounds below which a measure warns, asks to reduce, and is critical.
public struct RiskBounds: Hashable, Sendable {
    /// Below it: a warning.
    public var warning: ExactDecimal
    /// Below it: reduce, open nothing.
    public var reduce: ExactDecimal
    /// Below it: reduce at once.
    public var critical: ExactDecimal

    /// Bounds.
    public init(warning: ExactDecimal, reduce: ExactDecimal, critical: ExactDecimal) {
        (self.warning, self.reduce, self.critical) = (warning, reduce, critical)
    }

    /// The band of a value.
    public func band(of value: ExactDecimal) -> RiskBand {
        if value < critical { return .critical }
        if value < reduce { return .reduce }
        return value < warning ? .warning : .normal
    }
}

/// The bounds above which a measure warns, asks to reduce, and is critical.
public struct RiskCeilings: Hashable, Sendable {
    /// Above it: a warning.
    public var warning: ExactDecimal
    /// Above it: reduce.
    public var reduce: ExactDecimal
    /// Above it: reduce at once.
    public var critical: ExactDecimal

    /// A bound that no measure reaches.
    public static let never = ExactDecimal(1_000_000)

    /// Bounds; a warning alone unless more is said.
    public init(
        warning: ExactDecimal, reduce: ExactDecimal = never, critical: ExactDecimal = never
    ) {
        (self.warning, self.reduce, self.critical) = (warning, reduce, critical)
    }

    /// Each bound with its band, the most urgent first.
    var bounds: [(bound: ExactDecimal, band: RiskBand)] {
        [(critical, .critical), (reduce, .reduce), (warning, .warning)]
    }

    /// The band of a value.
    public func band(of value: ExactDecimal) -> RiskBand {
        bounds.first { value > $0.bound }?.band ?? .normal
    }
}

/// At which readings risk monitors warn and override.
///
/// The defaults: a health factor below 1.1 reduces, a margin ratio below 0.20 reduces and below 0.12 is
/// critical; a loan warns above 0.95 of its liquidation threshold; exposure warns above 2 % of equity. The
/// bounds around them are ours: a health factor warns below 1.15 and is critical below 1.05, where the loan
/// is at 0.95 of its threshold; a margin ratio warns below 0.30.
public struct RiskBands: Hashable, Sendable {
    /// Of ``RiskMeasure/healthFactor``.
    public var healthFactor = RiskBounds(
        warning: .hundredths(115), reduce: .hundredths(110), critical: .hundredths(105))
    /// Of ``RiskMeasure/marginRatio``.
    public var marginRatio = RiskBounds(
        warning: .hundredths(30), reduce: .hundredths(20), critical: .hundredths(12))
    /// Of ``RiskMeasure/loanToValue``, as shares of the liquidation threshold.
    public var loanToValue = RiskCeilings(warning: .hundredths(95))
    /// Of ``RiskMeasure/deltaDrift`` of accounts that hedge.
    public var deltaDrift = RiskCeilings(warning: .hundredths(2))

    /// The defaults.
    public init() {}

    /// The defaults.
    public static let standard = RiskBands()
}

extension ExactDecimal {
    fileprivate static func hundredths(_ count: Int128) -> ExactDecimal {
        ExactDecimal(mantissa: count, scale: Scale(2))
    }
}
