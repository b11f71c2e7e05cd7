package import Units

/// How equity is divided between the wallet, the spot and the margin of the shorts.
///
/// With a margin of m for each unit of notional short, spot = D / (1 + m) and margin = D m / (1 + m), where D
/// is equity less the reserve: a full short against the spot still leaves its margin (requirement (c), BTC
/// basis capital).
package struct CapitalSplit: Hashable, Sendable {
    /// What stays in the wallet.
    package let reserve: Int128
    /// What buys spot.
    package let spot: Int128
    /// What margins the shorts.
    package let margin: Int128

    /// Divides an equity in units of money; the three parts add up to it exactly. Nothing for no equity.
    package init(equity: Int128, reserve: Ratio, marginTarget: Ratio) throws(ArithmeticOverflow) {
        guard equity > 0 else {
            (self.reserve, spot, margin) = (max(0, equity), 0, 0)
            return
        }
        let kept = try reserve.of(equity, rounding: .up)
        let working = equity - kept
        spot = try WideArithmetic.multiply(
            working, by: Ratio.one.mantissa, dividedBy: Ratio.one.mantissa + marginTarget.mantissa,
            rounding: .down)
        margin = working - spot
        self.reserve = kept
    }
}
