public import Markets
public import Units

/// What a venue reports of a margin account. All amounts are in its settlement asset.
public struct MarginView: Hashable, Sendable {
    /// Where the account is.
    public let venue: Venue
    /// What it settles in.
    public let asset: Asset
    /// Balance and unrealised profit.
    public let equity: Amount
    /// What the positions need to be opened, working orders not included.
    public let initial: Amount
    /// What the positions need to be kept, the fee of closing them by force included.
    public let maintenance: Amount
    /// Sum of the positions' absolute values at their mark prices.
    public let notional: Amount

    /// A view.
    public init(
        venue: Venue, asset: Asset, equity: Amount, initial: Amount, maintenance: Amount, notional: Amount
    ) {
        (self.venue, self.asset, self.equity) = (venue, asset, equity)
        (self.initial, self.maintenance, self.notional) = (initial, maintenance, notional)
    }

    /// equity / notional; nil without a position.
    public var ratio: MarginRatio? {
        notional.units > 0 ? MarginRatio(equity: equity, notional: notional) : nil
    }
}

/// equity / notional of a margin account, compared exactly: cross multiplication, no division.
public struct MarginRatio: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Balance and unrealised profit.
    public let equity: Amount
    /// Absolute value of the positions, positive.
    public let notional: Amount

    /// A ratio.
    ///
    /// - Precondition: `notional` is positive.
    public init(equity: Amount, notional: Amount) {
        precondition(notional.units > 0, "a margin ratio has a notional")
        (self.equity, self.notional) = (equity, notional)
    }

    public static func < (a: MarginRatio, b: MarginRatio) -> Bool {
        MarginRatio.isBelow(a.equity.units, a.notional.units, b.equity.units, b.notional.units)
    }

    public static func == (a: MarginRatio, b: MarginRatio) -> Bool { !(a < b) && !(b < a) }

    public func hash(into hasher: inout Hasher) { hasher.combine(decimal) }

    /// Whether the ratio is below a decimal number.
    public static func < (ratio: MarginRatio, bound: ExactDecimal) -> Bool {
        isBelow(ratio.equity.units, ratio.notional.units, bound.mantissa, bound.scale.unit)
    }

    /// Whether the ratio is at most a decimal number.
    public static func <= (ratio: MarginRatio, bound: ExactDecimal) -> Bool {
        !isBelow(bound.mantissa, bound.scale.unit, ratio.equity.units, ratio.notional.units)
    }

    /// Whether the ratio is above a decimal number.
    public static func > (ratio: MarginRatio, bound: ExactDecimal) -> Bool { !(ratio <= bound) }

    /// Whether the ratio is at least a decimal number.
    public static func >= (ratio: MarginRatio, bound: ExactDecimal) -> Bool { !(ratio < bound) }

    /// The quotient at twelve decimals, rounded half even, for messages and statistics.
    public var decimal: ExactDecimal {
        let scale = Scale(12)
        do throws(ArithmeticOverflow) {
            return ExactDecimal(
                mantissa: try WideArithmetic.multiply(
                    equity.units, by: scale.unit, dividedBy: notional.units, rounding: .halfEven),
                scale: scale)
        } catch {
            return ExactDecimal(mantissa: equity.units < 0 ? Int128.min + 1 : Int128.max, scale: scale)
        }
    }

    /// a / b < c / d for positive b and d.
    private static func isBelow(_ a: Int128, _ b: Int128, _ c: Int128, _ d: Int128) -> Bool {
        if (a < 0) != (c < 0) { return a < 0 }
        let (x, y) = (
            a.magnitude.multipliedFullWidth(by: d.magnitude), c.magnitude.multipliedFullWidth(by: b.magnitude)
        )
        return a < 0 ? (x.high, x.low) > (y.high, y.low) : (x.high, x.low) < (y.high, y.low)
    }
}
