public import Units

/// The figures of a sweep's point that may be undefined. The order is that of the columns of the table, and
/// of the checkpoint.
public enum SweepRatio: Int, Hashable, Sendable, CaseIterable {
    /// Change of equity as a fraction.
    case totalReturn
    /// The same by year.
    case annualizedReturn
    /// Annualised standard deviation of period returns.
    case volatility
    /// Annualised Sharpe ratio.
    case sharpe
    /// Annualised Sortino ratio.
    case sortino
    /// Annualised return over the deepest fall.
    case calmar
    /// The deepest fall of equity, as a positive fraction.
    case maxDrawdown
    /// Fraction of the steps with something else than the share class asset in hand.
    case exposure

    /// Its key in files: that of `backtest --json` where it has one.
    public var key: String {
        switch self {
        case .totalReturn: "total_return"
        case .annualizedReturn: "annualized_return"
        case .volatility: "volatility"
        case .sharpe: "sharpe"
        case .sortino: "sortino"
        case .calmar: "calmar"
        case .maxDrawdown: "max_drawdown"
        case .exposure: "exposure"
        }
    }
}

/// The figures that a sweep keeps of each point: as many bytes for a long run as for a short one.
public struct SweepFigures: Hashable, Sendable {
    /// Equity after the last step, in the share class.
    public let finalEquity: ExactDecimal
    /// Fees paid, positive.
    public let fees: ExactDecimal
    /// Closed round trips.
    public let trades: Int
    /// Fills.
    public let fills: Int
    /// Distinct times at which data became visible.
    public let steps: Int
    /// Periods of the statistics.
    public let periods: Int
    /// Bits of the ratios; ``absent`` where undefined.
    let bits: SIMD8<UInt64>

    /// Bits that no defined ratio has: those of a number that is none.
    static let absent = UInt64.max

    init(
        finalEquity: ExactDecimal, fees: ExactDecimal, trades: Int, fills: Int, steps: Int, periods: Int,
        bits: SIMD8<UInt64>
    ) {
        (self.finalEquity, self.fees) = (finalEquity, fees)
        (self.trades, self.fills, self.steps, self.periods) = (trades, fills, steps, periods)
        self.bits = bits
    }

    /// The figures of a run.
    public init(_ point: PointResult) {
        var bits = SIMD8<UInt64>(repeating: SweepFigures.absent)
        for ratio in SweepRatio.allCases {
            let value: Double? =
                switch ratio {
                case .totalReturn: point.returns.totalReturn
                case .annualizedReturn: point.returns.annualizedReturn
                case .volatility: point.returns.volatility
                case .sharpe: point.returns.sharpe
                case .sortino: point.returns.sortino
                case .calmar: point.calmar
                case .maxDrawdown: point.maxDrawdown
                case .exposure: point.exposure
                }
            if let value, value.isFinite { bits[ratio.rawValue] = value.bitPattern }
        }
        self.init(
            finalEquity: point.finalEquity, fees: point.fees, trades: point.trades, fills: point.fills,
            steps: point.steps, periods: point.returns.periods, bits: bits)
    }

    /// A ratio; nil where it is not defined.
    public subscript(ratio: SweepRatio) -> Double? {
        let value = bits[ratio.rawValue]
        return value == SweepFigures.absent ? nil : Double(bitPattern: value)
    }
}

/// One point of a sweep.
public struct SweepPoint: Hashable, Sendable {
    /// Its place in the order in which points were chosen, from 0.
    public let sequence: Int
    /// The number of its combination; see ``SweepSpace``.
    public let combination: Int
    /// Its figures; nil when its run failed, as by an amount beyond what the ledger holds.
    public let figures: SweepFigures?

    /// A point.
    public init(sequence: Int, combination: Int, figures: SweepFigures?) {
        (self.sequence, self.combination, self.figures) = (sequence, combination, figures)
    }
}
