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
    /// The share of the liquidation threshold above which a loan to value warns.
    public var loanToValue = ExactDecimal.hundredths(95)
    /// The drift above which exposure that should be hedged warns.
    public var deltaDrift = ExactDecimal.hundredths(2)

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
