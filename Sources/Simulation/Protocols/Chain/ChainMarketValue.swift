public import Units

extension ChainMarket {
    /// The value of units of a token in USD at 8 decimals, at the oracle price; 0 where it is unknown.
    public func value(
        _ units: Int128, of token: TokenKey, model: ChainModel, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            units, by: max(0, oraclePrices[token.index]), dividedBy: model.tokens[token.index].scale.unit,
            rounding: rounding)
    }

    /// Units of a token for a value in USD at 8 decimals; nil where its price is not known.
    public func units(
        for value: Int128, of token: TokenKey, model: ChainModel, rounding: Rounding
    ) throws(ArithmeticOverflow) -> Int128? {
        let price = oraclePrices[token.index]
        guard price > 0 else { return nil }
        return try WideArithmetic.multiply(
            value, by: model.tokens[token.index].scale.unit, dividedBy: price, rounding: rounding)
    }

    /// A staking token's ratio from the oracle's prices of it and of the native token, half up.
    public static func ratio(token: Int128, native: Int128) throws(ArithmeticOverflow) -> Wad {
        try Wad(token, over: native, rounding: .halfUp)
    }
}
