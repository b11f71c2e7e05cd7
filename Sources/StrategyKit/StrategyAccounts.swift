public import Markets
public import Trading
public import Units

/// A transfer that a strategy asked for.
package struct TransferAsk: Hashable, Sendable {
    package let id: TransferID
    package let amount: Amount
    package let asset: Asset
    package let source: Venue
    package let target: Venue

    package init(id: TransferID, amount: Amount, asset: Asset, source: Venue, target: Venue) {
        (self.id, self.amount, self.asset) = (id, amount, asset)
        (self.source, self.target) = (source, target)
    }
}

/// The accounts of one strategy as its venues report them, written by the engine.
package protocol AccountBook: AnyObject {
    /// What is held of an asset at a venue.
    func balance(of asset: Asset, at venue: Venue) -> Amount
    /// Equity in the share class.
    func equity() -> Amount
    /// The margin account of a venue with positions; the one with the lowest ratio when it has several.
    func margin(at venue: Venue) -> MarginView?
    /// The mark price of an instrument, at its price scale.
    func markPrice(of index: InstrumentIndex) -> Price?
    /// The last index price of a contract.
    func indexPrice(of index: InstrumentIndex) -> IndexPrice?
}

/// Money: a strategy sees what its venues report and may ask to move it.
///
/// In a run with contracts (perpetuals or futures) each venue has its own balances; the capital arrives
/// at ``Venue/wallet`` and moves by ``transfer(_:of:from:to:)``. In a run without, balances are pooled:
/// that of the share class is the same at every venue.
extension StrategyContext {
    /// What the strategy holds of an asset at a venue, at the asset's ledger scale; nothing where the run
    /// has no such account. What is on its way between venues is at neither.
    public func balance(of asset: Asset, at venue: Venue) -> Amount {
        accounts?.balance(of: asset, at: venue) ?? .zero
    }

    /// The strategy's own equity in the share class, rounded half even at the asset's ledger scale: balances,
    /// what is on its way, and unrealised profit; the notional of contracts is not part of it.
    public func equity() -> Amount { accounts?.equity() ?? .zero }

    /// The margin account of a venue where the strategy has positions of contracts; nil without one. Where
    /// it has several (isolated positions, other settlement assets), the one with the lowest ratio.
    public func margin(at venue: Venue) -> MarginView? { accounts?.margin(at: venue) }

    /// The mark price of an instrument, rounded half even at its price scale; nil before the first.
    public func markPrice(of index: InstrumentIndex) -> Price? { accounts?.markPrice(of: index) }

    /// The last index price of a contract and when it was known, from its series of the kind
    /// ``SeriesKind/index``; nil before the first, and without such a series. ``IndexPrice/isStale(at:)``
    /// tells whether it is still to be gone by.
    public func indexPrice(of index: InstrumentIndex) -> IndexPrice? { accounts?.indexPrice(of: index) }
}
