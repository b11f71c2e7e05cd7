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
