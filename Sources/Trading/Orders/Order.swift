public import Units

/// What may not happen to an order.
public enum OrderError: Error, Hashable, CustomStringConvertible {
    /// The status does not allow the change.
    case illegalTransition(order: OrderID, from: OrderStatus, to: OrderStatus)
    /// A fill larger than what is left, or not positive.
    case overfill(order: OrderID, leaves: Quantity, fill: Quantity)
    /// An amendment of an order that does not work, or to a quantity not above what filled.
    case illegalAmendment(order: OrderID, status: OrderStatus)

    public var description: String {
        switch self {
        case .illegalTransition(let order, let from, let to):
            "order \(order.number) cannot go from \(from.name) to \(to.name)"
        case .overfill(let order, let leaves, let fill):
            "order \(order.number) has \(leaves.mantissa) units left; a fill of \(fill.mantissa) was reported"
        case .illegalAmendment(let order, let status):
            "order \(order.number) cannot be amended while \(status.name)"
        }
    }
}

/// An order and where it stands. Every change goes through a checked transition.
public struct Order: Hashable, Sendable, BitwiseCopyable {
    /// Number within the run.
    public let id: OrderID
    /// Place of the strategy that asked.
    public let strategy: Int
    /// What was asked for; changed only by ``amend(quantity:type:)``.
    public private(set) var request: OrderRequest
    /// Where it stands.
    public private(set) var status: OrderStatus = .pending
    /// How much of it filled.
    public private(set) var filled: Quantity = .zero
    /// Why it ended, where a reason was given.
    public private(set) var reason: OrderReason = .none
    /// When the strategy decided.
    public let decidedAt: Instant

    /// A new order, pending.
    public init(id: OrderID, strategy: Int, request: OrderRequest, decidedAt: Instant) {
        (self.id, self.strategy, self.request, self.decidedAt) = (id, strategy, request, decidedAt)
    }

    /// What is left to fill.
    @inlinable public var leaves: Quantity {
        Quantity(mantissa: request.quantity.mantissa - filled.mantissa)
    }

    /// Moves to another status.
    ///
    /// Fills go through ``fill(_:)`` instead. Throws, with nothing changed, when the status does not
    /// allow it.
    public mutating func move(to next: OrderStatus, reason: OrderReason = .none) throws(OrderError) {
        guard status.allows(next), next != .filled, next != .partiallyFilled else {
            throw .illegalTransition(order: id, from: status, to: next)
        }
        status = next
        self.reason = reason
    }

    /// Books a fill; the status becomes `filled` or `partiallyFilled`.
    public mutating func fill(_ quantity: Quantity) throws(OrderError) {
        guard quantity.mantissa > 0, quantity <= leaves else {
            throw .overfill(order: id, leaves: leaves, fill: quantity)
        }
        let next: OrderStatus = quantity == leaves ? .filled : .partiallyFilled
        guard status.allows(next) else {
            throw .illegalTransition(order: id, from: status, to: next)
        }
        filled = Quantity(mantissa: filled.mantissa + quantity.mantissa)
        status = next
    }

    /// Changes quantity or type of a working order. The quantity stays above what filled.
    public mutating func amend(quantity: Quantity, type: OrderType) throws(OrderError) {
        guard !status.isTerminal, status != .outcomeUnknown, quantity > filled else {
            throw .illegalAmendment(order: id, status: status)
        }
        request.quantity = quantity
        request.type = type
    }
}
