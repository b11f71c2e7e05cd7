public import Units

/// How a reserve's rates follow from how much of it is lent out.
///
/// `U = debt / supply`; up to the optimal `U*`, `borrow = base + slope1 * U / U*`; above it, `base +
/// slope1 + slope2 * (U - U*) / (1 - U*)`; `supply = borrow * U * (1 - reserve factor)`. All are rays;
/// every product and quotient is rounded half up, as the contract does.
///
/// Source: Aave v3 `DefaultReserveInterestRateStrategyV2.calculateInterestRates`
/// (aave-dao/aave-v3-origin, read 2026-11-21). The calibrated numbers are the earlier platform's; where
/// it names one slope it holds on both sides of the kink, and weETH, for which it names no optimal
/// utilisation, has that of the others.
public struct TwoSlopeRates: Hashable, Sendable {
    /// The utilisation at the kink, above 0 and below 1.
    public let optimal: Ray
    /// The borrow rate of an idle reserve, a year.
    public let base: Ray
    /// What the way to the kink adds.
    public let slope1: Ray
    /// What the way from the kink to full use adds.
    public let slope2: Ray
    /// The share of the interest that the protocol keeps, 0 to 1.
    public let reserveFactor: Ray

    /// A model from its parts; nil where a number is out of range.
    public init?(optimal: Ray, base: Ray, slope1: Ray, slope2: Ray, reserveFactor: Ray) {
        guard optimal > .zero, optimal < .one, base >= .zero, slope1 >= .zero, slope2 >= .zero,
            reserveFactor >= .zero, reserveFactor <= .one
        else { return nil }
        (self.optimal, self.base, self.slope1) = (optimal, base, slope1)
        (self.slope2, self.reserveFactor) = (slope2, reserveFactor)
    }

    /// From hundred-thousandths, for the constants below.
    private init(_ optimal: Int128, base: Int128 = 0, _ slope1: Int128, _ slope2: Int128, factor: Int128) {
        func ray(_ parts: Int128) -> Ray { Ray(mantissa: parts * Scale.power(22)) }
        (self.optimal, self.base, self.slope1) = (ray(optimal), ray(base), ray(slope1))
        (self.slope2, self.reserveFactor) = (ray(slope2), ray(factor))
    }

    /// WETH: kink 0.95, slope 0.05, reserve factor 0.20.
    public static let weth = TwoSlopeRates(95_000, 5_000, 5_000, factor: 20_000)
    /// wstETH: kink 0.95, slope 0.02, reserve factor 0.235.
    public static let wsteth = TwoSlopeRates(95_000, 2_000, 2_000, factor: 23_500)
    /// weETH: base 0.01, slope 0.01, reserve factor 0.25.
    public static let weeth = TwoSlopeRates(95_000, base: 1_000, 1_000, 1_000, factor: 25_000)
    /// USDT: kink 0.95, slope 0.08, reserve factor 0.113.
    public static let usdt = TwoSlopeRates(95_000, 8_000, 8_000, factor: 11_300)
    /// ETH outside the series: kink 0.80, slopes 0.0225 and 0.0275, reserve factor 0.15.
    public static let eth = TwoSlopeRates(80_000, 2_250, 2_750, factor: 15_000)
}

/// The yearly rates of a reserve.
public struct LendingRates: Hashable, Sendable {
    /// The share of the deposits that is lent out.
    public let utilization: Ray
    /// What deposits earn.
    public let supply: Ray
    /// What debts cost.
    public let borrow: Ray
}

/// What our own size changes of a reserve's yearly rates; negative where it lowers them.
public struct RateImpact: Hashable, Sendable {
    /// Of the supply rate.
    public let supply: Ray
    /// Of the borrow rate.
    public let borrow: Ray
}

extension TwoSlopeRates {
    /// The rates at given totals, in units of the token. A reserve without deposits is idle; a debt above
    /// the deposits counts as all of them.
    public func rates(supplied: Int128, borrowed: Int128) throws(ArithmeticOverflow) -> LendingRates {
        guard supplied > 0, borrowed > 0 else {
            return LendingRates(utilization: .zero, supply: .zero, borrow: base)
        }
        let share = try Ray(mantissa: supplied).dividing(min(borrowed, supplied))
        let use = Ray(mantissa: share)
        let borrow: Ray
        if use <= optimal {
            borrow = try base.plus(slope1.times(use).over(optimal))
        } else {
            let excess = Ray(mantissa: use.mantissa - optimal.mantissa)
            let room = Ray(mantissa: Ray.one.mantissa - optimal.mantissa)
            borrow = try base.plus(slope1).plus(slope2.times(excess.over(room)))
        }
        let kept = Ray(mantissa: Ray.one.mantissa - reserveFactor.mantissa)
        return LendingRates(
            utilization: use, supply: try borrow.times(use).times(kept), borrow: borrow)
    }

    /// What our own deposit and debt change of the rates at the recorded totals, which are without us.
    public func impact(
        supplied: Int128, borrowed: Int128, ownDeposit: Int128, ownDebt: Int128
    ) throws(ArithmeticOverflow) -> RateImpact {
        let without = try rates(supplied: supplied, borrowed: borrowed)
        let with = try rates(
            supplied: WideArithmetic.add(supplied, ownDeposit, "deposits of a reserve"),
            borrowed: WideArithmetic.add(borrowed, ownDebt, "debts of a reserve"))
        return RateImpact(
            supply: Ray(mantissa: with.supply.mantissa - without.supply.mantissa),
            borrow: Ray(mantissa: with.borrow.mantissa - without.borrow.mantissa))
    }

    /// The simple interest of a balance over a time at a rate, or at a difference of rates: half up.
    ///
    /// A run credits interest by the recorded indices and adds this for its own size.
    public static func interest(
        on balance: Int128, rate: Ray, seconds: Int64
    ) throws(ArithmeticOverflow) -> Int128 {
        let growth = try WideArithmetic.multiply(
            rate.mantissa, by: Int128(seconds), dividedBy: Ray.secondsPerYear, rounding: .halfUp)
        return try Ray(mantissa: growth).multiplied(by: balance)
    }
}
