internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The contract that a directional mode trades: its units, and prices on its ticks.
struct DirectionalContract {
    let index: InstrumentIndex
    let venue: Venue
    let asset: Asset
    private let instrument: Instrument
    private let numbers: ContractNumbers

    /// The contract of a run, or every reason why it cannot be traded, in one problem.
    init(
        _ setup: StrategySetup, _ settings: DirectionalSettings, shareClass: String,
        settlement: ContractSettlement
    ) throws(ParameterProblem) {
        guard let id = InstrumentID(settings.instrument), let index = setup.index(of: id) else {
            throw ParameterProblem("data", "the run holds no bars and signals of \(settings.instrument)")
        }
        let instrument = setup.instruments[index.position]
        var reasons: [String] = []
        for kind in [SeriesKind.bars, .signals] where !setup.series[index.position].contains(kind) {
            reasons.append("the run holds no \(kind.rawValue) of \(id)")
        }
        if setup.shareClass.symbol != shareClass {
            reasons.append("the capital is in \(setup.shareClass), and this mode counts in \(shareClass)")
        }
        guard let contract = instrument.contract, let numbers = ContractNumbers(instrument) else {
            reasons.append("\(id) is no contract; name a perpetual or a future")
            throw ParameterProblem("instrument", reasons.joined(separator: "; "))
        }
        if contract.settlement != settlement {
            reasons.append(
                "\(id) settles \(contract.settlement.rawValue), and this mode trades \(settlement.rawValue) "
                    + "contracts; say so under instruments.\(id).contract.settlement")
        } else if instrument.settlementAsset.symbol != shareClass {
            reasons.append("\(id) settles in \(instrument.settlementAsset), not in \(shareClass)")
        }
        if settings.leverage.decimal > ExactDecimal(contract.maximumLeverage) {
            reasons.append(
                "a leverage of \(settings.leverage) is above the \(contract.maximumLeverage) that \(id) "
                    + "allows")
        }
        if !reasons.isEmpty { throw ParameterProblem("instrument", reasons.joined(separator: "; ")) }
        (self.index, self.instrument, self.numbers) = (index, instrument, numbers)
        (venue, asset) = (id.venue, setup.shareClass)
    }

    /// The largest quantity in whole lots whose notional at a price is at most an amount of the settlement
    /// asset.
    func quantity(worth amount: Int128, at price: Price) throws(ArithmeticOverflow) -> Quantity {
        guard amount > 0, price.mantissa > 0 else { return .zero }
        // Many lots at once, as one is worth too little to divide by.
        let many: Int128 = 1_000_000_000
        let lot = Int128(instrument.lotSize.mantissa)
        let worth = try numbers.notional(
            try WideArithmetic.multiply(lot, many, "a number of lots"), at: price.mantissa,
            instrument.priceScale, rounding: .up)
        guard worth > 0 else { return .zero }
        let lots = try WideArithmetic.multiply(amount, by: many, dividedBy: worth, rounding: .down)
        return Quantity(mantissa: Int64(clamping: try WideArithmetic.multiply(lots, lot, "a quantity")))
    }

    /// The price on the instrument's ticks nearest to a fill price plus a fraction of it, in millionths; nil
    /// where that is not positive.
    func price(_ fill: Int128, moved millionths: Int128) throws(ArithmeticOverflow) -> Price? {
        let unit = DirectionalSettings.scale.unit
        let moved = try WideArithmetic.multiply(
            fill, by: unit + millionths, dividedBy: unit, rounding: .halfEven)
        return try onTick(moved, instrument.fillPriceScale)
    }

    /// The price on the instrument's ticks nearest to a decimal; nil where there is none.
    func price(_ decimal: ExactDecimal) throws(ArithmeticOverflow) -> Price? {
        let reduced = decimal.normalized
        return try onTick(reduced.mantissa, reduced.scale)
    }

    private func onTick(_ mantissa: Int128, _ scale: Scale) throws(ArithmeticOverflow) -> Price? {
        let tick = Int128(instrument.tickSize.mantissa)
        let shift = Int(instrument.priceScale.decimals) - Int(scale.decimals)
        let ticks = try WideArithmetic.multiply(
            mantissa, by: Scale.power(max(0, shift)),
            dividedBy: try WideArithmetic.multiply(tick, Scale.power(max(0, -shift)), "a tick"),
            rounding: .halfEven)
        guard ticks > 0, let price = Int64(exactly: try WideArithmetic.multiply(ticks, tick, "a price"))
        else { return nil }
        return Price(mantissa: price)
    }

    /// Whether a price is above a fill price, or below it; one that is equal is neither.
    func lies(_ price: Price, above isAbove: Bool, _ fill: Int128) -> Bool {
        let (level, entry) = (
            price.decimal(instrument.priceScale),
            ExactDecimal(mantissa: fill, scale: instrument.fillPriceScale)
        )
        return isAbove ? level > entry : level < entry
    }
}
