import Markets
import Testing
import Trading
import Units

@Suite("The life of an order")
struct OrderTests {
    /// The design, written out: what may follow each status.
    static let legal: [OrderStatus: Set<OrderStatus>] = [
        .pending: [.submitting, .cancelled, .rejected],
        .submitting: [.submitted, .cancelled, .rejected, .outcomeUnknown],
        .submitted: [.accepted, .partiallyFilled, .filled, .cancelled, .rejected, .expired, .outcomeUnknown],
        .accepted: [.partiallyFilled, .filled, .cancelled, .expired, .outcomeUnknown],
        .partiallyFilled: [.partiallyFilled, .filled, .cancelled, .expired, .outcomeUnknown],
        .filled: [],
        .cancelled: [],
        .rejected: [],
        .expired: [],
        .outcomeUnknown: [
            .submitted, .accepted, .partiallyFilled, .filled, .cancelled, .rejected, .expired,
        ],
    ]

    /// How each status is reached.
    private static let routes: [OrderStatus: [OrderStatus]] = [
        .pending: [], .submitting: [.submitting], .submitted: [.submitting, .submitted],
        .accepted: [.submitting, .submitted, .accepted],
        .partiallyFilled: [.submitting, .submitted, .accepted, .partiallyFilled],
        .filled: [.submitting, .submitted, .filled], .cancelled: [.submitting, .cancelled],
        .rejected: [.rejected], .expired: [.submitting, .submitted, .accepted, .expired],
        .outcomeUnknown: [.submitting, .outcomeUnknown],
    ]

    static func order(_ status: OrderStatus, quantity: Int64 = 10) throws -> Order {
        var order = Order(
            id: OrderID(7), strategy: 0,
            request: OrderRequest(.buy, Quantity(mantissa: quantity), of: InstrumentIndex(0)),
            decidedAt: .epoch)
        for step in routes[status, default: []] { try advance(&order, to: step) }
        #expect(order.status == status)
        return order
    }

    /// One step by the way that fits it: fills for the filled statuses, moves for the others.
    static func advance(_ order: inout Order, to status: OrderStatus) throws(OrderError) {
        switch status {
        case .filled: try order.fill(order.leaves)
        case .partiallyFilled: try order.fill(Quantity(mantissa: 3))
        default: try order.move(to: status, reason: .requested)
        }
    }

    @Test("each of the hundred transitions is allowed just where the design says, else refused unchanged")
    func transitions() throws {
        #expect(OrderStatus.allCases.count == 10)
        for from in OrderStatus.allCases {
            for to in OrderStatus.allCases {
                let isLegal = Self.legal[from]!.contains(to)
                #expect(from.allows(to) == isLegal, "\(from) to \(to)")
                var order = try Self.order(from)
                let before = order
                do throws(OrderError) {
                    try Self.advance(&order, to: to)
                    #expect(isLegal, "\(from) to \(to) went through")
                    #expect(order.status == to)
                } catch {
                    #expect(!isLegal, "\(from) to \(to): \(error)")
                    #expect(order == before, "a refused change leaves the order as it was")
                    if from != .filled || (to != .filled && to != .partiallyFilled) {
                        #expect(error == .illegalTransition(order: OrderID(7), from: from, to: to))
                    }
                }
            }
        }
    }

    @Test("a fill is never a bare change of status")
    func fillsNeedQuantities() throws {
        for from in OrderStatus.allCases {
            for to in [OrderStatus.filled, .partiallyFilled] {
                var order = try Self.order(from)
                let before = order
                #expect(throws: OrderError.illegalTransition(order: OrderID(7), from: from, to: to)) {
                    try order.move(to: to)
                }
                #expect(order == before)
            }
        }
    }

    @Test("what ends an order is just what nothing follows")
    func terminalStatuses() {
        for status in OrderStatus.allCases { #expect(status.isTerminal == Self.legal[status]!.isEmpty) }
    }

    @Test("fills add up, and more than is left is refused")
    func fills() throws {
        var order = try Self.order(.accepted)
        try order.fill(Quantity(mantissa: 4))
        #expect(order.status == .partiallyFilled && order.leaves == Quantity(mantissa: 6))
        let before = order
        for bad in [Int64(7), 0, -1, Int64.max, Int64.min] {
            #expect(
                throws: OrderError.overfill(
                    order: OrderID(7), leaves: Quantity(mantissa: 6), fill: Quantity(mantissa: bad))
            ) { try order.fill(Quantity(mantissa: bad)) }
            #expect(order == before)
        }
        try order.fill(Quantity(mantissa: 6))
        #expect(order.status == .filled && order.leaves == .zero && order.filled == Quantity(mantissa: 10))
    }

    @Test("an amendment keeps what filled, and an order that ended takes none")
    func amendments() throws {
        var order = try Self.order(.partiallyFilled)
        let limit = OrderType.limit(Price(mantissa: 5))
        try order.amend(quantity: Quantity(mantissa: 4), type: limit)
        #expect(order.request.quantity == Quantity(mantissa: 4) && order.request.type == limit)
        #expect(order.leaves == Quantity(mantissa: 1) && order.status == .partiallyFilled)
        let before = order
        for bad in [Int64(3), 2, 0, -5, Int64.min] {
            #expect(throws: OrderError.illegalAmendment(order: OrderID(7), status: .partiallyFilled)) {
                try order.amend(quantity: Quantity(mantissa: bad), type: .market)
            }
            #expect(order == before)
        }
        for status in OrderStatus.allCases {
            var other = try Self.order(status)
            let isRefused = status.isTerminal || status == .outcomeUnknown
            let amended = (try? other.amend(quantity: Quantity(mantissa: 20), type: limit)) != nil
            #expect(amended == !isRefused, "\(status)")
        }
    }

    @Test("the reason of an end stays with the order")
    func reasons() throws {
        var order = try Self.order(.submitted)
        try order.move(to: .rejected, reason: .wouldTake)
        #expect(order.reason == .wouldTake)
        let names = OrderReason.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(OrderStatus.allCases.map(\.name)).count == 10)
    }
}
