/// Where an order stands.
///
/// `pending` -> `submitting` -> `submitted` -> `accepted` -> `partiallyFilled` -> `filled`. Any of the
/// working states may end in `cancelled`, those that reached the venue in `expired`, those that the venue
/// has not accepted in `rejected`. `outcomeUnknown` is not a failure: the venue has the answer, and any
/// later state may follow.
public enum OrderStatus: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Decided, not yet recorded as an intent to send.
    case pending = 0
    /// The intent is durable; the message is leaving.
    case submitting
    /// The message left.
    case submitted
    /// The venue works it.
    case accepted
    /// Some of it filled.
    case partiallyFilled
    /// All of it filled.
    case filled
    /// Withdrawn by us or the venue; what filled stays.
    case cancelled
    /// Refused, by the risk gate or the venue.
    case rejected
    /// Its time in force ended.
    case expired
    /// Nobody here knows: the venue must be asked for the client id.
    case outcomeUnknown

    /// Whether nothing more can happen.
    public var isTerminal: Bool {
        switch self {
        case .filled, .cancelled, .rejected, .expired: true
        default: false
        }
    }

    /// `partially_filled`.
    public var name: String {
        switch self {
        case .pending: "pending"
        case .submitting: "submitting"
        case .submitted: "submitted"
        case .accepted: "accepted"
        case .partiallyFilled: "partially_filled"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        case .expired: "expired"
        case .outcomeUnknown: "outcome_unknown"
        }
    }

    /// Whether an order may go from this status to another.
    public func allows(_ next: OrderStatus) -> Bool {
        OrderStatus.allowed[Int(rawValue)] >> next.rawValue & 1 != 0
    }

    /// For each status, by raw value, the set of statuses that may follow, as bits.
    private static let allowed: [UInt16] = allCases.map { status in
        status.successors.reduce(UInt16(0)) { $0 | 1 << $1.rawValue }
    }

    /// The statuses that may follow.
    private var successors: [OrderStatus] {
        switch self {
        case .pending: [.submitting, .cancelled, .rejected]
        case .submitting: [.submitted, .rejected, .cancelled, .outcomeUnknown]
        case .submitted:
            [.accepted, .partiallyFilled, .filled, .cancelled, .rejected, .expired, .outcomeUnknown]
        case .accepted, .partiallyFilled: [.partiallyFilled, .filled, .cancelled, .expired, .outcomeUnknown]
        case .outcomeUnknown:
            [.submitted, .accepted, .partiallyFilled, .filled, .cancelled, .rejected, .expired]
        case .filled, .cancelled, .rejected, .expired: []
        }
    }
}

/// Why an order was rejected, cancelled or ended. Stable: results and logs show ``name``.
public enum OrderReason: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// None to give.
    case none = 0
    /// The strategy asked.
    case requested
    /// The rest of an immediate-or-cancel order.
    case immediateOrCancel
    /// A fill-or-kill order could not fill whole.
    case fillOrKill
    /// A post-only order would have traded on arrival.
    case wouldTake
    /// A reduce-only order had no position to reduce.
    case nothingToReduce
    /// The quantity is not positive or not a multiple of the lot size.
    case badQuantity
    /// A price is not positive or not a multiple of the tick size.
    case badPrice
    /// The combination of type and flags has no meaning, as a post-only market order.
    case badCombination
    /// Selling more spot than is held is refused in this run.
    case shortSpotRefused
    /// The quote asset does not suffice and overdraft is refused in this run.
    case insufficientFunds
    /// A risk limit.
    case riskLimit
    /// The kill switch is engaged.
    case killSwitch
    /// Its day or session ended.
    case sessionEnded
    /// No such order, or it already ended.
    case notWorking
    /// No price is known yet for what it would trade.
    case noMark
    /// Too many working orders.
    case tooManyOrders
    /// The run's window has not begun: what comes before it only warms strategies up.
    case notTrading
    /// The margin account does not cover the order.
    case insufficientMargin
    /// The venue closed the position by force, or cancelled the orders of an account before it did.
    case liquidated
    /// The contract expired.
    case expired
    /// The venue reduced the position to cover a bankrupt account on the other side.
    case deleveraged
    /// The position went on in another contract; orders for the old one ended, and it takes no more that
    /// would open a position.
    case rolled
    /// Nobody reaches the venue.
    case venueUnavailable
    /// A risk monitor lets the account only reduce.
    case riskOverride

    /// Kebab-case name: `would-take`.
    public var name: String {
        switch self {
        case .none: ""
        case .requested: "requested"
        case .immediateOrCancel: "immediate-or-cancel"
        case .fillOrKill: "fill-or-kill"
        case .wouldTake: "would-take"
        case .nothingToReduce: "nothing-to-reduce"
        case .badQuantity: "bad-quantity"
        case .badPrice: "bad-price"
        case .badCombination: "bad-combination"
        case .shortSpotRefused: "short-spot-refused"
        case .insufficientFunds: "insufficient-funds"
        case .riskLimit: "risk-limit"
        case .killSwitch: "kill-switch"
        case .sessionEnded: "session-ended"
        case .notWorking: "not-working"
        case .noMark: "no-mark"
        case .tooManyOrders: "too-many-orders"
        case .notTrading: "not-trading"
        case .insufficientMargin: "insufficient-margin"
        case .liquidated: "liquidated"
        case .expired: "expired"
        case .deleveraged: "deleveraged"
        case .rolled: "rolled"
        case .venueUnavailable: "venue-unavailable"
        case .riskOverride: "risk-override"
        }
    }
}
