internal import Accounting
internal import Events
internal import Markets
internal import Risk
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// A cancel or amend of an order that does not work: recorded and told to the strategy, not sent.
    func refuse(_ id: OrderID, _ book: Int) throws {
        guard isTradingAllowed else { return }
        try log.append(.requestRefused(id, .notWorking), at: now)
        news.append(
            StrategyNews(
                due: now, book: Int32(truncatingIfNeeded: book),
                update: OrderUpdate(order: ended(id, book), reason: .notWorking), positionChange: 0,
                workingChange: 0))
    }

    /// An order that ended: as the news that the strategy has not heard yet tell it, else by its id alone.
    private func ended(_ id: OrderID, _ book: Int) -> Order {
        for index in (0..<news.count).reversed() {
            let item = news[index]
            if Int(item.book) == book && item.update.order.id == id { return item.update.order }
        }
        return Order(
            id: id, strategy: book, request: OrderRequest(.buy, .zero, of: InstrumentIndex(0)),
            decidedAt: now)
    }

    /// Adds what working orders will spend, where that may not be overdrawn.
    @inline(never)
    func reserve(
        _ situation: inout RiskSituation, _ instrument: InstrumentIndex, _ book: Int
    ) throws(ArithmeticOverflow) {
        let account = quoteAccounts[book * instrumentCount + instrument.position]
        situation.reservedQuote = try reserved(of: account, book)
    }

    /// What the working buys of a book will spend from one of its accounts.
    private func reserved(of account: AccountIndex, _ book: Int) throws(ArithmeticOverflow) -> Amount {
        var sum: Int128 = 0
        if workingCount[book] == 0 { return Amount(units: 0) }
        try orders.forEach { (order) throws(ArithmeticOverflow) in
            let index = order.request.instrument.position
            guard order.strategy == book, order.request.side == .buy,
                quoteAccounts[book * instrumentCount + index] == account
            else { return }
            let last = try marks.lastPrice(index)
            guard let part = RiskGate.reserve(of: order, lastPrice: last, terms[index]) else {
                throw ArithmeticOverflow("what working orders will spend")
            }
            sum = try WideArithmetic.add(sum, part, "what working orders will spend")
        }
        return Amount(units: sum)
    }
}
