public import Markets
public import Units

/// What the engine asks of a venue, simulated or real.
public enum VenueCommand: Hashable, Sendable, BitwiseCopyable {
    /// Work a new order.
    case submit(OrderID, OrderRequest, strategy: Int)
    /// Withdraw an order.
    case cancel(OrderID, of: InstrumentIndex)
    /// Change quantity and type of an order.
    case amend(OrderID, of: InstrumentIndex, quantity: Quantity, type: OrderType)
}

/// Whether a fill took liquidity or gave it.
public enum Liquidity: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// The order traded on arrival.
    case taker = 0
    /// The order rested and was hit.
    case maker
}

/// One fill of one order.
public struct FillReport: Hashable, Sendable, BitwiseCopyable {
    /// Which order.
    public var order: OrderID
    /// Instant of the fill.
    public var time: Instant
    /// Quantity, positive.
    public var quantity: Quantity
    /// Price, at the instrument's fill price scale.
    public var price: Price
    /// Price before slippage, at the same scale; equal to ``price`` without slippage.
    public var referencePrice: Price
    /// Commission in the quote asset, at its ledger scale; negative is a rebate.
    public var fee: Amount
    /// Took or gave liquidity.
    public var liquidity: Liquidity

    /// A fill.
    public init(
        order: OrderID, time: Instant, quantity: Quantity, price: Price, referencePrice: Price, fee: Amount,
        liquidity: Liquidity
    ) {
        self.order = order
        self.time = time
        self.quantity = quantity
        self.price = price
        self.referencePrice = referencePrice
        self.fee = fee
        self.liquidity = liquidity
    }
}

/// What a venue says of an order.
public enum VenueReport: Hashable, Sendable, BitwiseCopyable {
    /// It works the order.
    case accepted(OrderID)
    /// It refused the order.
    case rejected(OrderID, OrderReason)
    /// It filled some or all of the order.
    case filled(FillReport)
    /// The order ended unfilled or partly filled.
    case cancelled(OrderID, OrderReason)
    /// The order's time in force ended.
    case expired(OrderID, OrderReason)
    /// It changed the order.
    case amended(OrderID, quantity: Quantity, type: OrderType)
    /// It refused to cancel or change the order.
    case refused(OrderID, OrderReason)

    /// The order that it is about.
    public var order: OrderID {
        switch self {
        case .accepted(let id), .rejected(let id, _), .cancelled(let id, _), .expired(let id, _),
            .amended(let id, _, _), .refused(let id, _):
            id
        case .filled(let fill): fill.order
        }
    }
}
