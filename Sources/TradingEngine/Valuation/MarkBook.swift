internal import Accounting
internal import Markets
internal import Units

/// Turns prices of instruments into marks of units, and hands them to the ledger.
final class MarkBook {
    private struct Dependent {
        let unit: Int
        let path: [PriceHop]
        /// Where the unit is a contract: its place and numbers.
        var contract: (place: Int, numbers: ContractNumbers)?
    }

    private let sources: [MarkSource]
    private let scales: [Scale]
    private let prices: FixedArray<Int64>
    /// Where an instrument's price moves one unit directly and nothing else: the unit, or -1 when the slow
    /// way is needed, and the factor of mark = price x factor.
    private let directUnit: FixedArray<Int32>
    private let directFactor: FixedArray<Int64>
    private let sourceCodes: FixedArray<UInt8>
    private let dependents: [[Dependent]]
    private let unitScales: [Scale]
    /// Units of a fill price in one unit of a mark price; 0 where the mark price is finer by one decimal.
    private let fillFactors: FixedArray<Int64>

    init(setup: EngineSetup, plan: AccountPlan) {
        let count = setup.instruments.count
        let chosen = setup.instruments.indices.map { MarkSource.of(setup.instruments[$0], setup.series[$0]) }
        sources = chosen.map(\.source)
        scales = chosen.map(\.scale)
        prices = FixedArray(repeating: 0, count: count)
        fillFactors = FixedArray(
            setup.instruments.indices.map { index in
                let fill = Int(setup.instruments[index].fillPriceScale.decimals)
                let shift = fill - Int(chosen[index].scale.decimals)
                return shift < 0 ? 0 : Int64(Scale.power(shift))
            })
        directUnit = FixedArray(repeating: -1, count: count)
        directFactor = FixedArray(repeating: 0, count: count)
        sourceCodes = FixedArray(repeating: 0, count: count)
        unitScales = plan.units.map {
            Scale(Int(plan.valueScale.decimals) - Int($0.scale.decimals))
        }
        var dependents: [[Dependent]] = Array(repeating: [], count: count)
        for (index, unit) in plan.units.enumerated() {
            var dependent = Dependent(unit: index, path: unit.path)
            var places = unit.path.map(\.instrument.position)
            if let place = unit.contract, let numbers = ContractNumbers(setup.instruments[place]) {
                dependent.contract = (place, numbers)
                if !places.contains(place) { places.append(place) }
            }
            for place in places { dependents[place].append(dependent) }
        }
        self.dependents = dependents
        for index in 0..<count {
            sourceCodes[index] =
                sources[index] == .quotes
                ? 0 : sources[index] == .bars ? 1 : sources[index] == .trades ? 2 : 3
            guard dependents[index].count == 1, dependents[index][0].path.count == 1,
                dependents[index][0].contract == nil,
                !dependents[index][0].path[0].isInverse
            else { continue }
            let unit = dependents[index][0].unit
            let shift = Int(unitScales[unit].decimals) - Int(scales[index].decimals)
            if shift >= 0 && shift <= 18 {
                directUnit[index] = Int32(unit)
                directFactor[index] = Int64(Scale.power(shift))
            }
        }
    }

    /// Whether a price was seen for an instrument.
    func isPriced(_ index: Int) -> Bool { prices[index] != 0 }

    /// The last price and its scale; nil before the first.
    func rawPrice(_ index: Int) -> (price: Int64, scale: Scale)? {
        prices[index] == 0 ? nil : (prices[index], scales[index])
    }

    /// The last price at the instrument's fill price scale, rounded half even; nil before the first.
    func lastPrice(_ index: Int) throws(ArithmeticOverflow) -> Price? {
        let price = prices[index]
        if price == 0 { return nil }
        let factor = fillFactors[index]
        if factor > 0 {
            let (scaled, overflow) = price.multipliedReportingOverflow(by: factor)
            if overflow { throw ArithmeticOverflow("a price") }
            return Price(mantissa: scaled)
        }
        let rounded = try WideArithmetic.divide(Int128(price), by: 10, rounding: .halfEven)
        guard let mantissa = Int64(exactly: rounded) else { throw ArithmeticOverflow("a price") }
        return Price(mantissa: mantissa)
    }

    /// A bar's close or a trade's price, where the instrument's marks come from that source.
    @inline(__always)
    func price(_ index: Int, _ price: Price, _ source: UInt8, _ ledger: Ledger) throws(LedgerError) {
        if sourceCodes[index] == source { try set(index, price.mantissa, ledger) }
    }

    @inline(__always)
    func quote(_ index: Int, bid: Price, ask: Price, _ ledger: Ledger) throws(LedgerError) {
        guard sourceCodes[index] == 0, bid.mantissa > 0, ask.mantissa > 0 else { return }
        let (sum, one) = bid.mantissa.addingReportingOverflow(ask.mantissa)
        let (middle, two) = sum.multipliedReportingOverflow(by: 5)
        if one || two { throw .overflow(ArithmeticOverflow("the middle of a quote")) }
        try set(index, middle, ledger)
    }

    @inline(__always)
    private func set(_ index: Int, _ price: Int64, _ ledger: Ledger) throws(LedgerError) {
        let known = prices.pointer + index
        if price == known.pointee || price <= 0 { return }
        known.pointee = price
        let unit = directUnit.pointer[index]
        if unit >= 0 {
            let wide = price.multipliedFullWidth(by: directFactor.pointer[index])
            try ledger.setMark(MarkIndex(Int(unit)), to: Int128(wide.high) << 64 | Int128(wide.low))
        } else {
            for dependent in dependents[index] { try recompute(dependent, ledger) }
        }
    }

    /// A mark over several hops: rounded half even at the unit's mark scale after each.
    private func recompute(_ dependent: Dependent, _ ledger: Ledger) throws(LedgerError) {
        var mark = unitScales[dependent.unit].unit
        if let (place, numbers) = dependent.contract {
            if prices[place] == 0 { return }
            do throws(ArithmeticOverflow) {
                mark = try numbers.value(of: mark, at: prices[place], scales[place])
            } catch { throw .overflow(error) }
        }
        for hop in dependent.path {
            let place = hop.instrument.position
            let price = Int128(prices[place])
            if price == 0 { return }
            let unit = scales[place].unit
            do throws(ArithmeticOverflow) {
                mark = try WideArithmetic.multiply(
                    mark, by: hop.isInverse ? unit : price, dividedBy: hop.isInverse ? price : unit,
                    rounding: .halfEven)
            } catch { throw .overflow(error) }
        }
        try ledger.setMark(MarkIndex(dependent.unit), to: mark)
    }
}

extension ContractNumbers {
    /// What one contract is worth in its settlement asset at a price, times a factor, rounded half even.
    fileprivate func value(
        of factor: Int128, at price: Int64, _ scale: Scale
    ) throws(ArithmeticOverflow) -> Int128 {
        let price = Int128(price)
        if isInverse {
            let amount = try WideArithmetic.multiply(size, scale.unit, "an inverse mark")
            let divisor = try WideArithmetic.multiply(price, sizeScale.unit, "an inverse mark")
            return
                -(try WideArithmetic.multiply(
                    factor, by: amount, dividedBy: divisor, rounding: .halfEven))
        }
        let amount = try WideArithmetic.multiply(size, price, "the mark of a contract")
        let divisor = try WideArithmetic.multiply(scale.unit, sizeScale.unit, "the mark of a contract")
        return try WideArithmetic.multiply(factor, by: amount, dividedBy: divisor, rounding: .halfEven)
    }
}
