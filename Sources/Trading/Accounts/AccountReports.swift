public import Markets
public import Units

/// Number of a transfer within its run, from 1 up.
public struct TransferID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number.
    public let number: UInt64

    /// A transfer's number.
    @inlinable public init(_ number: UInt64) { self.number = number }

    @inlinable public static func < (a: TransferID, b: TransferID) -> Bool { a.number < b.number }
}

/// Why a transfer was refused. Stable: logs show ``name``.
public enum TransferRefusal: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// The amount is not positive, or not above the cost of the transfer.
    case badAmount = 0
    /// The run has no account of the asset at one of the two venues, or they are the same.
    case unknownAccount
    /// More than is free: the balance less what positions and working orders need.
    case insufficientFunds
    /// The run's window has not begun.
    case notTrading
    /// Nobody reaches the venue that it should leave.
    case venueUnavailable

    /// Kebab-case name.
    public var name: String {
        switch self {
        case .badAmount: "bad-amount"
        case .unknownAccount: "unknown-account"
        case .insufficientFunds: "insufficient-funds"
        case .notTrading: "not-trading"
        case .venueUnavailable: "venue-unavailable"
        }
    }
}

/// A transfer between two venues, or between a venue and the wallet.
public struct TransferReport: Hashable, Sendable {
    /// Its number.
    public let id: TransferID
    /// What is moved.
    public let asset: Asset
    /// How much left.
    public let amount: Amount
    /// What arrives: the amount less the cost.
    public let received: Amount
    /// From where.
    public let source: Venue
    /// To where.
    public let target: Venue

    /// A transfer.
    public init(
        id: TransferID, asset: Asset, amount: Amount, received: Amount, source: Venue, target: Venue
    ) {
        (self.id, self.asset, self.amount, self.received) = (id, asset, amount, received)
        (self.source, self.target) = (source, target)
    }
}

/// Funding of one position at one stamp.
public struct FundingReport: Hashable, Sendable {
    /// Which contract.
    public let instrument: InstrumentIndex
    /// The moment of the data's own stamp.
    public let stamp: Instant
    /// The position then.
    public let position: Quantity
    /// The mark price, at the instrument's mark scale.
    public let mark: ExactDecimal
    /// The rate.
    public let rate: ExactDecimal
    /// What was received in the settlement asset; negative was paid.
    public let amount: Amount

    /// A payment.
    public init(
        instrument: InstrumentIndex, stamp: Instant, position: Quantity, mark: ExactDecimal,
        rate: ExactDecimal, amount: Amount
    ) {
        (self.instrument, self.stamp, self.position) = (instrument, stamp, position)
        (self.mark, self.rate, self.amount) = (mark, rate, amount)
    }
}

/// What happened to the accounts of a strategy at a venue.
public enum AccountUpdate: Hashable, Sendable {
    /// A transfer left its source.
    case transferSent(TransferReport)
    /// A transfer arrived.
    case transferArrived(TransferReport)
    /// A transfer was refused; nothing moved.
    case transferRefused(TransferReport, TransferRefusal)
    /// Funding was settled.
    case fundingSettled(FundingReport)
    /// The margin ratio of an account fell below the level at which the venue warns.
    case marginCalled(MarginView)
    /// The venue closed a position by force; the fill comes as an order update with the reason
    /// ``OrderReason/liquidated``.
    case liquidated(InstrumentIndex)
    /// The venue reduced a profitable position to cover a bankrupt account on the other side; the fill comes
    /// as an order update with the reason ``OrderReason/deleveraged``.
    case deleveraged(InstrumentIndex)
    /// A dated future was settled; the fill comes as an order update with the reason
    /// ``OrderReason/expired``.
    case expired(InstrumentIndex)
    /// The position of a dated future goes on in another contract; both fills come as order updates with the
    /// reason ``OrderReason/rolled``.
    case rolled(InstrumentIndex, into: InstrumentIndex)
    /// The margin account does not carry the next contract: the position stays where it is, and is settled
    /// at the expiry if the account does not carry it before then.
    case rollRefused(InstrumentIndex)
    /// An atomic group ended: executed, reverted, expired or refused.
    case groupEnded(GroupReport)
    /// A lending pool liquidated the strategy's position: collateral was taken for a part of the debt.
    case loanLiquidated(LoanLiquidation)
    /// A reward came into the wallet: of the asset of an instrument, so much.
    case rewardReceived(InstrumentIndex, Amount)
    /// Capital came into the wallet, in the share class.
    case capitalDeposited(Amount)
    /// Capital is to be paid out, in the share class: it leaves once the wallet holds it.
    case withdrawalRequested(Amount)
    /// Capital was paid out of the wallet.
    case capitalWithdrawn(Amount)
}
