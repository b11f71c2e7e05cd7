public import Markets
package import Trading
public import Units

/// An atomic group that a strategy asked for.
package struct GroupAsk: Hashable, Sendable {
    package let id: GroupID
    package let group: OperationGroup

    package init(id: GroupID, group: OperationGroup) { (self.id, self.group) = (id, group) }
}

/// What one strategy sees of the protocols of a run, written by the engine.
package protocol ProtocolBook: AnyObject {
    /// What stands at an aToken, debt token or staking token.
    func position(of index: InstrumentIndex) -> Amount
    /// The index by which a deposit or debt grows.
    func growthIndex(of index: InstrumentIndex) -> Ray?
    /// Collateral over debt.
    func healthFactor() -> ExactDecimal?
    /// ETH for one staking token.
    func stakingRatio(of index: InstrumentIndex) -> Wad?
    /// Quote for one base in a pool.
    func swapRate(of pool: InstrumentIndex) -> Wad?
    /// What is in the queue of a staking token's protocol.
    func unstaking(of index: InstrumentIndex) -> (waiting: Amount, claimable: Amount)
}

/// Protocols on a chain: what a strategy owns and owes there, and what the series say at this moment.
///
/// Amounts are at the ledger scale of the asset. What lies in the wallet is
/// ``StrategyContext/balance(of:at:)`` at ``Venue/wallet``.
extension StrategyContext {
    /// What stands at an aToken (the deposit with its interest), a debt token (what is owed, positive) or a
    /// staking token (what is held of it); nothing in a run without protocols.
    public func holding(of index: InstrumentIndex) -> Amount { protocols?.position(of: index) ?? .zero }

    /// The index by which a deposit (aToken) or a debt (debt token) grows, as last known; nil before the
    /// first row of its series, and for anything else.
    public func growthIndex(of index: InstrumentIndex) -> Ray? { protocols?.growthIndex(of: index) }

    /// Collateral times liquidation threshold over debt, at oracle prices: below 1 the position may be
    /// liquidated. Nil without debt.
    public func healthFactor() -> ExactDecimal? { protocols?.healthFactor() }

    /// ETH for one whole staking token at its protocol, as the oracle last told; nil before the first.
    public func stakingRatio(of index: InstrumentIndex) -> Wad? { protocols?.stakingRatio(of: index) }

    /// Whole quote tokens for one whole base token in a pool, before costs, as last known; nil before the
    /// first.
    public func swapRate(of pool: InstrumentIndex) -> Wad? { protocols?.swapRate(of: pool) }

    /// ETH that was asked back from the protocol of a staking token: all that is in its queue, and the part
    /// of it that ``OperationKind/claim`` takes out now.
    public func unstaking(of index: InstrumentIndex) -> (waiting: Amount, claimable: Amount) {
        protocols?.unstaking(of: index) ?? (.zero, .zero)
    }
}

/// A series that a strategy cannot run without, by its instrument.
public struct SeriesNeed: Hashable, Sendable, CustomStringConvertible {
    /// Whose.
    public let instrument: InstrumentID
    /// Of which kind.
    public let kind: SeriesKind
    /// Whether it tells of events, as rewards: then it may begin late and end early.
    public let isOccasional: Bool

    /// A need; of a series that covers the whole run unless said otherwise.
    public init(_ instrument: InstrumentID, _ kind: SeriesKind, isOccasional: Bool = false) {
        (self.instrument, self.kind, self.isOccasional) = (instrument, kind, isOccasional)
    }

    public var description: String { "\(kind.rawValue) of \(instrument)" }
}
