public import Markets
internal import Trading
public import Units

extension SimulatedExchange {
    /// A quote: orders take from the top of the book as far as its size goes, resting orders are hit when
    /// the other side comes to their price. A size of 0 with a price is a size that the data do not tell,
    /// and does not limit.
    @inlinable @inline(__always)
    public func quoted(_ instrument: InstrumentIndex, _ quote: Quote) throws(ArithmeticOverflow) {
        let index = instrument.position
        if hasTaken.pointer[index] { giveBack(index, quotes[index], quote) }
        let seen = quotes.pointer + index
        seen.pointee.time = quote.time
        seen.pointee.bid = quote.bid
        seen.pointee.ask = quote.ask
        seen.pointee.bidSize = quote.bidSize
        seen.pointee.askSize = quote.askSize
        if counts.pointer[index] == 0 || quiet.pointer[index].holds(quote) || passesBy(index, seen) { return }
        try matchQuote(index, quote)
    }

    /// Whether a quote finds nothing but resting orders that it does not reach, as most quotes do; their
    /// places in the queue follow it.
    @usableFromInline func passesBy(_ index: Int, _ quote: UnsafePointer<Quote>) -> Bool {
        if !pending[index].isEmpty { return false }
        var band = QuietBand.all
        for order in working[index].values {
            guard order.hasRested, order.expires > quote.pointee.time, case .limit(let limit) = order.type,
                !SimulatedExchange.isMet(order.side, limit.mantissa, by: quote)
            else { return false }
            band.narrow(order.side, limit: limit.mantissa, expires: order.expires)
        }
        for place in 0..<working[index].count {
            let order = working[index].place(place)
            if case .limit(let limit) = order.pointee.type { joinQueue(order, quote, limit.mantissa) }
        }
        quiet[index] = band
        return true
    }

    /// What the run's own orders took is there again once the venue shows another price or size.
    @usableFromInline func giveBack(_ index: Int, _ before: Quote, _ quote: Quote) {
        if before.bid != quote.bid || before.bidSize != quote.bidSize { takenBid[index] = 0 }
        if before.ask != quote.ask || before.askSize != quote.askSize { takenAsk[index] = 0 }
        hasTaken[index] = takenBid[index] != 0 || takenAsk[index] != 0
    }

    @usableFromInline func matchQuote(_ index: Int, _ quote: Quote) throws(ArithmeticOverflow) {
        if isOut(index, at: quote.time) { return }
        if !pending[index].isEmpty { settleRequests(index, before: quote.time) }
        var place = 0
        while place < working[index].count {
            if settleDue(index, place, before: quote.time) { continue }
            if working[index].place(place).pointee.activeFrom > quote.time {
                place += 1
                continue
            }
            let wasNew = !working[index].place(place).pointee.hasRested
            var ended = try matchQuote(index, place, quote)
            if !ended && wasNew { ended = finishFirstData(index, place, at: quote.time) }
            if !ended {
                working[index].place(place).pointee.hasRested = true
                place += 1
            }
        }
    }

    /// Whether the other side of the book comes to an order's limit.
    @inline(__always)
    private static func isMet(_ side: Side, _ limit: Int64, by quote: UnsafePointer<Quote>) -> Bool {
        let (bid, ask) = (quote.pointee.bid.mantissa, quote.pointee.ask.mantissa)
        return side == .buy ? ask > 0 && ask <= limit : bid > 0 && bid >= limit
    }

    /// One order against one quote. True when the order ended.
    private func matchQuote(_ index: Int, _ place: Int, _ quote: Quote) throws(ArithmeticOverflow) -> Bool {
        try triggerStops(index, place, buyAt: quote.ask.mantissa, sellAt: quote.bid.mantissa)
        let order = working[index][place]
        let (price, size) = order.side == .buy ? (quote.ask, quote.askSize) : (quote.bid, quote.bidSize)
        switch order.type {
        case .market:
            if price.mantissa <= 0 { return false }
            return try takeTop(index, place, at: price.mantissa, size: size.mantissa, quote.time, .taker)
        case .limit(let limit):
            if price.mantissa > 0, order.isMarketable(at: price.mantissa, limit: limit.mantissa) {
                let rests = order.hasRested || order.isPostOnly
                return try takeTop(
                    index, place, at: rests ? limit.mantissa : price.mantissa, size: size.mantissa,
                    quote.time,
                    rests ? .maker : .taker)
            }
            withUnsafePointer(to: quote) { joinQueue(working[index].place(place), $0, limit.mantissa) }
            return false
        case .stop, .stopLimit, .trailingStop: return false
        }
    }

    /// Where a resting order stands in the queue of its level: behind what the quote shows when it first
    /// meets it, in front when it is alone. What leaves the level is taken from before it.
    @inline(__always)
    private func joinQueue(
        _ order: UnsafeMutablePointer<WorkingOrder>, _ quote: UnsafePointer<Quote>, _ limit: Int64
    ) {
        let isBuy = order.pointee.side == .buy
        let best = isBuy ? quote.pointee.bid.mantissa : quote.pointee.ask.mantissa
        let size = isBuy ? quote.pointee.bidSize.mantissa : quote.pointee.askSize.mantissa
        if best <= 0 || (isBuy ? limit > best : limit < best) {
            order.pointee.queueAhead = 0
        } else if limit == best {
            let known = order.pointee.queueAhead
            order.pointee.queueAhead = known < 0 ? size : min(known, size)
        }
    }

    /// Turns stops that a price reaches into market or limit orders.
    func triggerStops(_ index: Int, _ place: Int, buyAt: Int64, sellAt: Int64) throws(ArithmeticOverflow) {
        let order = working[index][place]
        let price = order.side == .buy ? buyAt : sellAt
        if price <= 0 { return }
        switch order.type {
        case .market, .limit: return
        case .stop(let stop):
            if order.isTriggered(by: price, stop: stop.mantissa) { trigger(index, place, .market) }
        case .stopLimit(let stop, let limit):
            if order.isTriggered(by: price, stop: stop.mantissa) { trigger(index, place, .limit(limit)) }
        case .trailingStop(let distance):
            improveBest(index, place, with: price)
            if let stop = try trailingStop(working[index][place], distance),
                order.isTriggered(by: price, stop: stop)
            {
                trigger(index, place, .market)
            }
        }
    }

    /// Fills from a displayed size, which other orders of the run may have used already.
    private func takeTop(
        _ index: Int, _ place: Int, at price: Int64, size: Int64, _ time: Instant, _ liquidity: Liquidity
    ) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        let isBuy = order.side == .buy
        var quantity = try reducible(order, index)
        if quantity == 0 {
            end(index, place, .cancelled(order.id, .nothingToReduce), at: time)
            return true
        }
        let wanted = quantity
        if size > 0 {
            let free = size - (isBuy ? takenAsk[index] : takenBid[index])
            let lot = terms[index].lotSize.mantissa
            quantity = min(quantity, max(0, free) / lot * lot)
        }
        if quantity == 0 || (order.timeInForce == .fillOrKill && quantity < wanted) { return false }
        if size > 0 {
            hasTaken[index] = true
            if isBuy { takenAsk[index] += quantity } else { takenBid[index] += quantity }
        }
        return try fill(
            index, place, quantity: quantity, reference: try fillPrice(price, index), liquidity: liquidity,
            at: time)
    }
}
