public import Units

/// The numbers of a contract that settlement needs, without names and tiers.
///
/// All results are in units of the settlement asset at its ledger scale. A contract is worth, for a signed
/// quantity q and a price P, q x size x P (linear) or -q x size / P (inverse); what was paid for it enters
/// its cost with the other sign. Profit is value plus cost.
public struct ContractNumbers: Hashable, Sendable, BitwiseCopyable {
    /// Whether it pays in the base asset.
    public let isInverse: Bool
    /// Mantissa of the contract's size.
    public let size: Int128
    /// Decimals of the contract's size.
    public let sizeScale: Scale
    /// Decimals of quantities.
    public let quantityScale: Scale
    /// Decimals of the settlement asset in the ledger.
    public let settlementScale: Scale

    /// The numbers of an instrument; nil when it is not a contract.
    public init?(_ instrument: Instrument) {
        guard let contract = instrument.contract else { return nil }
        isInverse = contract.settlement == .inverse
        size = contract.size.mantissa
        sizeScale = contract.size.scale
        quantityScale = instrument.quantityScale
        settlementScale = instrument.settlementAsset.ledgerScale
    }

    /// What a quantity is worth at a price, without the sign of the settlement: q x size x P, or
    /// q x size / P. It has the sign of the quantity.
    ///
    /// - Precondition: the price is positive.
    public func notional(
        _ quantity: Int128, at price: Int64, _ priceScale: Scale, rounding: Rounding = .halfEven
    ) throws(ArithmeticOverflow) -> Int128 {
        try share(ExactDecimal(1), of: quantity, at: price, priceScale, rounding: rounding)
    }

    /// A fraction of what a quantity is worth at a price, rounded once.
    ///
    /// - Precondition: the price is positive.
    public func share(
        _ rate: ExactDecimal, of quantity: Int128, at price: Int64, _ priceScale: Scale,
        rounding: Rounding = .halfEven
    ) throws(ArithmeticOverflow) -> Int128 {
        precondition(price > 0, "a price is positive")
        let rate = rate.normalized
        let factor = try WideArithmetic.multiply(size, rate.mantissa, "a rate times a contract's size")
        let decimals =
            Int(quantityScale.decimals) + Int(sizeScale.decimals) + Int(rate.scale.decimals)
            - Int(settlementScale.decimals)
        if isInverse {
            let shift = Int(priceScale.decimals) - decimals
            let amount = try WideArithmetic.multiply(
                quantity, try ContractNumbers.power(max(0, shift)), "an inverse notional")
            let divisor = try WideArithmetic.multiply(
                Int128(price), try ContractNumbers.power(max(0, -shift)), "an inverse notional")
            return try WideArithmetic.multiply(amount, by: factor, dividedBy: divisor, rounding: rounding)
        }
        let shift = decimals + Int(priceScale.decimals)
        let product = try WideArithmetic.multiply(quantity, Int128(price), "a notional")
        let scaled = try WideArithmetic.multiply(
            factor, try ContractNumbers.power(max(0, -shift)), "a notional")
        return try WideArithmetic.multiply(
            product, by: scaled, dividedBy: try ContractNumbers.power(max(0, shift)), rounding: rounding)
    }

    /// The price at which a quantity is worth a notional (see ``notional(_:at:_:rounding:)``), rounded as
    /// named; nil where no positive price of 64 bits is.
    ///
    /// - Parameters:
    ///   - quantity: positive.
    ///   - notional: in units of the settlement asset.
    public func price(
        of quantity: Int128, worth notional: Int128, _ priceScale: Scale, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int64? {
        if quantity <= 0 || notional <= 0 { return nil }
        let amount = try WideArithmetic.multiply(quantity, size, "a bankruptcy price")
        let decimals =
            Int(quantityScale.decimals) + Int(sizeScale.decimals) - Int(settlementScale.decimals)
        let shift = Int(priceScale.decimals) + (isInverse ? -decimals : decimals)
        let up = try ContractNumbers.power(max(0, shift))
        let down = try ContractNumbers.power(max(0, -shift))
        let (whole, part) = isInverse ? (amount, notional) : (notional, amount)
        let mantissa = try WideArithmetic.multiply(
            whole, by: up, dividedBy: try WideArithmetic.multiply(part, down, "a bankruptcy price"),
            rounding: rounding)
        return mantissa > 0 ? Int64(exactly: mantissa) : nil
    }

    /// What a quantity is worth in the quote asset, exactly: q x size x P, of inverse contracts q x size. It
    /// is what limits and tables in the quote asset go by, and equals the notional times the price where
    /// the notional is in the base.
    public func quoteNotional(
        _ quantity: Int128, at price: Int64, _ priceScale: Scale
    ) throws(ArithmeticOverflow) -> ExactDecimal {
        let amount = try WideArithmetic.multiply(quantity, size, "a notional")
        let decimals = Int(quantityScale.decimals) + Int(sizeScale.decimals)
        if isInverse { return ExactDecimal(mantissa: amount, scale: Scale(min(decimals, Scale.maximum))) }
        let scale = decimals + Int(priceScale.decimals)
        guard scale <= Scale.maximum else { throw ArithmeticOverflow("the decimals of a notional") }
        return ExactDecimal(
            mantissa: try WideArithmetic.multiply(amount, Int128(price), "a notional"), scale: Scale(scale))
    }

    /// How a buy of a notional changes the cost: linear contracts pay it, inverse ones receive it.
    public var costSign: Int128 { isInverse ? 1 : -1 }

    private static func power(_ exponent: Int) throws(ArithmeticOverflow) -> Int128 {
        guard exponent <= Scale.maximum else { throw ArithmeticOverflow("the decimals of a contract") }
        return Scale.power(exponent)
    }
}
