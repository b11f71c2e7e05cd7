public import Units

/// How much may be owed against a token for staked ETH, so that a fall of its market price that was seen
/// before leaves the loan within its limit.
public enum TargetLoanToValue {
    /// maximum x (1 - move), rounded down to nine decimals: the target that leaves `maximum` untouched after
    /// the token fell by `move` against what is owed.
    ///
    /// It is dynamic in the move: the largest fall that is known (of the parameters, or of the market against
    /// the oracle so far) decides.
    ///
    /// - Parameters:
    ///   - maximum: the most that may be owed, as a share of the collateral, from 0 to 1.
    ///   - move: the largest fall expected, as a fraction from 0 to 1; beyond, nothing may be owed.
    public static func after(
        maximum: ExactDecimal, move: ExactDecimal
    ) throws(ArithmeticOverflow) -> ExactDecimal {
        let scale = Scale(9)
        let kept = try scale.unit - move.mantissa(at: scale, rounding: .up)
        let target = try WideArithmetic.multiply(
            try maximum.mantissa(at: scale, rounding: .down), by: max(0, min(scale.unit, kept)),
            dividedBy: scale.unit, rounding: .down)
        return ExactDecimal(mantissa: target, scale: scale)
    }

    /// The most that an account may owe with a leverage: 1 - 1 / leverage, rounded down to nine decimals;
    /// 2/3 for 3. A target above it is refused, never clamped.
    public static func most(leverage: ExactDecimal) throws(ArithmeticOverflow) -> ExactDecimal {
        let scale = Scale(9)
        let factor = try leverage.mantissa(at: scale, rounding: .down)
        guard factor > scale.unit else { return .zero }
        let inverse = try WideArithmetic.multiply(
            scale.unit, by: scale.unit, dividedBy: factor, rounding: .up)
        return ExactDecimal(mantissa: scale.unit - inverse, scale: scale)
    }

    /// How far a market price is below what the oracle says, as a fraction rounded up to nine decimals; zero
    /// where it is not below, or where a price is missing.
    public static func spread(
        market: ExactDecimal, oracle: ExactDecimal
    ) throws(ArithmeticOverflow) -> ExactDecimal {
        let scale = Scale(18)
        let (paid, told) = (
            try market.mantissa(at: scale, rounding: .down), try oracle.mantissa(at: scale, rounding: .up)
        )
        guard paid > 0, told > paid else { return .zero }
        return ExactDecimal(
            mantissa: try WideArithmetic.multiply(
                told - paid, by: Scale(9).unit, dividedBy: told, rounding: .up),
            scale: Scale(9))
    }
}
