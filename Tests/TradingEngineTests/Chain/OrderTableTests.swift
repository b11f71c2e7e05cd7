import Markets
import Testing
import Trading
import TradingEngine
import Units

@Suite("The table of working orders")
struct OrderTableTests {
    private static func order(_ number: UInt64) -> Order {
        Order(
            id: OrderID(number), strategy: Int(number % 3),
            request: OrderRequest(
                .buy, Quantity(mantissa: Int64(number % 1_000) + 1), of: InstrumentIndex(0)),
            decidedAt: .epoch)
    }

    @Test("it behaves as a dictionary through thousands of insertions and removals")
    func model() {
        var random = SplitMix64(seed: 141)
        for round in 0..<12 {
            let table = OrderTable()
            var model: [UInt64: Order] = [:]
            var (next, numbers): (UInt64, [UInt64]) = (1, [])
            for _ in 0..<3_000 {
                // Long-lived orders beside short-lived ones, so that numbers collide in the table.
                if random.next() % 100 < (model.count < 100 + round * 60 ? 60 : 40) {
                    table.insert(Self.order(next))
                    model[next] = Self.order(next)
                    numbers.append(next)
                    next += 1 + (random.next() % 8 == 0 ? 256 : 0)
                } else if !numbers.isEmpty {
                    let number = numbers.remove(at: Int(random.next() % UInt64(numbers.count)))
                    table.remove(OrderID(number))
                    table.remove(OrderID(number))
                    model[number] = nil
                }
                let probe = OrderID(random.next() % (next + 5))
                if table[probe] != model[probe.number] || table.count != model.count {
                    Issue.record("round \(round): order \(probe.number)")
                    return
                }
            }
            for number in 0...next { #expect(table[OrderID(number)] == model[number]) }
        }
    }

    @Test("an order is changed in its place")
    func places() throws {
        let table = OrderTable()
        table.insert(Self.order(5))
        try table.place(of: OrderID(5))?.pointee.move(to: .submitting)
        #expect(table[OrderID(5)]?.status == .submitting)
        #expect(table.place(of: OrderID(6)) == nil && table[.none] == nil)
    }
}
