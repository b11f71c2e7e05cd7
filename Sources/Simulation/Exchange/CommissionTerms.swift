public import Markets
internal import Units

/// A commission model as integers for one instrument.
struct CommissionTerms: BitwiseCopyable {
    /// Millionths of a basis point.
    let taker: Int128
    let maker: Int128
    /// Where the instrument is a contract, how it turns quantities into its settlement asset, in which the
    /// fee is; the four numbers below serve the rest.
    let contract: ContractNumbers?
    /// Fee = quantity x price x rate x factor / divisor, at the quote asset's ledger scale.
    let factor: Int128
    let divisor: Int128
    /// Fee = quantity x perUnit / perUnitDivisor.
    let perUnit: Int128
    let perUnitDivisor: Int128
    /// The least fee; `Int128.min` without one, as a rebate may be below zero.
    let minimum: Int128
    /// Whether the charges are amounts of the quote asset at all; a fill is an error where not.
    let isUsable: Bool

    init(_ model: CommissionModel, _ terms: InstrumentTerms, contract: ContractNumbers?) {
        self.contract = contract
        taker = Int128(model.taker.millionths)
        maker = Int128(model.maker.millionths)
        // quantity x price x millionths has quantityScale + fillPriceScale + 10 decimals.
        let quote = Int(terms.settlementScale.decimals)
        let decimals = Int(terms.quantityScale.decimals) + Int(terms.fillPriceScale.decimals) + 10 - quote
        factor = Scale.power(max(0, -decimals))
        divisor = Scale.power(max(0, decimals))
        let unit = model.perUnit.normalized
        let unitDecimals = Int(terms.quantityScale.decimals) + Int(unit.scale.decimals) - quote
        let (charge, overflow) = unit.mantissa.multipliedReportingOverflow(
            by: Scale.power(max(0, -unitDecimals)))
        perUnit = overflow ? 0 : charge
        perUnitDivisor = Scale.power(max(0, unitDecimals))
        let least = model.minimum.normalized.exactMantissa(at: terms.settlementScale)
        minimum = model.minimum.isZero ? Int128.min : least ?? Int128.min
        isUsable = !overflow && least != nil
    }
}

extension CommissionModel {
    /// A charge that cannot be made of an instrument.
    public enum Problem: Hashable, Sendable {
        /// The minimum has more decimals than the ledger keeps of the quote asset.
        case fineMinimum
        /// The charge per unit is beyond all amounts of the quote asset.
        case largePerUnit
    }

    /// Why the commission cannot be charged for fills of an instrument; nil when it can.
    public func problem(for instrument: Instrument) -> Problem? {
        let terms = instrument.terms
        if minimum.normalized.exactMantissa(at: terms.settlementScale) == nil { return .fineMinimum }
        return CommissionTerms(self, terms, contract: nil).isUsable ? nil : .largePerUnit
    }
}
