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
        var identifier: Int64 = 1_000_000
        var bridge = PriceBridge(prices: path.prices[index], first: first * MarketPath.steps)
        var shift = MeanReverting(deviation: 2, steps: 6, start: 0)
        var milliseconds: Int64 = 0
        let end = Int64(minutes) * 60_000
        while milliseconds < end {
            shift.move(towards: 0, &noise)
            let middle = bridge.price(at: milliseconds, &noise) * priceUnit + shift.value
            let spread = 1 + noise.below(4) * noise.below(4)
            let bid = max(1, Int64((middle - Double(spread) / 2).rounded()))
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
                // Takers push the price a little away from fair, from where it returns.
                let isBuy = noise.uniform() < 0.5 + 0.1 * shift.value
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

/// A fair price between the quarters of minutes that a path gives: a Brownian bridge, so that the way from
/// one quarter to the next cannot be told from its beginning.
private struct PriceBridge {
    private let prices: [Double]
    private let first: Int
    private var quarter = -1
    private var current = 0.0
    private var last: Int64 = 0

    /// Milliseconds of a quarter of a minute.
    private static let length = 60_000 / Int64(MarketPath.steps)

    /// - Parameter first: the quarter at whose start the time is 0.
    init(prices: [Double], first: Int) { (self.prices, self.first) = (prices, first) }

    /// The price at a time, later than that of the call before.
    mutating func price(at milliseconds: Int64, _ noise: inout SampleNoise) -> Double {
        let now = Int(milliseconds / PriceBridge.length)
        let start = Int64(now) * PriceBridge.length
        if now != quarter {
            quarter = now
            current = first + now == 0 ? prices[0] : prices[first + now - 1]
            last = start
        }
        let target = prices[first + now]
        let (elapsed, left) = (Double(milliseconds - last), Double(start + PriceBridge.length - last))
        if elapsed > 0 {
            // Variance of a bridge over a part of what is left, for a quarter's deviation of 0.02 %.
            let part = elapsed * (left - elapsed) / left / Double(PriceBridge.length)
            let deviation = target * 0.0002 * part.squareRoot()
            current += (target - current) * elapsed / left + deviation * noise.gauss()
            last = milliseconds
        }
        return current
    }
}
