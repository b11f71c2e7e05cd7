internal import Markets
internal import Trading
internal import Units

extension SimulatedExchange {
    /// A price at the fill price scale.
    func fillPrice(_ price: Int64, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        let (result, overflow) = price.multipliedReportingOverflow(by: terms[index].fillPriceFactor)
        if overflow { throw ArithmeticOverflow("a fill price") }
        return result
    }

    /// Fills part or all of an order at a reference price (fill price scale), with slippage when it takes.
    /// True when the order ended.
    func fill(
        _ index: Int, _ place: Int, quantity: Int64, reference: Int64, liquidity: Liquidity, at time: Instant
    ) throws(ArithmeticOverflow) -> Bool {
        let order = working[index][place]
        var price = reference
        if liquidity == .taker {
            price = try slipped(reference, order, quantity, index)
        }
        let fee = try commission(quantity, price, liquidity, index)
        report(
            .filled(
                FillReport(
                    order: order.id, time: time, quantity: Quantity(mantissa: quantity),
                    price: Price(mantissa: price), referencePrice: Price(mantissa: reference),
                    fee: Amount(units: fee), liquidity: liquidity)), at: time)
        let slot = order.strategy * instrumentCount + index
        let (position, overflow) = positions[slot].addingReportingOverflow(order.side.sign * quantity)
        if overflow { throw ArithmeticOverflow("a position") }
        positions[slot] = position
        working[index].place(place).pointee.leaves -= quantity
        working[index].place(place).pointee.filled += quantity
        if working[index].place(place).pointee.leaves == 0 {
            end(index, place, nil, at: time)
            return true
        }
        if order.isReduceOnly, try reducible(working[index][place], index) == 0 {
            end(index, place, .cancelled(order.id, .nothingToReduce), at: time)
            return true
        }
        return false
    }

    /// The reference price moved against the trader, rounded against the trader; never beyond the order's
    /// own limit.
    private func slipped(
        _ reference: Int64, _ order: WorkingOrder, _ quantity: Int64, _ index: Int
    ) throws(ArithmeticOverflow) -> Int64 {
        let moved = try slipped(reference, order.side, quantity, index)
        guard moved != reference, case .limit(let limit) = order.type else { return moved }
        let bound = try fillPrice(limit.mantissa, index)
        return order.side == .buy
            ? min(moved, max(bound, reference)) : max(moved, min(bound, reference))
    }

    /// A reference price moved against a trader by the slippage of a quantity, rounded against the trader.
    private func slipped(
        _ reference: Int64, _ side: Side, _ quantity: Int64, _ index: Int
    ) throws(ArithmeticOverflow) -> Int64 {
        let rate = try slippageRate(reference, quantity, index)
        if rate == 0 { return reference }
        let change = try WideArithmetic.multiply(
            Int128(reference), by: Int128(rate), dividedBy: BasisPoints.whole, rounding: .up)
        guard let moved = Int64(exactly: Int128(reference) + (side == .buy ? change : -change)), moved > 0
        else { throw ArithmeticOverflow("a price after slippage") }
        return moved
    }

    /// What taking a quantity costs now: the last price of the market (of quotes the side that it meets) at
    /// the fill price scale, that price with slippage, and the commission. Nil before the first price.
    func takingNow(
        _ side: Side, _ quantity: Int64, _ index: Int
    ) throws(ArithmeticOverflow) -> (reference: Price, price: Price, fee: Amount)? {
        let quote = quotes[index]
        let last =
            hasQuotes[index] ? (side == .buy ? quote.ask : quote.bid).mantissa : lastPrice[index]
        guard last > 0 else { return nil }
        let reference = try fillPrice(last, index)
        let price = try slipped(reference, side, quantity, index)
        let fee = try commission(quantity, price, .taker, index)
        return (Price(mantissa: reference), Price(mantissa: price), Amount(units: fee))
    }

    /// Slippage as millionths of a basis point.
    private func slippageRate(
        _ price: Int64, _ quantity: Int64, _ index: Int
    ) throws(ArithmeticOverflow) -> Int64 {
        switch model.slippage {
        case .fixed(let fraction): return fraction.millionths
        case .squareRoot(let coefficient):
            let volume = try volumeInLots(lastVolume[index], index)
            if volume <= 0 { return coefficient.millionths }
            // Square root of quantity / volume to six decimals: the rate is a model, not money.
            let ratio = Double(quantity) / Double(volume)
            let root = Int64((ratio.squareRoot() * 1_000_000).rounded(.toNearestOrEven))
            let rate = try WideArithmetic.multiply(
                Int128(coefficient.millionths), by: Int128(root), dividedBy: 1_000_000, rounding: .halfEven)
            return Int64(clamping: min(rate, BasisPoints.whole / 2))
        case .buckets(let buckets):
            guard let last = buckets.last else { return 0 }
            let scale = Int(terms[index].quantityScale.decimals) + Int(terms[index].fillPriceScale.decimals)
            var notional = ExactDecimal(mantissa: Int128(quantity) * Int128(price), scale: Scale(scale))
            if let contract = fees[index].contract {
                notional = try contract.quoteNotional(
                    Int128(quantity), at: price, terms[index].fillPriceScale)
            }
            return (buckets.first { notional <= $0.size } ?? last).cost.millionths
        }
    }

    /// Commission in the quote asset, of contracts in the settlement asset, at its ledger scale, rounded half
    /// even; at least the minimum.
    private func commission(
        _ quantity: Int64, _ price: Int64, _ liquidity: Liquidity, _ index: Int
    ) throws(ArithmeticOverflow) -> Int128 {
        let model = fees[index]
        guard model.isUsable else { throw ArithmeticOverflow("a commission") }
        let rate = liquidity == .taker ? model.taker : model.maker
        var fee: Int128 = 0
        if rate != 0, let contract = model.contract {
            // Millionths of a basis point are ten decimals.
            fee = try contract.share(
                ExactDecimal(mantissa: rate, scale: Scale(10)), of: Int128(quantity), at: price,
                terms[index].fillPriceScale)
        } else if rate != 0 {
            let wide = quantity.multipliedFullWidth(by: price)
            let product = Int128(wide.high) << 64 | Int128(wide.low)
            fee = try WideArithmetic.multiply(
                product, by: rate * model.factor, dividedBy: model.divisor, rounding: .halfEven)
        }
        if model.perUnit != 0 {
            let units = try WideArithmetic.multiply(
                Int128(quantity), by: model.perUnit, dividedBy: model.perUnitDivisor, rounding: .halfEven)
            fee = try WideArithmetic.add(fee, units, "a commission")
        }
        return max(fee, model.minimum)
    }

    /// A volume of the instrument's bars as a quantity of the instrument, rounded down.
    func volumeInLots(_ volume: Int64, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        let converted = try venues[index].volumeScale.convert(
            Int128(volume), to: terms[index].quantityScale, rounding: .down)
        return Int64(clamping: converted)
    }

    /// How much of an order a bar's volume lets fill now, a whole number of lots.
    func participationLimit(_ volume: Int64, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        guard let share = model.participation else { return Int64.max }
        let whole = try volumeInLots(volume, index)
        let allowed = try WideArithmetic.multiply(
            Int128(whole), by: share.mantissa, dividedBy: share.scale.unit, rounding: .down)
        let rest = max(0, Int64(clamping: allowed) - taken[index])
        let lot = terms[index].lotSize.mantissa
        return rest / lot * lot
    }
}
