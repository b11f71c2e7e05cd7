internal import Trading

/// The orders that still work. An order leaves when it ends, so memory follows the open orders, not the
/// length of the run.
struct OrderTable {
    private var slots: [Order] = []
    private var free: [Int] = []
    private var place: [UInt64: Int] = [:]

    /// Number of working orders.
    var count: Int { place.count }

    mutating func insert(_ order: Order) {
        if let slot = free.popLast() {
            slots[slot] = order
            place[order.id.number] = slot
        } else {
            place[order.id.number] = slots.count
            slots.append(order)
        }
    }

    subscript(id: OrderID) -> Order? { place[id.number].map { slots[$0] } }

    /// Changes an order in place; false when it does not work.
    mutating func update<Failure: Error>(
        _ id: OrderID, _ change: (inout Order) throws(Failure) -> Void
    ) throws(Failure) -> Order? {
        guard let slot = place[id.number] else { return nil }
        try change(&slots[slot])
        let order = slots[slot]
        if order.status.isTerminal {
            place[id.number] = nil
            free.append(slot)
        }
        return order
    }
}
