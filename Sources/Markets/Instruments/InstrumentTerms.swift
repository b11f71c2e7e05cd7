public import Units

/// The numbers of an instrument that every order and fill needs, without its names.
public struct InstrumentTerms: Hashable, Sendable, BitwiseCopyable {
    /// Decimals of prices.
    public let priceScale: Scale
    /// Decimals of fill prices.
    public let fillPriceScale: Scale
    /// Decimals of quantities.
    public let quantityScale: Scale
    /// Decimals of the base asset in the ledger.
    public let baseScale: Scale
    /// Decimals of the quote asset in the ledger.
    public let quoteScale: Scale
    /// Decimals of the settlement asset in the ledger: that of fees and, for contracts, of profit.
    public let settlementScale: Scale
    /// Whether it is a spot instrument.
    public let isSpot: Bool
    /// Whether it is a contract on margin.
    public let isContract: Bool
    /// Step of order prices.
    public let tickSize: Price
    /// Step of order quantities.
    public let lotSize: Quantity
    /// Units of a fill price in one unit of a price.
    public let fillPriceFactor: Int64
    /// Units of the base asset in one unit of a quantity.
    public let baseFactor: Int128
    /// Divisor that brings quantity x fill price to the quote asset's ledger scale; 1 when
    /// ``notionalFactor`` is needed instead.
    public let notionalDivisor: Int128
    /// Factor that brings quantity x fill price to the quote asset's ledger scale.
    public let notionalFactor: Int128

    /// The terms of an instrument.
    init(_ instrument: Instrument) {
        priceScale = instrument.priceScale
        fillPriceScale = instrument.fillPriceScale
        quantityScale = instrument.quantityScale
        baseScale = instrument.base.ledgerScale
        quoteScale = instrument.quote.ledgerScale
        settlementScale = instrument.settlementAsset.ledgerScale
        isSpot = instrument.id.type == .spot
        isContract = instrument.contract != nil
        tickSize = instrument.tickSize
        lotSize = instrument.lotSize
        fillPriceFactor = Int64(
            Scale.power(Int(fillPriceScale.decimals) - Int(priceScale.decimals)))
        baseFactor = Scale.power(Int(baseScale.decimals) - Int(quantityScale.decimals))
        let decimals = Int(quantityScale.decimals) + Int(fillPriceScale.decimals) - Int(quoteScale.decimals)
        notionalDivisor = Scale.power(max(0, decimals))
        notionalFactor = Scale.power(max(0, -decimals))
    }

    /// quantity x price in the quote asset, rounded as named at its ledger scale.
    public func notional(
        _ quantity: Quantity, _ price: Price, rounding: Rounding = .halfEven
    ) throws(ArithmeticOverflow) -> Int128 {
        let wide = quantity.mantissa.multipliedFullWidth(by: price.mantissa)
        let product = Int128(wide.high) << 64 | Int128(wide.low)
        if notionalDivisor == 1 { return try WideArithmetic.multiply(product, notionalFactor, "a notional") }
        return try WideArithmetic.divide(product, by: notionalDivisor, rounding: rounding)
    }
}

extension Instrument {
    /// Its numbers without its names.
    public var terms: InstrumentTerms { InstrumentTerms(self) }
}
