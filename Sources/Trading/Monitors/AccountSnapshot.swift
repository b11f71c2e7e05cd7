public import Markets
public import Units

/// Net exposure to one asset: what is held of it and owed in it, tokens for its staked form and contracts on
/// it included.
public struct AssetExposure: Hashable, Sendable {
    /// To what.
    public let asset: Asset
    /// Its value in the share class; negative is short.
    public let value: Amount

    /// An exposure.
    public init(_ asset: Asset, _ value: Amount) { (self.asset, self.value) = (asset, value) }
}

/// A loan from a lending pool. Values are in one unit of account, at its oracle's prices.
public struct LoanView: Hashable, Sendable {
    /// Value of the deposits that back it.
    public let collateral: Amount
    /// Value of what is owed, above zero.
    public let debt: Amount
    /// The debt at which it may be liquidated, as a share of the collateral.
    public let threshold: BasisPoints
    /// Collateral times threshold over debt.
    public let healthFactor: ExactDecimal

    /// A loan.
    public init(collateral: Amount, debt: Amount, threshold: BasisPoints, healthFactor: ExactDecimal) {
        (self.collateral, self.debt, self.threshold) = (collateral, debt, threshold)
        self.healthFactor = healthFactor
    }
}

/// Everything that monitors look at: one account at one moment, as its books and its venues have it. The
/// same in backtest, paper and live.
public struct AccountSnapshot: Hashable, Sendable {
    /// When.
    public var time: Instant
    /// What equity is counted in.
    public var shareClass: Asset
    /// Equity in the share class.
    public var equity: Amount
    /// Net exposure to each asset but the share class.
    public var exposures: [AssetExposure]
    /// Margin accounts with positions.
    public var margins: [MarginView]
    /// The loan of the account; nil without debt.
    public var loan: LoanView?
    /// Dollars for one unit of the share class; zero where nothing of the run tells.
    public var dollars = ExactDecimal.zero

    /// A snapshot.
    public init(
        time: Instant, shareClass: Asset, equity: Amount, exposures: [AssetExposure], margins: [MarginView],
        loan: LoanView? = nil
    ) {
        (self.time, self.shareClass, self.equity) = (time, shareClass, equity)
        (self.exposures, self.margins, self.loan) = (exposures, margins, loan)
    }

    /// The exposure furthest from zero; nil without an asset that could have one.
    public var netExposure: AssetExposure? {
        exposures.max { $0.value.units.magnitude < $1.value.units.magnitude }
    }

    /// Net delta in the share class: the exposure furthest from zero, with its sign.
    public var netDelta: Amount { netExposure?.value ?? .zero }

    /// ``netDelta`` in dollars, rounded half even to cents; nil where no rate is known.
    public func netDeltaInDollars() throws(ArithmeticOverflow) -> ExactDecimal? {
        if dollars.isZero { return nil }
        let (cents, fine) = (Scale(2), Scale(12))
        let rate = try dollars.mantissa(at: fine, rounding: .halfEven)
        let scaled = try WideArithmetic.multiply(
            netDelta.units, by: rate, dividedBy: shareClass.ledgerScale.unit, rounding: .halfEven)
        return ExactDecimal(
            mantissa: try fine.convert(scaled, to: cents, rounding: .halfEven), scale: cents)
    }
}
