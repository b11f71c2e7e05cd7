public import Markets
internal import Trading
public import Units

extension SimulatedExchange {
    /// A bar opens at `time`: market orders under `next-open`, and gaps through limits and stops, fill at
    /// its open. Under a participation cap the bar's volume decides, so nothing fills before its close.
    public func barOpened(
        _ instrument: InstrumentIndex, open: Price, at time: Instant
    ) throws(ArithmeticOverflow) {
        let index = instrument.position
        lastOpening.value = time
        if isOut(index, at: time) { return }
        if !pending[index].isEmpty { settleRequests(index, before: time) }
        if model.participation != nil { return }
        var place = 0
        while place < working[index].count {
            let ended = try matchOpen(index, place, open.mantissa, at: time)
            if !ended { place += 1 }
        }
    }

    /// A bar closed: orders that were active at its open are matched against its range.
    @inlinable @inline(__always)
    public func barClosed(_ instrument: InstrumentIndex, _ bar: Bar) throws(ArithmeticOverflow) {
        let index = instrument.position
        lastPrice.pointer[index] = bar.close.mantissa
        lastVolume.pointer[index] = bar.volume.mantissa
        lastClose.pointer[index] = bar.closeTime
        if counts.pointer[index] != 0 && matchesBars[index] { try matchBar(index, bar) }
    }

    @usableFromInline func matchBar(_ index: Int, _ bar: Bar) throws(ArithmeticOverflow) {
        if isOut(index, from: bar.openTime, to: bar.closeTime) { return }
        if !pending[index].isEmpty { settleRequests(index, before: bar.openTime) }
        if model.participation != nil { (taken[index], takenOf[index]) = (0, bar.closeTime) }
        var place = 0
        while place < working[index].count {
            if settleDue(index, place, before: bar.openTime) { continue }
            if working[index].place(place).pointee.activeFrom > bar.openTime {
                if try !matchClose(index, place, bar) { place += 1 }
                continue
            }
            var ended = false
            if model.participation != nil {
                ended = try matchOpen(
                    index, place, bar.open.mantissa, at: bar.openTime, volume: bar.volume.mantissa)
            }
            if !ended { ended = try matchRange(index, place, bar) }
            if !ended { ended = finishFirstData(index, place, at: bar.closeTime) }
            if !ended {
                working[index].place(place).pointee.hasRested = true
                if working[index].place(place).pointee.expires <= bar.closeTime {
                    ended = settleDue(index, place, before: bar.closeTime)
                }
            }
            if !ended { place += 1 }
        }
    }

    /// A market order under the `close` rule that arrived while the bar was in progress. True when it ended.
    private func matchClose(_ index: Int, _ place: Int, _ bar: Bar) throws(ArithmeticOverflow) -> Bool {
        guard model.fill == .close else { return false }
        let order = working[index].place(place).pointee
        guard order.type == .market, order.activeFrom <= bar.closeTime else { return false }
        if try take(index, place, at: bar.close.mantissa, bar.closeTime, volume: bar.volume.mantissa) {
            return true
        }
        return finishFirstData(index, place, at: bar.closeTime)
    }

    /// What an opening price does to one order. True when the order ended.
    private func matchOpen(
        _ index: Int, _ place: Int, _ open: Int64, at time: Instant, volume: Int64? = nil
    ) throws(ArithmeticOverflow) -> Bool {
        if volume == nil {
            if settleDue(index, place, before: time) { return true }
            if working[index].place(place).pointee.activeFrom > time { return false }
        }
        let order = working[index][place]
        switch order.type {
        case .market:
            if model.fill != .nextOpen { return false }
            return try take(index, place, at: open, time, volume: volume)
        case .limit(let limit):
            let liquidity: Liquidity = order.hasRested || order.isPostOnly ? .maker : .taker
            if order.isMarketable(at: open, limit: limit.mantissa),
                try take(index, place, at: open, time, volume: volume, liquidity)
            {
                return true
            }
            return finishFirstData(index, place, at: time)
        case .stop(let stop):
            if !order.isTriggered(by: open, stop: stop.mantissa) { return false }
            trigger(index, place, .market)
            return try take(index, place, at: open, time, volume: volume)
        case .stopLimit(let stop, let limit):
            if !order.isTriggered(by: open, stop: stop.mantissa) { return false }
            trigger(index, place, .limit(limit))
            if !order.isMarketable(at: open, limit: limit.mantissa) { return false }
            return try take(index, place, at: open, time, volume: volume)
        case .trailingStop(let distance):
            guard let stop = try trailingStop(order, distance),
                order.isTriggered(by: open, stop: stop)
            else {
                improveBest(index, place, with: open)
                return false
            }
            trigger(index, place, .market)
            return try take(index, place, at: open, time, volume: volume)
        }
    }

    /// What happens within a bar after its open. True when the order ended.
    private func matchRange(_ index: Int, _ place: Int, _ bar: Bar) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        let (time, volume) = (bar.closeTime, bar.volume.mantissa)
        switch order.type {
        case .market:
            let reference: Int64
            switch model.fill {
            case .nextOpen: return false
            case .close: reference = try fillPrice(bar.close.mantissa, index)
            case .worst:
                reference = try fillPrice(order.side == .buy ? bar.high.mantissa : bar.low.mantissa, index)
            case .vwap: reference = try typicalPrice(bar, index)
            }
            return try takeReference(index, place, reference, time, volume: volume, .taker)
        case .limit(let limit):
            if order.isImmediate { return false }
            let best = order.side == .buy ? bar.low.mantissa : bar.high.mantissa
            if !order.isMarketable(at: best, limit: limit.mantissa) { return false }
            return try take(index, place, at: limit.mantissa, time, volume: volume, .maker)
        case .stop(let stop):
            let worst = order.side == .buy ? bar.high.mantissa : bar.low.mantissa
            if !order.isTriggered(by: worst, stop: stop.mantissa) { return false }
            trigger(index, place, .market)
            return try take(index, place, at: stop.mantissa, time, volume: volume)
        case .stopLimit(let stop, let limit):
            let worst = order.side == .buy ? bar.high.mantissa : bar.low.mantissa
            if order.isTriggered(by: worst, stop: stop.mantissa) {
                // Whether the limit was reached after the trigger is not in the bar: from the next one on.
                trigger(index, place, .limit(limit))
                working[index].place(place).pointee.hasRested = true
            }
            return false
        case .trailingStop(let distance): return try matchTrailing(index, place, distance, bar)
        }
    }

    /// A trailing stop within a bar: first the stop as it stands at the open, then, as the bar's own extreme
    /// moves it, whether the close is beyond it (the path from extreme to close must have crossed it).
    private func matchTrailing(
        _ index: Int, _ place: Int, _ distance: TrailingDistance, _ bar: Bar
    ) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        let (time, volume) = (bar.closeTime, bar.volume.mantissa)
        let worst = order.side == .buy ? bar.high.mantissa : bar.low.mantissa
        if let stop = try trailingStop(order, distance), order.isTriggered(by: worst, stop: stop) {
            trigger(index, place, .market)
            return try take(index, place, at: stop, time, volume: volume)
        }
        improveBest(index, place, with: order.side == .buy ? bar.low.mantissa : bar.high.mantissa)
        guard let stop = try trailingStop(working[index][place], distance),
            order.isTriggered(by: bar.close.mantissa, stop: stop)
        else { return false }
        trigger(index, place, .market)
        return try take(index, place, at: stop, time, volume: volume)
    }

    /// Moves the best price of a trailing stop, when a price is better.
    func improveBest(_ index: Int, _ place: Int, with price: Int64) {
        let order = working[index].place(place)
        let best = order.pointee.bestPrice
        let improves = best == 0 || (order.pointee.side == .buy ? price < best : price > best)
        if improves { order.pointee.bestPrice = price }
    }

    /// A stop was reached: the order becomes another.
    func trigger(_ index: Int, _ place: Int, _ type: OrderType) {
        working[index].place(place).pointee.type = type
        working[index].place(place).pointee.hasTriggered = true
    }

    /// The stop price of a trailing stop; nil before the first price. Rounded to the nearest unit, half even.
    func trailingStop(_ order: WorkingOrder, _ distance: TrailingDistance) throws(ArithmeticOverflow)
        -> Int64?
    {
        guard order.bestPrice != 0 else { return nil }
        let offset: Int128
        switch distance {
        case .price(let price): offset = Int128(price.mantissa)
        case .fraction(let fraction):
            offset = try WideArithmetic.multiply(
                Int128(order.bestPrice), by: Int128(fraction.millionths), dividedBy: BasisPoints.whole,
                rounding: .halfEven)
        }
        let stop = order.side == .sell ? Int128(order.bestPrice) - offset : Int128(order.bestPrice) + offset
        return Int64(clamping: max(1, stop))
    }

    /// Fills at a price of the price scale as far as volume allows. True when the order ended.
    func take(
        _ index: Int, _ place: Int, at price: Int64, _ time: Instant, volume: Int64?,
        _ liquidity: Liquidity = .taker
    ) throws(ArithmeticOverflow) -> Bool {
        try takeReference(
            index, place, try fillPrice(price, index), time, volume: volume, liquidity)
    }

    private func takeReference(
        _ index: Int, _ place: Int, _ reference: Int64, _ time: Instant, volume: Int64?,
        _ liquidity: Liquidity
    ) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        var quantity = try reducible(order, index)
        if quantity == 0 {
            end(index, place, .cancelled(order.id, .nothingToReduce), at: time)
            return true
        }
        if let volume, model.participation != nil {
            let wanted = quantity
            quantity = min(quantity, try participationLimit(volume, index))
            if quantity <= 0 { return false }
            if order.timeInForce == .fillOrKill && quantity < wanted { return false }
            taken[index] += quantity
        }
        return try fill(
            index, place, quantity: quantity, reference: reference, liquidity: liquidity, at: time)
    }

    /// What of an order may fill: all that is left, or what a reduce-only order can still reduce.
    func reducible(_ order: WorkingOrder, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        guard order.isReduceOnly else { return order.leaves }
        let held = positions[order.strategy * instrumentCount + index]
        let reduces = held != 0 && (held > 0) == (order.side == .sell)
        return reduces ? min(order.leaves, Int64(clamping: held.magnitude)) : 0
    }

    /// Ends what is left of an immediate order after its first data. True when the order ended.
    func finishFirstData(_ index: Int, _ place: Int, at time: Instant) -> Bool {
        let order = working[index][place]
        switch order.timeInForce {
        case .immediateOrCancel: end(index, place, .cancelled(order.id, .immediateOrCancel), at: time)
        case .fillOrKill: end(index, place, .cancelled(order.id, .fillOrKill), at: time)
        case .goodTillCancelled, .day: return false
        }
        return true
    }

    /// An order under the `close` rule fills at the close at which it was decided, when it can.
    func fillAtClose(_ index: Int, _ place: Int, at time: Instant) throws(ArithmeticOverflow) {
        let order = working[index][place]
        let close = lastPrice[index]
        let volume = lastVolume[index]
        if takenOf[index] != time { (taken[index], takenOf[index]) = (0, time) }
        switch order.type {
        case .market: _ = try take(index, place, at: close, time, volume: volume)
        case .limit(let limit):
            if order.isPostOnly { return }
            if order.isMarketable(at: close, limit: limit.mantissa) {
                _ = try take(index, place, at: close, time, volume: volume)
            }
        case .stop, .stopLimit, .trailingStop: return
        }
        if let left = self.place(of: order.id, InstrumentIndex(index)) {
            _ = finishFirstData(index, left, at: time)
        }
    }

    /// (high + low + close) / 3 at the fill price scale, rounded half even.
    private func typicalPrice(_ bar: Bar, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        let sum = Int128(bar.high.mantissa) + Int128(bar.low.mantissa) + Int128(bar.close.mantissa)
        let price = try WideArithmetic.multiply(
            sum, by: Int128(terms[index].fillPriceFactor), dividedBy: 3, rounding: .halfEven)
        guard let result = Int64(exactly: price) else { throw ArithmeticOverflow("a typical price") }
        return result
    }
}
