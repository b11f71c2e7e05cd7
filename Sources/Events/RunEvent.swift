public import Markets
public import Trading
public import Units

/// One record of a run's log. Times are engine times; nothing of the wall clock, the host or the run's
/// name is in it, so equal inputs and seed give equal bytes.
public enum RunEvent: Hashable, Sendable {
    /// The run begins: its inputs as canonical text (digests of the series, strategies, parameters,
    /// capital, execution model).
    case opened(inputs: String)
    /// A strategy's order, before anything is sent.
    case orderSubmitted(OrderID, OrderRequest, strategy: Int)
    /// A strategy asked to cancel.
    case cancelRequested(OrderID)
    /// A strategy asked to amend.
    case amendRequested(OrderID, quantity: Quantity, type: OrderType)
    /// An order moved to a status other than by a fill.
    case orderMoved(OrderID, OrderStatus, OrderReason)
    /// A cancel or amend request was refused; the order stands as it was.
    case requestRefused(OrderID, OrderReason)
    /// An order was changed.
    case orderAmended(OrderID, quantity: Quantity, type: OrderType)
    /// An order filled.
    case orderFilled(FillReport)
    /// A transfer left; source and target are places in the run's list of balances.
    case transferSent(
        TransferID, strategy: Int, source: Int, target: Int, amount: Amount, received: Amount)
    /// A transfer arrived.
    case transferArrived(TransferID, strategy: Int)
    /// A transfer was refused; nothing moved.
    case transferRefused(TransferID, strategy: Int, TransferRefusal)
    /// Funding of a position was settled.
    case fundingSettled(FundingReport, strategy: Int)
    /// A venue warned of a margin account; `account` is a place in the run's list of balances.
    case marginCalled(strategy: Int, account: Int, equity: Amount, notional: Amount)
    /// A venue closed a position, or part of one: liquidated or expired. The penalty is the liquidation fee.
    case positionClosed(
        FillReport, instrument: InstrumentIndex, side: Side, strategy: Int, reason: OrderReason,
        penalty: Amount)
    /// The position of a dated future went on in another contract: both fills, the side of the closing one.
    case positionRolled(
        closing: FillReport, of: InstrumentIndex, opening: FillReport, into: InstrumentIndex, side: Side,
        strategy: Int)
    /// A venue's insurance paid what an account could not.
    case insurancePaid(strategy: Int, account: Int, amount: Amount)
    /// A strategy's atomic group, before anything is sent.
    case groupSubmitted(GroupID, OperationGroup, strategy: Int)
    /// A group ended: what each operation moved, where it executed; the operation that failed, from 1 up;
    /// gas at the ledger scale of the asset in which it was paid.
    case groupEnded(
        GroupID, GroupStatus, GroupFailure, operation: Int, strategy: Int, moved: [Amount], gas: Amount)
    /// A deposit or debt grew with its index, by an amount of the instrument's asset; of a debt what is owed
    /// more.
    case interestSettled(InstrumentIndex, strategy: Int, amount: Amount)
    /// Capital came (positive) or went (negative), in the share class.
    case capitalMoved(strategy: Int, amount: Amount)
    /// A reward came into the wallet, in the instrument's asset.
    case rewardReceived(InstrumentIndex, strategy: Int, amount: Amount)
    /// A lending pool liquidated a strategy's position.
    case loanLiquidated(LoanLiquidation, strategy: Int)
    /// A reading of an account's risk monitor came into another band.
    case riskMoved(RiskReading, strategy: Int)
    /// A strategy said what it changes and why.
    case rebalanced(PositionAction, RebalanceReason, strategy: Int)
    /// The chain so far: SHA-256 of every byte before this record.
    case chainLink(Digest)
    /// The run ended: final equity at the ledger's value scale.
    case closed(finalEquity: Int128, valueScale: Scale)

    /// Name in JSON lines, in the past tense.
    public var name: String {
        switch self {
        case .opened: "RunOpened"
        case .orderSubmitted: "OrderSubmitted"
        case .cancelRequested: "CancelRequested"
        case .amendRequested: "AmendRequested"
        case .orderMoved: "OrderMoved"
        case .requestRefused: "RequestRefused"
        case .orderAmended: "OrderAmended"
        case .orderFilled: "OrderFilled"
        case .transferSent: "TransferSent"
        case .transferArrived: "TransferArrived"
        case .transferRefused: "TransferRefused"
        case .fundingSettled: "FundingSettled"
        case .marginCalled: "MarginCalled"
        case .positionClosed: "PositionClosed"
        case .positionRolled: "PositionRolled"
        case .insurancePaid: "InsurancePaid"
        case .groupSubmitted: "GroupSubmitted"
        case .groupEnded: "GroupEnded"
        case .interestSettled: "InterestSettled"
        case .capitalMoved: "CapitalMoved"
        case .rewardReceived: "RewardReceived"
        case .loanLiquidated: "LoanLiquidated"
        case .riskMoved: "RiskMoved"
        case .rebalanced: "Rebalanced"
        case .chainLink: "ChainLinked"
        case .closed: "RunClosed"
        }
    }
}

/// A record with its place and time.
public struct RunRecord: Hashable, Sendable {
    /// Place in the log, from 1 up.
    public let sequence: UInt64
    /// Engine time.
    public let time: Instant
    /// What happened.
    public let event: RunEvent

    /// A record.
    public init(sequence: UInt64, time: Instant, event: RunEvent) {
        (self.sequence, self.time, self.event) = (sequence, time, event)
    }
}
