package import Markets
internal import TradingEngine
package import Units

/// What the series say: indices, prices, ratios, rates of pools, the price of gas, rewards.
extension SimulatedChain {
    /// A row of a value series became known.
    package func observe(
        _ kind: SeriesKind, of instrument: InstrumentIndex, _ name: String, _ value: ExactDecimal
    ) throws {
        let one = instruments[instrument.position]
        switch kind {
        case .index where name == one.id.type.indexColumn: try learnIndex(value, one, instrument)
        case .ratio where one.id.type == .base:
            if rewards.learn(instrument, name, value) { news.hasReward = true }
        case .ratio where one.id.type == .aToken && (name == "supplied" || name == "borrowed"):
            guard let token = model.token(of: one.base) else { return }
            try learnTotal(value, of: token, isSupply: name == "supplied")
        case .ratio where name == "ratio" && value > .zero:
            if one.isPool {
                learnRate(value, instrument)
            } else if one.id.type == .lst {
                learnRatio(value, one)
            } else if one.isReference && one.quote.symbol == "USD" {
                try learnPrice(value, one)
            }
        case .gas where name == "gas-price" && value >= .zero:
            market.gasPrice = try value.mantissa(at: Scale(9), rounding: .up)
        default: return
        }
    }

    /// A bar of a pool closed.
    package func observe(close: Price, of instrument: InstrumentIndex) {
        let one = instruments[instrument.position]
        if one.isPool && close.mantissa > 0 { learnRate(close.decimal(one.priceScale), instrument) }
    }

    private func learnRate(_ value: ExactDecimal, _ instrument: InstrumentIndex) {
        guard let key = keys.pair(of: instrument), let rate = Wad(value) else { return }
        market.rates[key.index] = rate
    }

    private func learnPrice(_ value: ExactDecimal, _ one: Instrument) throws {
        guard let token = model.token(of: one.base) else { return }
        market.oraclePrices[token.index] = try value.mantissa(
            at: ChainMarket.priceScale, rounding: .halfUp)
        pricedTokens[token.index] = true
        (news.hasRatio, news.mayLiquidate) = (true, true)
    }

    /// A protocol's own ratio counts where no oracle prices its token.
    private func learnRatio(_ value: ExactDecimal, _ one: Instrument) {
        guard let token = model.token(of: one.base), !pricedTokens[token.index],
            let key = model.staking(of: token), let ratio = Wad(value)
        else { return }
        market.stakingRatios[key.index] = ratio
        (news.hasRatio, news.mayLiquidate) = (true, true)
    }

    /// All deposits or all debt of a reserve, without ours: counted where our own size moves its rates. What
    /// is below nothing counts as nothing.
    func learnTotal(_ value: ExactDecimal, of token: TokenKey, isSupply: Bool) throws {
        guard let reserve = model.reserve(of: token), model.reserves[reserve.index].feelsOwnSize else {
            return
        }
        let units = max(0, try value.mantissa(at: model.tokens[token.index].scale, rounding: .down))
        if isSupply {
            market.reserves[reserve.index].totalSupplied = units
        } else {
            market.reserves[reserve.index].totalBorrowed = units
        }
        news.hasIndex = true
    }

    private func learnIndex(
        _ value: ExactDecimal, _ one: Instrument, _ instrument: InstrumentIndex
    ) throws {
        guard let token = model.token(of: one.base), let reserve = model.reserve(of: token) else { return }
        guard let index = Ray(value), index >= .one else {
            throw ChainDataError(one.id, engine.now, "an index of \(value) is not at least 1")
        }
        if let known = indices[instrument.position], index < known {
            throw ChainDataError(
                one.id, engine.now, "the index fell from \(known.decimal) to \(value), and indices only grow")
        }
        indices[instrument.position] = index
        (news.hasIndex, news.mayLiquidate) = (true, true)
        if one.id.type == .aToken {
            market.reserves[reserve.index].liquidityIndex = index
        } else {
            market.reserves[reserve.index].borrowIndex = index
        }
    }

    /// Brings the ratios of staking tokens to the oracle's prices, and the marks of what is held of them to
    /// the ratios. Once a step, when all of its prices are known.
    func settleRatios() throws {
        news.hasRatio = false
        let native = market.oraclePrices[model.native.index]
        for (place, token) in model.tokens.enumerated() where token.asset.isStakedEther {
            let key = model.staking(of: TokenKey(place))
            var ratio: Wad?
            if pricedTokens[place] && native > 0 {
                ratio = try ChainMarket.ratio(token: market.oraclePrices[place], native: native)
                if let key, let ratio { market.stakingRatios[key.index] = ratio }
            } else if let key, market.stakingRatios[key.index] > .zero {
                ratio = market.stakingRatios[key.index]
                if native > 0, let ratio {
                    market.oraclePrices[place] = try ratio.multiplied(by: native, rounding: .halfUp)
                }
            }
            if let ratio { try engine.observe(stakingRatio: ratio, of: token.asset) }
        }
    }
}
