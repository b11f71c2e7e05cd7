public import Markets
internal import Trading
public import Units

extension SimulatedExchange {
    /// A trade of the market. Resting orders fill from what trades through their price, and at their price
    /// once what was before them in the queue has traded. Without quotes, taking orders fill at the trade's
    /// price as far as its quantity goes.
    @inlinable @inline(__always)
    public func traded(_ instrument: InstrumentIndex, _ trade: TradeTick) throws(ArithmeticOverflow) {
        let index = instrument.position
        lastPrice[index] = trade.price.mantissa
        if counts[index] == 0 { return }
        try matchTrade(index, trade)
    }

    @usableFromInline func matchTrade(_ index: Int, _ trade: TradeTick) throws(ArithmeticOverflow) {
        if isOut(index, at: trade.time) { return }
        if !pending[index].isEmpty { settleRequests(index, before: trade.time) }
        var place = 0
        var left = trade.quantity.mantissa
        while place < working[index].count {
            if settleDue(index, place, before: trade.time) { continue }
            if working[index].place(place).pointee.activeFrom > trade.time {
                place += 1
                continue
            }
            let wasNew = !working[index].place(place).pointee.hasRested
            var ended = try matchTrade(index, place, trade, &left)
            if !ended && wasNew && !hasQuotes[index] { ended = finishFirstData(index, place, at: trade.time) }
            if !ended {
                if !hasQuotes[index] { working[index].place(place).pointee.hasRested = true }
                place += 1
            }
        }
    }

    /// One order against one trade. True when the order ended.
    private func matchTrade(
        _ index: Int, _ place: Int, _ trade: TradeTick, _ left: inout Int64
    ) throws(ArithmeticOverflow) -> Bool {
        let price = trade.price.mantissa
        try triggerStops(index, place, buyAt: price, sellAt: price)
        let order = working[index][place]
        switch order.type {
        case .market:
            if hasQuotes[index] { return false }
            return try fillFromTrade(index, place, at: price, trade.time, &left, .taker)
        case .limit(let limit):
            if !order.isMarketable(at: price, limit: limit.mantissa) { return false }
            if !hasQuotes[index] && !order.hasRested && !order.isPostOnly {
                return try fillFromTrade(index, place, at: price, trade.time, &left, .taker)
            }
            // An aggressor of the order's own side traded with the other side of the book.
            if let aggressor = trade.aggressor, aggressor == order.side { return false }
            if price == limit.mantissa {
                if order.queueAhead < 0 { return false }
                let passed = min(order.queueAhead, left)
                working[index].place(place).pointee.queueAhead -= passed
                left -= passed
            } else {
                working[index].place(place).pointee.queueAhead = 0
            }
            return try fillFromTrade(index, place, at: limit.mantissa, trade.time, &left, .maker)
        case .stop, .stopLimit, .trailingStop: return false
        }
    }

    private func fillFromTrade(
        _ index: Int, _ place: Int, at price: Int64, _ time: Instant, _ left: inout Int64,
        _ liquidity: Liquidity
    ) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        let lot = terms[index].lotSize.mantissa
        let wanted = try reducible(order, index)
        if wanted == 0 {
            end(index, place, .cancelled(order.id, .nothingToReduce), at: time)
            return true
        }
        let quantity = min(wanted, max(0, left) / lot * lot)
        if quantity == 0 || (order.timeInForce == .fillOrKill && quantity < wanted) { return false }
        left -= quantity
        return try fill(
            index, place, quantity: quantity, reference: try fillPrice(price, index), liquidity: liquidity,
            at: time)
    }
}
