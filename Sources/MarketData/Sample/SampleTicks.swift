internal import Units

/// Best prices and single trades of one spot market over a few hours, in step with its fair price.
struct SampleTicks {
    /// Best bid and ask with sizes.
    private(set) var quotes: SampleText
    /// Single trades.
    private(set) var trades: SampleText

    /// Quotes 50 to 450 milliseconds apart; on one in four, one to three trades at the quoted prices.
    ///
    /// - Parameters:
    ///   - first: the first minute, counted from the start of the data.
    ///   - minutes: how many.
    init(
        _ configuration: SampleConfiguration, path: MarketPath, coin index: Int, venue: SampleVenue,
        first: Int, minutes: Int
    ) {
        let coin = MarketPath.coins[index]
        var noise = SampleNoise(seed: configuration.seed, purpose: "ticks \(venue.name) \(coin.symbol)")
        quotes = SampleText(header: "timestamp,bid,bid_size,ask,ask_size", capacity: minutes * 240 * 60)
        trades = SampleText(header: "timestamp,trade_id,price,quantity,side", capacity: minutes * 120 * 60)
        let priceUnit = VenueBars.power(coin.priceScale) * (1 + venue.offset)
        let sizeUnit = VenueBars.power(coin.quantityScale) * coin.volume * venue.share
        let step = 60_000 / Int64(MarketPath.steps)
        var identifier: Int64 = 1_000_000
        var shift = MeanReverting(deviation: 3, steps: 40, start: 0)
        var milliseconds: Int64 = 0
        let end = Int64(minutes) * 60_000
        let ticks = path.prices[index]
        while milliseconds < end {
            // The fair price lies on a line between two quarters of a minute.
            let quarter = first * MarketPath.steps + Int(milliseconds / step)
            let before = quarter == 0 ? ticks[0] : ticks[quarter - 1]
            let share = Double(milliseconds % step) / Double(step)
            shift.move(towards: 0, &noise)
            let middle = (before + (ticks[quarter] - before) * share) * priceUnit + shift.value
            let spread = noise.below(4) == 0 ? 2 + noise.below(6) : 1
            let bid = max(1, Int64(middle.rounded()) - spread / 2)
            let ask = bid + spread
            let (bidSize, askSize) = (
                SampleTicks.size(sizeUnit / 12, &noise), SampleTicks.size(sizeUnit / 12, &noise)
            )
            let time = configuration.time(minute: first) + milliseconds * 1_000_000
            quotes.time(time)
            quotes.decimal(bid, scale: coin.priceScale)
            quotes.decimal(bidSize, scale: coin.quantityScale)
            quotes.decimal(ask, scale: coin.priceScale)
            quotes.decimal(askSize, scale: coin.quantityScale)
            quotes.endRow()
            if noise.below(4) == 0 {
                let isBuy = noise.uniform() < 0.5 + 0.04 * shift.value
                for _ in 0...noise.below(3) {
                    identifier += 1
                    trades.time(time)
                    trades.decimal(identifier, scale: 0)
                    trades.decimal(isBuy ? ask : bid, scale: coin.priceScale)
                    trades.decimal(
                        min(isBuy ? askSize : bidSize, SampleTicks.size(sizeUnit / 60, &noise)),
                        scale: coin.quantityScale)
                    trades.cell(isBuy ? "buy" : "sell")
                    trades.endRow()
                }
            }
            milliseconds += 50 + noise.below(401)
        }
    }

    /// A size with a long tail around a mean.
    private static func size(_ mean: Double, _ noise: inout SampleNoise) -> Int64 {
        let u = noise.uniform()
        return max(1, Int64((mean * 0.4 * u / (1.02 - u)).rounded()))
    }
}
