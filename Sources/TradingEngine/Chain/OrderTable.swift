package import Trading
internal import Units

/// The orders that still work, by number. An order leaves when it ends, so memory follows the open orders,
/// not the length of the run.
///
/// Open addressing with linear probing over a table of a power of two; removal moves followers back, so
/// there are no tombstones.
package final class OrderTable {
    private let slots: Cell<UnsafeMutablePointer<Order>>
    /// Numbers by slot; 0 is free.
    private let numbers: Cell<UnsafeMutablePointer<UInt64>>
    private let mask: Cell<Int>
    private let used = Cell(0)

    package init() {
        let capacity = 256
        slots = Cell(UnsafeMutablePointer<Order>.allocate(capacity: capacity))
        numbers = Cell(UnsafeMutablePointer<UInt64>.allocate(capacity: capacity))
        numbers.value.initialize(repeating: 0, count: capacity)
        mask = Cell(capacity - 1)
    }

    deinit {
        slots.value.deallocate()
        numbers.value.deallocate()
    }

    /// Number of working orders.
    package var count: Int { used.value }

    package func insert(_ order: Order) {
        if used.value * 2 > mask.value { grow() }
        place(order)
        used.value += 1
    }

    package subscript(id: OrderID) -> Order? { find(id).map { slots.value[$0] } }

    /// Where an order is, to change it there; nil when it does not work. Valid until the next insertion or
    /// removal.
    package func place(of id: OrderID) -> UnsafeMutablePointer<Order>? { find(id).map { slots.value + $0 } }

    /// Every order, in no order that means anything.
    package func forEach<Failure: Error>(_ body: (Order) throws(Failure) -> Void) throws(Failure) {
        for index in 0...mask.value where numbers.value[index] != 0 { try body(slots.value[index]) }
    }

    /// Forgets an order.
    package func remove(_ id: OrderID) {
        guard var hole = find(id) else { return }
        used.value -= 1
        var next = (hole + 1) & mask.value
        while numbers.value[next] != 0 {
            let home = Int(truncatingIfNeeded: numbers.value[next]) & mask.value
            // Moves back unless its home lies behind the hole on the way to it.
            if (next - home) & mask.value >= (next - hole) & mask.value {
                numbers.value[hole] = numbers.value[next]
                slots.value[hole] = slots.value[next]
                hole = next
            }
            next = (next + 1) & mask.value
        }
        numbers.value[hole] = 0
    }

    private func find(_ id: OrderID) -> Int? {
        if id.number == 0 { return nil }
        var index = Int(truncatingIfNeeded: id.number) & mask.value
        while numbers.value[index] != 0 {
            if numbers.value[index] == id.number { return index }
            index = (index + 1) & mask.value
        }
        return nil
    }

    private func place(_ order: Order) {
        var index = Int(truncatingIfNeeded: order.id.number) & mask.value
        while numbers.value[index] != 0 { index = (index + 1) & mask.value }
        numbers.value[index] = order.id.number
        (slots.value + index).initialize(to: order)
    }

    private func grow() {
        let (oldSlots, oldNumbers, oldCount) = (slots.value, numbers.value, mask.value + 1)
        let capacity = oldCount * 2
        slots.value = UnsafeMutablePointer<Order>.allocate(capacity: capacity)
        numbers.value = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        numbers.value.initialize(repeating: 0, count: capacity)
        mask.value = capacity - 1
        for index in 0..<oldCount where oldNumbers[index] != 0 { place(oldSlots[index]) }
        oldSlots.deallocate()
        oldNumbers.deallocate()
    }
}
