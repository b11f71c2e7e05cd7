internal import Events
internal import Markets
internal import Trading
internal import Units

/// Follows the orders of a run by the records of its log while they are written.
///
/// Memory and work are bounded: it follows the first ``limit`` orders, and once all of them ended it looks
/// at no record any more. Orders that strategies place while they warm up are none of the run.
final class RunOrders {
    /// The most orders of a run that are told of one by one; the run's log holds them all.
    static let limit = 10_000
    /// The most orders told of at once.
    static let batch = 150

    private let limit: Int
    private var tap = RunLogTap()
    private var markets: [EventMarket] = []
    /// Bytes of the block that is being written that were read already.
    private var bytesRead = 0
    private var begun = 0
    /// Orders that did not end yet; only looked up.
    private var open: [UInt64: FollowedOrder] = [:]
    /// What is to be told, by number.
    private var changed: [UInt64: FollowedOrder] = [:]

    /// Follows the first orders of a run.
    init(limit: Int = RunOrders.limit) { self.limit = limit }

    /// Whether nothing more can be told.
    private var isDone: Bool { begun >= limit && open.isEmpty }

    /// Reads a block of the log that is complete.
    func take(_ block: UnsafeRawBufferPointer) throws {
        defer { bytesRead = 0 }
        try read(block)
    }

    /// Reads what the present block of the log holds so far.
    func look(_ tail: [UInt8]) throws {
        try tail.withUnsafeBytes { try read($0) }
        bytesRead = tail.count
    }

    private func read(_ block: UnsafeRawBufferPointer) throws {
        if isDone { return }
        guard bytesRead < block.count else { return }
        try tap.read(UnsafeRawBufferPointer(rebasing: block[bytesRead...])) { try take($0) }
    }

    /// What changed since it was asked last, by number, in lists of at most ``batch``.
    func news() -> [[JSONText]] {
        let orders = changed.sorted { $0.key < $1.key }.map(\.value)
        changed.removeAll(keepingCapacity: true)
        return stride(from: 0, to: orders.count, by: RunOrders.batch).map { first in
            orders[first..<min(orders.count, first + RunOrders.batch)].map { json($0) }
        }
    }

    private func take(_ record: RunRecord) throws {
        switch record.event {
        case .opened(let inputs):
            markets = inputs.split(separator: "\n").compactMap { EventMarket(line: $0) }
        case .orderSubmitted(let id, let request, _):
            guard begun < limit else { return }
            begun += 1
            note(FollowedOrder(id.number, request, at: record.time))
        case .orderMoved(let id, let status, let reason):
            guard var order = open[id.number] else { return }
            if reason == .notTrading { return forget(order) }
            (order.status, order.updated) = (status, record.time)
            if reason != .none { order.reason = reason }
            note(order)
        case .orderAmended(let id, let quantity, let type):
            guard var order = open[id.number] else { return }
            (order.request.quantity, order.request.type, order.updated) = (quantity, type, record.time)
            note(order)
        case .orderFilled(let fill):
            guard var order = open[fill.order.number] else { return }
            order.add(fill)
            note(order)
        default: return
        }
    }

    private func note(_ order: FollowedOrder) {
        open[order.number] = order.status.isTerminal ? nil : order
        changed[order.number] = order
    }

    /// An order that was placed before the run's window.
    private func forget(_ order: FollowedOrder) {
        open[order.number] = nil
        changed[order.number] = nil
        begun -= 1
    }

    private func json(_ order: FollowedOrder) -> JSONText {
        let place = order.request.instrument.position
        let market = markets.indices.contains(place) ? markets[place] : nil
        func number(_ mantissa: Int128, _ scale: Scale?) -> JSONText {
            .money(ExactDecimal(mantissa: mantissa, scale: scale ?? Scale(0)))
        }
        func price(_ price: Price?) -> JSONText {
            price.map { number(Int128($0.mantissa), market?.priceScale) } ?? .null
        }
        let mean = order.meanPrice.map { number($0, market?.fillScale) } ?? .null
        let (limit, stop) = order.request.type.prices
        return .object([
            JSONMember("order", .integer(Int(clamping: order.number))),
            JSONMember("instrument", .string(market?.instrument ?? String(place))),
            JSONMember("side", .string(order.request.side == .buy ? "buy" : "sell")),
            JSONMember("type", .string(order.request.type.name)),
            JSONMember("status", .string(order.status.name)),
            JSONMember("qty", number(Int128(order.request.quantity.mantissa), market?.quantityScale)),
            JSONMember("filled_qty", number(order.filled, market?.quantityScale)),
            JSONMember("average_price", mean),
            JSONMember("limit_price", price(limit)), JSONMember("stop_price", price(stop)),
            JSONMember("reason", order.reason == .none ? .null : .string(order.reason.name)),
            JSONMember("created_at", .time(order.created)), JSONMember("updated_at", .time(order.updated)),
        ])
    }
}

/// An order as the records so far tell it.
private struct FollowedOrder {
    let number: UInt64
    var request: OrderRequest
    let created: Instant
    var updated: Instant
    var status = OrderStatus.pending
    var reason = OrderReason.none
    /// At the quantity scale of the instrument.
    var filled: Int128 = 0
    /// Sum of quantity x price; nil once it is beyond what is counted.
    private var cost: Int128? = 0

    init(_ number: UInt64, _ request: OrderRequest, at time: Instant) {
        (self.number, self.request) = (number, request)
        (created, updated) = (time, time)
    }

    mutating func add(_ fill: FillReport) {
        filled += Int128(fill.quantity.mantissa)
        let product = Int128(fill.quantity.mantissa) * Int128(fill.price.mantissa)
        if let cost {
            let (sum, overflow) = cost.addingReportingOverflow(product)
            self.cost = overflow ? nil : sum
        }
        updated = fill.time
        status = filled >= Int128(request.quantity.mantissa) ? .filled : .partiallyFilled
    }

    /// Mean price of the fills by quantity, half even, at the fill price scale; nil when there is none.
    var meanPrice: Int128? {
        guard filled > 0, let cost else { return nil }
        let (quotient, rest) = cost.quotientAndRemainder(dividingBy: filled)
        let twice = rest * 2
        return twice > filled || (twice == filled && !quotient.isMultiple(of: 2)) ? quotient + 1 : quotient
    }
}

extension OrderType {
    /// Its limit and its stop, where it has them.
    fileprivate var prices: (limit: Price?, stop: Price?) {
        switch self {
        case .market, .trailingStop: (nil, nil)
        case .limit(let limit): (limit, nil)
        case .stop(let stop): (nil, stop)
        case .stopLimit(let stop, let limit): (limit, stop)
        }
    }
}
