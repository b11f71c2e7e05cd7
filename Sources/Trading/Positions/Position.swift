public import Units

/// A signed position of one instrument: quantity and what it cost.
///
/// Adding averages the entry, reducing leaves the mean entry unchanged and realises, crossing zero closes
/// and opens at the fill price. Costs are exact integers at quantity scale + fill price scale; only a
/// partial reduction rounds (half even), and what is rounded stays in the open cost, so that realised and
/// open amounts always sum exactly.
public struct Position: Hashable, Sendable, BitwiseCopyable {
    /// Signed quantity.
    public private(set) var quantity: Quantity = .zero
    /// Signed cost of the open quantity: the sum of quantity x price.
    public private(set) var openCost: Int128 = 0
    /// Realised profit before fees.
    public private(set) var realized: Int128 = 0

    /// Flat.
    public init() {}

    /// What one fill did.
    public struct Change: Hashable, Sendable, BitwiseCopyable {
        /// Quantity that closed, positive.
        public var closed: Quantity = .zero
        /// Quantity that opened or was added, positive.
        public var opened: Quantity = .zero
        /// Profit realised by the closed quantity, before fees.
        public var realized: Int128 = 0
        /// Whether a position ended with this fill: it became flat or changed its sign.
        public var isRoundTrip = false
    }

    /// Books a fill: a signed quantity at a price.
    public mutating func fill(_ signed: Quantity, at price: Price) throws(ArithmeticOverflow) -> Change {
        var change = Change()
        let held = quantity.mantissa
        guard let next = quantity.adding(signed), next.mantissa != Int64.min, signed.mantissa != Int64.min
        else { throw ArithmeticOverflow("a position's quantity") }
        let opposes = held != 0 && (held > 0) != (signed.mantissa > 0)
        if opposes {
            let closing = min(held.magnitude, signed.mantissa.magnitude)
            let closedSigned = held > 0 ? Int128(closing) : -Int128(closing)
            let cost =
                closing == held.magnitude
                ? openCost
                : try WideArithmetic.multiply(
                    openCost, by: closedSigned, dividedBy: Int128(held), rounding: .halfEven)
            let proceeds = closedSigned * Int128(price.mantissa)
            let profit = try WideArithmetic.add(proceeds, -cost, "a realised profit")
            openCost -= cost
            realized = try WideArithmetic.add(realized, profit, "a realised profit")
            change.closed = Quantity(mantissa: Int64(closing))
            change.realized = profit
            change.isRoundTrip = closing == held.magnitude
        }
        let opening =
            opposes
            ? signed.mantissa.magnitude - min(held.magnitude, signed.mantissa.magnitude)
            : signed.mantissa.magnitude
        if opening > 0 {
            let openedSigned = signed.mantissa > 0 ? Int128(opening) : -Int128(opening)
            openCost = try WideArithmetic.add(
                openCost, openedSigned * Int128(price.mantissa), "a position's cost")
            change.opened = Quantity(mantissa: Int64(opening))
        }
        quantity = next
        return change
    }

    /// Mean entry price at a scale: open cost / quantity, rounded half even; nil when flat.
    ///
    /// - Parameters:
    ///   - fillPriceScale: scale of the fill prices that were booked.
    ///   - scale: wanted scale.
    public func meanEntry(fillPriceScale: Scale, at scale: Scale) throws(ArithmeticOverflow) -> ExactDecimal?
    {
        guard quantity.mantissa != 0 else { return nil }
        let shift = Int(scale.decimals) - Int(fillPriceScale.decimals)
        let numerator = shift >= 0 ? Scale.power(shift) : 1
        let denominator = shift < 0 ? Scale.power(-shift) : 1
        let divisor = try WideArithmetic.multiply(Int128(quantity.mantissa), denominator, "a mean entry")
        let mean = try WideArithmetic.multiply(
            openCost, by: numerator, dividedBy: divisor, rounding: .halfEven)
        return ExactDecimal(mantissa: mean, scale: scale)
    }
}
