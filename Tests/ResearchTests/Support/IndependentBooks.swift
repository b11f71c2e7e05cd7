import Markets
import Research
import Simulation
import Units

/// Cash, positions and fees of a run, computed again from its fills alone, in plain integers.
struct IndependentBooks {
    /// At 8 decimals.
    private(set) var cash: Int128
    /// By instrument, at 8 decimals.
    private(set) var positions: [Int128]
    /// First fill whose fee is not what the commission says; nil when all are.
    private(set) var wrongFee: String?

    init(_ result: BacktestResult) {
        cash = result.plan.capital.mantissa * Scale.power(8)
        positions = result.instruments.map { _ in 0 }
        for fill in result.fills {
            let instrument = result.instruments[fill.instrument.position]
            let product = Int128(fill.quantity.mantissa) * Int128(fill.price.mantissa)
            let decimals = Int(instrument.fillPriceScale.decimals)
            let notional = Self.halfEven(product, Scale.power(decimals))
            let sign: Int128 = fill.side == .buy ? 1 : -1
            cash -= sign * notional + fill.fee.units
            positions[fill.instrument.position] += sign * Int128(fill.quantity.mantissa)
            let fee = Self.fee(
                result.plan.execution.commission!, Int128(fill.quantity.mantissa), product, decimals)
            if fee != fill.fee.units, wrongFee == nil { wrongFee = "\(fill), wanted \(fee)" }
        }
    }

    /// Share of the notional plus charge per unit, each rounded half even at 8 decimals; at least the
    /// minimum.
    private static func fee(
        _ model: CommissionModel, _ quantity: Int128, _ product: Int128, _ decimals: Int
    ) -> Int128 {
        // Millionths of a basis point are 10^-10.
        var fee = halfEven(product * Int128(model.taker.millionths), Scale.power(decimals + 10))
        let unit = model.perUnit.normalized
        fee += halfEven(quantity * unit.mantissa, Scale.power(Int(unit.scale.decimals)))
        let least = model.minimum.normalized
        let minimum = least.mantissa * Scale.power(8 - Int(least.scale.decimals))
        return minimum == 0 ? fee : max(fee, minimum)
    }

    static func halfEven(_ number: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, rest) = number.magnitude.quotientAndRemainder(dividingBy: divisor.magnitude)
        let double = rest * 2
        let up = double > divisor.magnitude || (double == divisor.magnitude && quotient % 2 == 1)
        let rounded = Int128(quotient) + (up ? 1 : 0)
        return number < 0 ? -rounded : rounded
    }

    /// Cash plus positions at the last prices of the data, where every instrument is quoted in the share
    /// class.
    func equity(_ result: BacktestResult, _ raw: [RawSeries]) -> ExactDecimal {
        var total = cash * Scale.power(6)
        for (place, instrument) in result.instruments.enumerated() where positions[place] != 0 {
            let own = raw.filter { $0.id == instrument.id.description }
            let mark: (value: Int64, decimals: Int)
            if let quotes = own.first(where: { $0.kind == .quotes }) {
                let last = quotes.rows.last { $0[1] > 0 && $0[2] > 0 }!
                mark = ((last[1] + last[2]) * 5, quotes.priceScale + 1)
            } else if let bars = own.first(where: { $0.kind == .bars }) {
                mark = (bars.rows.last![4], bars.priceScale)
            } else {
                mark = (own[0].rows.last![1], own[0].priceScale)
            }
            total += positions[place] * Int128(mark.value) * Scale.power(6 - mark.decimals)
        }
        return ExactDecimal(mantissa: total, scale: Scale(14))
    }
}
