public import Markets
public import Units

/// What a liquidation at a lending pool took. Amounts are at the ledger scale of their assets.
public struct LoanLiquidation: Hashable, Sendable {
    /// The debt token of what was owed.
    public let debt: InstrumentIndex
    /// How much of it the liquidator repaid.
    public let repaid: Amount
    /// The aToken of what was taken.
    public let collateral: InstrumentIndex
    /// How much of it was taken, bonus included.
    public let seized: Amount
    /// The part of ``seized`` beyond the value repaid: the loss.
    public let penalty: Amount
    /// The health factor that led to it.
    public let healthFactor: ExactDecimal

    /// A liquidation.
    public init(
        debt: InstrumentIndex, repaid: Amount, collateral: InstrumentIndex, seized: Amount, penalty: Amount,
        healthFactor: ExactDecimal
    ) {
        (self.debt, self.repaid) = (debt, repaid)
        (self.collateral, self.seized, self.penalty) = (collateral, seized, penalty)
        self.healthFactor = healthFactor
    }
}
