public import Markets
public import Units

/// The price at which a position's margin account just meets its maintenance margin.
///
/// Equity at P equals maintenance at P, where M is the margin beside the position (after entry fees), Q the
/// absolute quantity in units of the base (linear) or of the quote (inverse), C = Q x entry (linear) or
/// Q / entry (inverse), r the maintenance rate with the liquidation fee and a the amount of the tier:
///
/// - linear long: M + Q P - C = r Q P - a, so P = (C - M - a) / (Q (1 - r));
/// - linear short: M + C - Q P = r Q P - a, so P = (C + M + a) / (Q (1 + r));
/// - inverse long: M + C - Q / P = r Q / P - a, so P = Q (1 + r) / (C + M + a);
/// - inverse short: M - C + Q / P = r Q / P - a, so P = Q (1 - r) / (C - M - a).
///
/// With one tier and a = 0 these are the usual formulas: short entry x (1 + M/N) / (1 + mm + f), long
/// entry x (1 - M/N) / (1 - mm - f). With several, the answer is that of the tier whose range holds the
/// notional at the answer; amounts that follow from the floors make it unique.
public enum LiquidationPrice {
    /// The liquidation price at a scale, rounded to the first price at which the account no longer holds more
    /// than its maintenance: down for longs, up for shorts. Nil when no positive price reaches it.
    ///
    /// - Parameters:
    ///   - quantity: signed quantity of contracts; nil for 0.
    ///   - entry: mean entry price, positive.
    ///   - margin: what backs the position beside its own profit, in the settlement asset.
    ///   - terms: the contract.
    ///   - scale: decimals of the answer, at most 12.
    /// - Throws: when a number leaves the range of its type.
    public static func price(
        of quantity: ExactDecimal, entry: ExactDecimal, margin: ExactDecimal, terms: ContractTerms,
        scale: Scale
    ) throws(ArithmeticOverflow) -> ExactDecimal? {
        guard !quantity.isZero, entry > .zero else { return nil }
        let amount = try Fraction(quantity.magnitude).times(Fraction(terms.size))
        let cost =
            terms.settlement == .linear
            ? try amount.times(Fraction(entry)) : try amount.over(Fraction(entry))
        let isLong = !quantity.isNegative
        for place in candidates(terms, isLong) {
            let tier = terms.tiers[place]
            guard
                let solution = try solve(
                    amount, cost, Fraction(margin), tier, terms, isLong: isLong)
            else { continue }
            let notional =
                terms.settlement == .linear
                ? try amount.times(solution) : try amount.over(solution)
            let next = terms.tiers.indices.contains(place + 1) ? terms.tiers[place + 1].floor : nil
            let isBelow = try notional.isBelow(Fraction(tier.floor))
            if !isBelow,
                try next.map({ (floor) throws(ArithmeticOverflow) in
                    try notional.isBelow(Fraction(floor))
                }) ?? true
            {
                let mantissa = try solution.rounded(at: scale, isLong ? .down : .up)
                return mantissa > 0 ? ExactDecimal(mantissa: mantissa, scale: scale) : nil
            }
        }
        return nil
    }

    /// Tiers in the order in which a move against the position meets them.
    private static func candidates(_ terms: ContractTerms, _ isLong: Bool) -> [Int] {
        let shrinks = isLong == (terms.settlement == .linear)
        let places = Array(terms.tiers.indices)
        return shrinks ? places.reversed() : places
    }

    private static func solve(
        _ amount: Fraction, _ cost: Fraction, _ margin: Fraction, _ tier: MarginTier, _ terms: ContractTerms,
        isLong: Bool
    ) throws(ArithmeticOverflow) -> Fraction? {
        let rate = try Fraction(tier.maintenance).plus(Fraction(terms.liquidationFee))
        let relief = try margin.plus(Fraction(tier.maintenanceAmount))
        let one = Fraction(ExactDecimal(1))
        let (up, down) = (try one.plus(rate), try one.minus(rate))
        switch (terms.settlement, isLong) {
        case (.linear, true): return try cost.minus(relief).positive?.over(try amount.times(down))
        case (.linear, false): return try cost.plus(relief).positive?.over(try amount.times(up))
        case (.inverse, true):
            return try cost.plus(relief).positive.map { (sum) throws(ArithmeticOverflow) in
                try amount.times(up).over(sum)
            }
        case (.inverse, false):
            return try cost.minus(relief).positive.map { (rest) throws(ArithmeticOverflow) in
                try amount.times(down).over(rest)
            }
        }
    }
}

extension ExactDecimal {
    fileprivate var magnitude: ExactDecimal {
        ExactDecimal(mantissa: mantissa < 0 ? -mantissa : mantissa, scale: scale)
    }
}
