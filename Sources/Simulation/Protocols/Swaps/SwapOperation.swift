internal import Accounting
internal import Units

/// A swap of an exact input.
///
/// Source: Uniswap v3 periphery `SwapRouter.exactInputSingle` (read 2026-11-21): reverts with "Too little
/// received" below `amountOutMinimum`. The rate is the recorded market's; fee, spread and impact are one
/// figure by size, see ``ExecutionCosts``.
extension GroupRun {
    mutating func swap(
        _ key: PairKey, _ direction: SwapDirection, _ quantity: ChainQuantity, limit: SlippageLimit?
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        let pair = model.pairs[key.index]
        let (given, got) = direction == .sellBase ? (pair.base, pair.quote) : (pair.quote, pair.base)
        let (amount, refusal) = taken(quantity, of: given)
        if let refusal { return refusal }
        let rate = market.rates[key.index]
        let names = "\(model.name(pair.base)) in \(model.name(pair.quote))"
        guard rate > .zero else { return .missingPrice("rate of \(names)") }
        let gross = try swapped(amount, pair, direction, rate: rate)
        let sizeToken =
            market.oraclePrices[given.index] > 0 ? (given, amount) : (got, gross)
        let value = try market.value(sizeToken.1, of: sizeToken.0, model: model, rounding: .up)
        let share = pair.costs.cost(value: value)
        if share > .zero && value <= 0 { return .missingPrice("oracle price of \(model.name(given))") }
        let cost = try WideArithmetic.multiply(
            gross, by: Int128(share.millionths), dividedBy: BasisPoints.whole, rounding: .up)
        if gross <= cost { return .zeroAmount("swap of \(names)") }
        if let limit {
            guard limit.rate > .zero else { return .missingPrice("rate of the limit on \(names)") }
            let expected = try swapped(amount, pair, direction, rate: limit.rate)
            let least = try WideArithmetic.multiply(
                expected, by: max(0, BasisPoints.whole - Int128(limit.maximum.millionths)),
                dividedBy: BasisPoints.whole, rounding: .up)
            if gross - cost < least { return .slippage(minimum: least, offered: gross - cost) }
        }
        try post(.wallet(given), -amount, .exchanged)
        try post(.wallet(got), gross, .exchanged)
        try post(.wallet(got), -cost, .caused(.slippage))
        return nil
    }

    /// What comes out at a rate before costs, downward.
    private func swapped(
        _ amount: Int128, _ pair: SwapPair, _ direction: SwapDirection, rate: Wad
    ) throws(ArithmeticOverflow) -> Int128 {
        let (base, quote) = (model.tokens[pair.base.index].scale, model.tokens[pair.quote.index].scale)
        switch direction {
        case .sellBase:
            // amount / 10^base * rate * 10^quote, with one division.
            if base >= quote {
                return try WideArithmetic.multiply(
                    amount, by: rate.mantissa,
                    dividedBy: Scale.power(18 + Int(base.decimals - quote.decimals)), rounding: .down)
            }
            let fine = try WideArithmetic.multiply(
                rate.mantissa, Scale.power(Int(quote.decimals - base.decimals)), "a rate")
            return try WideArithmetic.multiply(
                amount, by: fine, dividedBy: Wad.one.mantissa, rounding: .down)
        case .buyBase:
            if base >= quote {
                return try WideArithmetic.multiply(
                    amount, by: Scale.power(18 + Int(base.decimals - quote.decimals)),
                    dividedBy: rate.mantissa, rounding: .down)
            }
            let fine = try WideArithmetic.multiply(
                rate.mantissa, Scale.power(Int(quote.decimals - base.decimals)), "a rate")
            return try WideArithmetic.multiply(
                amount, by: Wad.one.mantissa, dividedBy: fine, rounding: .down)
        }
    }
}
