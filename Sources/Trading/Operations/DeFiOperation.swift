public import Markets
public import Units

/// What one operation on a chain does.
public enum OperationKind: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Lends to a pool, for an aToken.
    case supply = 0
    /// Takes back what was lent.
    case withdraw
    /// Takes a loan from a pool, against what is supplied there.
    case borrow
    /// Pays a loan back.
    case repay
    /// Gives an asset to a staking protocol, for its token.
    case stake
    /// Gives the token of a staking protocol back.
    case unstake
    /// Trades one token for another in a pool.
    case swap
    /// Takes a loan that the same group pays back.
    case flashBorrow
    /// Pays back the loan that the same group took.
    case flashRepay
    /// Moves an asset between the wallet and a venue.
    case transfer
    /// Takes what a staking protocol's queue has ready for payment.
    case claim
    /// Has the lending position judged by the pool's efficiency mode, for assets of one kind.
    case enterEfficiencyMode

    /// Kebab-case name: `flash-borrow`.
    public var name: String {
        switch self {
        case .supply: "supply"
        case .withdraw: "withdraw"
        case .borrow: "borrow"
        case .repay: "repay"
        case .stake: "stake"
        case .unstake: "unstake"
        case .swap: "swap"
        case .flashBorrow: "flash-borrow"
        case .flashRepay: "flash-repay"
        case .transfer: "transfer"
        case .claim: "claim"
        case .enterEfficiencyMode: "enter-efficiency-mode"
        }
    }
}

/// How much an operation moves.
public enum OperationAmount: Hashable, Sendable, BitwiseCopyable {
    /// So much, at the asset's ledger scale. What is finer than the token counts is left out, toward zero.
    case exact(Amount)
    /// All there is: of the wallet, the deposit or the debt, as it stands when the operation runs.
    case all
    /// What the operation before it in the group put into the wallet. Not for a loan.
    case produced
}

/// One operation on a chain: what, through which instrument, how much.
///
/// The instrument names the other side: the aToken of a supply or withdrawal, the debt token of a loan, the
/// token of a stake or a claim, the pool of a swap, the balance (type `base`) of a flash loan or the far side
/// of a transfer, any token of the pool to enter its efficiency mode. A claim and an entry into the
/// efficiency mode take ``OperationAmount/all``.
public struct DeFiOperation: Hashable, Sendable, BitwiseCopyable {
    /// What it does.
    public let kind: OperationKind
    /// Through which instrument.
    public let instrument: InstrumentIndex
    /// How much, of the asset that is given; of a loan or withdrawal, of the asset that is taken.
    public let amount: OperationAmount
    /// Of a swap: ``Side/sell`` gives the pool's base, ``Side/buy`` its quote. Of a transfer:
    /// ``Side/sell`` sends out of the wallet, ``Side/buy`` brings back. ``Side/sell`` otherwise.
    public let side: Side

    /// An operation.
    public init(
        _ kind: OperationKind, _ amount: OperationAmount, through instrument: InstrumentIndex,
        side: Side = .sell
    ) {
        (self.kind, self.instrument, self.amount, self.side) = (kind, instrument, amount, side)
    }
}
