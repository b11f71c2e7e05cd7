public import Accounting
internal import Markets
public import Units

/// Turns prices of instruments into marks of units, and hands them to the ledger.
@usableFromInline final class MarkBook {
    private struct Dependent {
        let unit: Int
        let path: [PriceHop]
        /// Where the unit is a contract: its place and numbers.
        var contract: (place: Int, numbers: ContractNumbers)?
        /// Whether the unit is worth its ratio of what the path prices.
        var isStaked = false
    }

    /// What every observation of an instrument looks at.
    @usableFromInline struct State: BitwiseCopyable {
        /// The last price at the scale of its source; 0 before the first.
        @usableFromInline var price: Int64 = 0
        /// Where the price moves one unit directly and nothing else: the unit, or -1 when the slow way is
        /// needed, and the factor of mark = price x factor.
        @usableFromInline var unit: Int32 = -1
        @usableFromInline var source = MarkSource.quotes
        @usableFromInline var factor: Int64 = 0
    }

    private let scales: [Scale]
    @usableFromInline let states: FixedArray<State>
    private let dependents: [[Dependent]]
    private let unitScales: [Scale]
    /// Units of a fill price in one unit of a mark price; 0 where the mark price is finer by one decimal.
    private let fillFactors: FixedArray<Int64>
    /// Staked units by their place; nothing for the rest.
    private let staked: [Dependent?]
    /// ETH for one unit of them; 0 before the first.
    private let ratios: FixedArray<Int128>

    init(setup: EngineSetup, plan: AccountPlan) {
        let count = setup.instruments.count
        let chosen = setup.instruments.indices.map { MarkSource.of(setup.instruments[$0], setup.series[$0]) }
        scales = chosen.map(\.scale)
        fillFactors = FixedArray(
            setup.instruments.indices.map { index in
                let fill = Int(setup.instruments[index].fillPriceScale.decimals)
                let shift = fill - Int(chosen[index].scale.decimals)
                return shift < 0 ? 0 : Int64(Scale.power(shift))
            })
        states = FixedArray(chosen.map { State(source: $0.source) })
        unitScales = plan.units.map {
            Scale(Int(plan.valueScale.decimals) - Int($0.scale.decimals))
        }
        var dependents: [[Dependent]] = Array(repeating: [], count: count)
        var staked: [Dependent?] = Array(repeating: nil, count: plan.units.count)
        ratios = FixedArray(repeating: 0, count: plan.units.count)
        for (index, unit) in plan.units.enumerated() {
            var dependent = Dependent(unit: index, path: unit.path, isStaked: unit.isStaked)
            if unit.isStaked { staked[index] = dependent }
            var places = unit.path.map(\.instrument.position)
            if let place = unit.contract, let numbers = ContractNumbers(setup.instruments[place]) {
                dependent.contract = (place, numbers)
                if !places.contains(place) { places.append(place) }
            }
            for place in places { dependents[place].append(dependent) }
        }
        self.dependents = dependents
        self.staked = staked
        for index in 0..<count {
            guard dependents[index].count == 1, dependents[index][0].path.count == 1,
                dependents[index][0].contract == nil, !dependents[index][0].isStaked,
                !dependents[index][0].path[0].isInverse
            else { continue }
            let unit = dependents[index][0].unit
            let shift = Int(unitScales[unit].decimals) - Int(scales[index].decimals)
            if shift >= 0 && shift <= 18 {
                states.pointer[index].unit = Int32(unit)
                states.pointer[index].factor = Int64(Scale.power(shift))
            }
        }
    }

    /// Whether a price was seen for an instrument.
    func isPriced(_ index: Int) -> Bool { states[index].price != 0 }

    /// The last price and its scale; nil before the first.
    func rawPrice(_ index: Int) -> (price: Int64, scale: Scale)? {
        states[index].price == 0 ? nil : (states[index].price, scales[index])
    }

    /// The last price at the instrument's fill price scale, rounded half even; nil before the first.
    func lastPrice(_ index: Int) throws(ArithmeticOverflow) -> Price? {
        let price = states[index].price
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
    @inlinable @inline(__always)
    func price(_ index: Int, _ price: Price, _ source: MarkSource, _ ledger: Ledger) throws(LedgerError) {
        let state = states.pointer + index
        if state.pointee.source == source { try set(state, index, price.mantissa, ledger) }
    }

    /// The middle of a quote, where the instrument's marks come from quotes.
    @inlinable @inline(__always)
    func quote(_ index: Int, bid: Price, ask: Price, _ ledger: Ledger) throws(LedgerError) {
        let state = states.pointer + index
        guard state.pointee.source == .quotes, bid.mantissa > 0, ask.mantissa > 0 else { return }
        let (sum, one) = bid.mantissa.addingReportingOverflow(ask.mantissa)
        let (middle, two) = sum.multipliedReportingOverflow(by: 5)
        if one || two { throw MarkBook.middleOverflow() }
        try set(state, index, middle, ledger)
    }

    @usableFromInline @inline(never)
    static func middleOverflow() -> LedgerError { .overflow(ArithmeticOverflow("the middle of a quote")) }

    @inlinable @inline(__always)
    func set(
        _ state: UnsafeMutablePointer<State>, _ index: Int, _ price: Int64, _ ledger: Ledger
    ) throws(LedgerError) {
        if price == state.pointee.price || price <= 0 { return }
        state.pointee.price = price
        let (mark, isWide) = price.multipliedReportingOverflow(by: state.pointee.factor)
        if state.pointee.unit >= 0 && !isWide {
            try ledger.setPriceMark(MarkIndex(Int(state.pointee.unit)), to: mark)
        } else {
            try setSlowly(index, price, ledger)
        }
    }

    /// Moves the mark of an instrument to a price from elsewhere, rounded half even at its scale.
    func standIn(_ price: ExactDecimal, for index: Int, _ ledger: Ledger) throws(LedgerError) {
        let mantissa: Int128
        do throws(ArithmeticOverflow) {
            mantissa = try price.mantissa(at: scales[index], rounding: .halfEven)
        } catch { throw .overflow(error) }
        guard let narrow = Int64(exactly: mantissa) else {
            throw .overflow(ArithmeticOverflow("an index price"))
        }
        try set(states.pointer + index, index, narrow, ledger)
    }

    @usableFromInline @inline(never)
    func setSlowly(_ index: Int, _ price: Int64, _ ledger: Ledger) throws(LedgerError) {
        let unit = states[index].unit
        if unit >= 0 {
            let wide = price.multipliedFullWidth(by: states[index].factor)
            try ledger.setMark(
                MarkIndex(Int(unit)), to: Int128(wide.high) << 64 | Int128(wide.low))
        } else {
            for dependent in dependents[index] { try recompute(dependent, ledger) }
        }
    }

    /// Moves the mark of a staked unit to a ratio; the change of value is growth by staking.
    func ratio(_ ratio: Wad, of unit: Int, _ ledger: Ledger) throws(LedgerError) {
        guard let dependent = staked[unit], ratio > .zero, ratios[unit] != ratio.mantissa else { return }
        ratios.pointer[unit] = ratio.mantissa
        try recompute(dependent, ledger, cause: .staking)
    }

    /// A mark over several hops: rounded half even at the unit's mark scale after each.
    private func recompute(
        _ dependent: Dependent, _ ledger: Ledger, cause: Cause = .price
    ) throws(LedgerError) {
        var mark = unitScales[dependent.unit].unit
        if dependent.isStaked {
            if ratios[dependent.unit] == 0 { return }
            do throws(ArithmeticOverflow) {
                mark = try WideArithmetic.multiply(
                    mark, by: ratios[dependent.unit], dividedBy: Wad.one.mantissa, rounding: .halfEven)
            } catch { throw .overflow(error) }
        }
        if let (place, numbers) = dependent.contract {
            if states[place].price == 0 { return }
            do throws(ArithmeticOverflow) {
                mark = try numbers.value(of: mark, at: states[place].price, scales[place])
            } catch { throw .overflow(error) }
        }
        for hop in dependent.path {
            let place = hop.instrument.position
            let price = Int128(states[place].price)
            if price == 0 { return }
            let unit = scales[place].unit
            do throws(ArithmeticOverflow) {
                mark = try WideArithmetic.multiply(
                    mark, by: hop.isInverse ? unit : price, dividedBy: hop.isInverse ? price : unit,
                    rounding: .halfEven)
            } catch { throw .overflow(error) }
        }
        try ledger.setMark(MarkIndex(dependent.unit), to: mark, cause: cause)
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
