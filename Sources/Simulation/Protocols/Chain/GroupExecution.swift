public import Units

extension ChainModel {
    /// Executes a group: all of it or none, by value; `state` itself is never changed.
    ///
    /// The gas is taken first, as the chain does, and stays taken when an operation fails. Interest up to the market's
    /// indices is posted before anything else and also stays.
    /// - Throws: where an amount leaves the range of its type; that ends a run.
    public func execute(
        _ group: AtomicGroup, on state: ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> GroupResult {
        GroupResult(state: state, effects: [], outcome: .notSent(.unknown("a group")), gasUnits: 0)
    }

    /// Posts interest up to the market's indices, without a transaction.
    public func settle(
        _ state: inout ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> [ChainEffect] {
        []
    }

    /// How the lending position stands. Interest is counted up to the market's indices, posted or not.
    public func lendingStanding(
        _ state: ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> LendingStanding {
        LendingStanding(
            collateral: 0, debt: 0, maximumLoanToValue: .zero, liquidationThreshold: .zero,
            healthFactor: nil)
    }

    /// Liquidates the lending position once, as a liquidator would as soon as its health factor is below 1.
    ///
    /// - Returns: what happened; nil where the position is healthy or nothing can be taken.
    public func liquidate(
        _ state: inout ChainState, market: ChainMarket
    ) throws(ArithmeticOverflow) -> LendingLiquidation? {
        nil
    }
}
