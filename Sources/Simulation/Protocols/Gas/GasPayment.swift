internal import Accounting
internal import Units

extension GroupRun {
    /// Takes the gas of the group out of the wallet: `units * price` in wei, or its value in the gas
    /// token, upward.
    ///
    /// Source: Ethereum yellow paper, section 6.2: the whole of the gas is bought before execution, and
    /// what was used stays paid when execution reverts. A group that fails is taken to have used all of
    /// its units.
    /// - Returns: why the wallet cannot.
    mutating func payGas(_ units: Int128) throws(ArithmeticOverflow) -> ChainRefusal? {
        guard market.gasPrice >= 0 else { return .missingPrice("price of gas") }
        var cost = try WideArithmetic.multiply(units, market.gasPrice, "the price of gas")
        if cost > 0, model.gasToken != model.native {
            let (native, token) = (
                market.oraclePrices[model.native.index], market.oraclePrices[model.gasToken.index]
            )
            guard native > 0, token > 0 else {
                let missing = native > 0 ? model.gasToken : model.native
                return .missingPrice("oracle price of \(model.name(missing))")
            }
            let value = try market.value(cost, of: model.native, model: model, rounding: .up)
            cost = try market.units(for: value, of: model.gasToken, model: model, rounding: .up) ?? 0
        }
        let has = state.wallet[model.gasToken.index]
        guard has >= cost else {
            return .walletTooSmall(token: model.name(model.gasToken), has: has, needs: cost)
        }
        try post(.wallet(model.gasToken), -cost, .caused(.gas))
        return nil
    }
}
