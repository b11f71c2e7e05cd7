import Events
import Foundation
import Markets
import StrategyKit
import Testing
import TradewindCommands
import Trading
import Units

@Suite("Orders of a run as its watcher hears of them")
struct RunOrdersTests {
    private let folder: CommandFolder

    init() throws { folder = try CommandFolder() }

    /// Every list of orders, in the order in which they were told.
    private func told(_ strategy: String, interval: UInt64 = 1) throws -> [[JSONText]] {
        let file = try folder.writeExample(bars: 700)
        let text = try folder.text("run.yaml").replacingOccurrences(of: "sma-cross", with: strategy)
            .replacingOccurrences(of: "parameters: {fast: 2, slow: 4}\n", with: "")
        try folder.write(text, to: "run.yaml")
        var (lists, filled): ([[JSONText]], Int) = ([], 0)
        _ = try RunDesk(strategies: [EveryEnding.self, Refused.self]).execute(
            file, catalogue: nil, folder: folder.path + "/result", runID: "run-1", interval: interval
        ) { progress in
            filled += progress["recent_fills"]?.items?.count ?? 0
        } orders: { list in
            lists.append(list)
            // A watcher that hears of a filled order has heard of its fill.
            if list.contains(where: { $0["status"] == .string("filled") }) { #expect(filled > 0) }
        }
        return lists
    }

    @Test("every order is told of with its state and reason, whatever became of it")
    func states() throws {
        let lists = try told("every-ending")
        var last: [Int: JSONText] = [:]
        for order in lists.joined() { last[try #require(order["order"]?.wholeNumber)] = order }
        let found = last.sorted { $0.key < $1.key }.map { _, order in
            ["status", "reason", "type", "filled_qty"].map { order[$0]?.text ?? "-" }.joined(separator: " ")
        }
        #expect(
            found == [
                "filled - market 1", "accepted - limit 0", "cancelled requested limit 0",
                "cancelled immediate-or-cancel limit 0", "rejected would-take limit 0",
                "rejected bad-quantity market 0", "expired session-ended limit 0",
            ])
        let first = try #require(last[1])
        #expect(first["instrument"] == .string("binance:spot:BTCUSDT"))
        #expect(first["side"] == .string("buy") && first["qty"] == .string("1"))
        #expect(first["average_price"] == .string("103"))
        #expect(first["created_at"] == .string("2024-01-01T03:00:00Z"))
        #expect(last[2]?["limit_price"] == .string("1") && last[2]?["average_price"] == .null)
        // Told of while it went on, not only at the end: as accepted, then as cancelled.
        let third = lists.joined().filter { $0["order"] == .integer(3) }.map { $0["status"]?.text }
        #expect(third.last == "cancelled")
    }

    @Test("of a run with very many orders the first are told of, in lists of a bounded size")
    func bound() throws {
        let lists = try told("all-refused", interval: 1_000_000_000)
        let numbers = lists.joined().compactMap { $0["order"]?.wholeNumber }
        #expect(numbers == Array(1...10_000))
        #expect(lists.allSatisfy { $0.count <= 150 })
    }
}

/// Places orders that end in every way.
private struct EveryEnding: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "every-ending", summary: "Places orders that end in every way.", parameters: [])

    private var step = 0
    private var cancelled: OrderID?

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func stepEnded(_ context: inout StrategyContext) {
        step += 1
        let index = InstrumentIndex(0)
        let instrument = context.instrument(index)
        let one = Quantity(mantissa: Int64(instrument.quantityScale.unit))
        func limit(_ price: Int64) -> OrderType {
            .limit(Price(mantissa: price * Int64(instrument.priceScale.unit)))
        }
        if step == 3 {
            _ = context.submit(OrderRequest(.buy, one, of: index))
            _ = context.submit(OrderRequest(.buy, one, of: index, type: limit(1)))
            cancelled = context.submit(OrderRequest(.buy, one, of: index, type: limit(2)))
            _ = context.submit(
                OrderRequest(.buy, one, of: index, type: limit(50), timeInForce: .immediateOrCancel))
            _ = context.submit(OrderRequest(.sell, one, of: index, type: limit(50), isPostOnly: true))
            _ = context.submit(OrderRequest(.buy, Quantity(mantissa: 0), of: index))
            _ = context.submit(OrderRequest(.buy, one, of: index, type: limit(3), timeInForce: .day))
        }
        if step == 600, let cancelled { context.cancel(cancelled) }
    }
}

/// Places more orders than are told of, all of which are refused.
private struct Refused: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "all-refused", summary: "Places orders that are refused.", parameters: [])

    private var step = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func stepEnded(_ context: inout StrategyContext) {
        step += 1
        guard step % 100 == 0 else { return }
        for _ in 0..<2_000 {
            _ = context.submit(OrderRequest(.buy, Quantity(mantissa: 0), of: InstrumentIndex(0)))
        }
    }
}
