public import Units

/// What the risk monitor makes of a snapshot: a pure function of it, the same in backtest, paper and live.
public struct RiskStanding: Hashable, Sendable {
    /// The measures that apply, in the order of ``RiskMeasure``.
    public let readings: [RiskReading]

    /// Nothing that could be measured.
    public static let none = RiskStanding(readings: [])

    /// A standing of readings.
    public init(readings: [RiskReading]) { self.readings = readings }

    /// Measures an account.
    ///
    /// - Parameters:
    ///   - snapshot: the account.
    ///   - bands: its bounds.
    ///   - isHedged: whether exposure is to be nothing, so that drift of it is a risk.
    /// - Throws: when a number leaves the range of its type.
    public init(
        of snapshot: AccountSnapshot, bands: RiskBands = .standard, isHedged: Bool
    ) throws(ArithmeticOverflow) {
        var readings: [RiskReading] = []
        var distance: ExactDecimal = RiskStanding.farthest
        if let loan = snapshot.loan {
            let factor = loan.healthFactor
            let told = try factor.mantissa(at: RiskReading.scale, rounding: .halfEven)
            readings.append(
                RiskReading(
                    .healthFactor, ExactDecimal(mantissa: told, scale: RiskReading.scale),
                    bands.healthFactor.band(of: factor)))
            if loan.collateral.units > 0 {
                readings.append(try RiskStanding.loanToValue(loan, bands))
            }
            distance = min(distance, try RiskStanding.fall(to: factor))
        }
        let worst = snapshot.margins.compactMap(\.ratio).min()
        if let worst {
            readings.append(
                RiskReading(.marginRatio, worst.decimal, bands.marginRatio.band(of: worst.decimal)))
        }
        if snapshot.equity.units > 0, !snapshot.exposures.isEmpty {
            let drift = try RiskStanding.quotient(
                Int128(clamping: snapshot.netDelta.units.magnitude), snapshot.equity.units)
            readings.append(
                RiskReading(.deltaDrift, drift, isHedged ? bands.deltaDrift.band(of: drift) : .normal))
        }
        for margin in snapshot.margins where margin.notional.units > 0 {
            distance = min(distance, try RiskStanding.move(of: margin))
        }
        if distance < RiskStanding.farthest {
            readings.append(RiskReading(.liquidationDistance, distance, .normal))
        }
        self.readings = readings
    }

    /// The reading of a measure; nil where it does not apply.
    public subscript(measure: RiskMeasure) -> RiskReading? { readings.first { $0.measure == measure } }

    /// The most urgent band of all.
    public var band: RiskBand { readings.map(\.band).max() ?? .normal }

    /// Whether only what reduces may be done: with the standard bounds where the health factor is below 1.1,
    /// or in an account that hedges the worst margin ratio below 0.20. A loan to value overrides where bounds
    /// are set for it. Drift never does: what brings an account back in balance may have to open.
    public func isOverriding(isHedged: Bool) -> Bool {
        readings.contains { reading in
            switch reading.measure {
            case .healthFactor, .loanToValue: reading.band >= .reduce
            case .marginRatio: isHedged && reading.band >= .reduce
            case .deltaDrift, .liquidationDistance: false
            }
        }
    }

    // MARK: Measures

    private static let farthest = ExactDecimal(mantissa: Int128.max, scale: RiskReading.scale)

    private static func quotient(_ part: Int128, _ whole: Int128) throws(ArithmeticOverflow) -> ExactDecimal {
        ExactDecimal(
            mantissa: try WideArithmetic.multiply(
                part, by: RiskReading.scale.unit, dividedBy: whole, rounding: .halfEven),
            scale: RiskReading.scale)
    }

    /// Debt over collateral; its bounds are shares of the threshold: debt > share x threshold x collateral.
    private static func loanToValue(
        _ loan: LoanView, _ bands: RiskBands
    ) throws(ArithmeticOverflow) -> RiskReading {
        let value = try quotient(loan.debt.units, loan.collateral.units)
        for (bound, band) in bands.loanToValue.bounds {
            let share = try WideArithmetic.multiply(
                Int128(loan.threshold.millionths), by: bound.mantissa, dividedBy: bound.scale.unit,
                rounding: .down)
            if value > (try quotient(share, Int128(BasisPoints.whole))) {
                return RiskReading(.loanToValue, value, band)
            }
        }
        return RiskReading(.loanToValue, value, .normal)
    }

    /// The fall of the collateral against the debt that brings a health factor to 1: 1 - 1 / factor.
    private static func fall(to factor: ExactDecimal) throws(ArithmeticOverflow) -> ExactDecimal {
        guard factor.mantissa > 0 else { return .zero }
        let inverse = try quotient(factor.scale.unit, factor.mantissa)
        let fall = RiskReading.scale.unit - inverse.mantissa
        return ExactDecimal(mantissa: max(0, fall), scale: RiskReading.scale)
    }

    /// The move u of all positions against the account after which equity is the maintenance margin. Equity
    /// falls by notional x u; the maintenance of shorts grows by maintenance x u, that of longs falls, so
    /// that (equity - maintenance) / (notional + maintenance) is the move for shorts and less than it for
    /// longs.
    private static func move(of margin: MarginView) throws(ArithmeticOverflow) -> ExactDecimal {
        let room = margin.equity.units - margin.maintenance.units
        let whole = try WideArithmetic.add(
            margin.notional.units, margin.maintenance.units, "a liquidation distance")
        return room > 0 ? try quotient(room, whole) : .zero
    }
}
