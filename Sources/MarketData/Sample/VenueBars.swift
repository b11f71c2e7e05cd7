/// One venue of the synthetic markets.
struct SampleVenue {
    /// Its name in instrument keys.
    let name: String
    /// Its mean distance from the fair price, a fraction.
    let offset: Double
    /// Its share of the largest venue's volume.
    let share: Double

    static let all = [
        SampleVenue(name: "binance", offset: 0, share: 1),
        SampleVenue(name: "bybit", offset: -0.00004, share: 0.45),
        SampleVenue(name: "okx", offset: 0.00005, share: 0.35),
    ]
}

/// Minute bars of one market, as integers at the coin's scales.
struct VenueBars {
    /// Prices and volume of each minute.
    private(set) var open: [Int64] = []
    private(set) var high: [Int64] = []
    private(set) var low: [Int64] = []
    private(set) var close: [Int64] = []
    private(set) var volume: [Int64] = []
    /// The market's distance from the venue's spot price, a fraction; empty for spot.
    private(set) var premium: [Double] = []

    /// Bars of a coin at a venue: the fair price with a small distance of the venue's own that reverts within
    /// half an hour; for a perpetual also a premium that reverts within hours to a mean of days.
    init(
        _ configuration: SampleConfiguration, path: MarketPath, coin index: Int, venue: SampleVenue,
        isPerpetual: Bool
    ) {
        let coin = MarketPath.coins[index]
        let purpose = "\(venue.name) \(isPerpetual ? "perp" : "spot") \(coin.symbol)"
        var noise = SampleNoise(seed: configuration.seed, purpose: purpose)
        let priceUnit = VenueBars.power(coin.priceScale)
        let volumeUnit = VenueBars.power(coin.quantityScale) * coin.volume * venue.share
        var distance = MeanReverting(deviation: 0.00012, steps: 30, start: venue.offset)
        var premiumMean = MeanReverting(deviation: 0.0005, steps: 5 * 1440, start: 0.0004)
        var premium = MeanReverting(deviation: 0.0003, steps: 240, start: 0.0004)
        reserve(configuration.minutes)
        var last = Int64((path.prices[index][0] * (1 + venue.offset) * priceUnit).rounded())
        for minute in 0..<configuration.minutes {
            distance.move(towards: venue.offset, &noise)
            var factor = 1 + distance.value
            if isPerpetual {
                premiumMean.move(towards: 0.0004, &noise)
                premium.move(towards: premiumMean.value, &noise)
                self.premium.append(premium.value)
                factor += premium.value
            }
            let scaled = factor * priceUnit
            var (lowest, highest) = (last, last)
            var price = last
            for step in 0..<MarketPath.steps {
                price = Int64((path.prices[index][minute * MarketPath.steps + step] * scaled).rounded())
                (lowest, highest) = (min(lowest, price), max(highest, price))
            }
            // Between the quarters the price swings a little beyond them.
            let swing = Double(highest - lowest) * 0.15
            highest += Int64((swing * noise.uniform()).rounded())
            lowest = max(1, lowest - Int64((swing * noise.uniform()).rounded()))
            let spread = 0.4 + 1.2 * noise.uniform()
            open.append(last)
            high.append(highest)
            low.append(lowest)
            close.append(price)
            volume.append(max(1, Int64((volumeUnit * path.activity[minute] * spread).rounded())))
            last = price
        }
    }

    /// Bars that each join a number of these.
    init(joining minutes: VenueBars, count: Int) {
        reserve(minutes.open.count / count)
        for first in stride(from: 0, through: minutes.open.count - count, by: count) {
            let range = first..<(first + count)
            open.append(minutes.open[first])
            high.append(minutes.high[range].max() ?? 0)
            low.append(minutes.low[range].min() ?? 0)
            close.append(minutes.close[first + count - 1])
            volume.append(minutes.volume[range].reduce(0, +))
        }
    }

    private mutating func reserve(_ count: Int) {
        open.reserveCapacity(count)
        high.reserveCapacity(count)
        low.reserveCapacity(count)
        close.reserveCapacity(count)
        volume.reserveCapacity(count)
    }

    static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { power, _ in power * 10 } }

    /// The bars as a file.
    ///
    /// - Parameter length: minutes of a bar.
    func file(
        _ path: String, configuration: SampleConfiguration, coin: SampleCoin, length: Int
    ) -> SampleFile {
        var text = SampleText(header: "timestamp,open,high,low,close,volume", capacity: open.count * 72)
        for index in open.indices {
            text.time(configuration.time(minute: index * length))
            text.decimal(open[index], scale: coin.priceScale)
            text.decimal(high[index], scale: coin.priceScale)
            text.decimal(low[index], scale: coin.priceScale)
            text.decimal(close[index], scale: coin.priceScale)
            text.decimal(volume[index], scale: coin.quantityScale)
            text.endRow()
        }
        return text.file(path)
    }

    /// The funding rates of a perpetual every eight hours: the mean premium P of the interval gives
    /// P + clamp(0.01 % - P, -0.05 %, 0.05 %), the rule of the large venues, at most 0.3 % either way.
    func fundingFile(_ path: String, configuration: SampleConfiguration) -> SampleFile {
        var text = SampleText(header: "funding_timestamp,funding_rate", capacity: premium.count / 10)
        let interval = 480
        for end in stride(from: interval, through: premium.count, by: interval) {
            let mean = premium[(end - interval)..<end].reduce(0, +) / Double(interval)
            let rate = mean + min(max(0.0001 - mean, -0.0005), 0.0005)
            text.time(configuration.time(minute: end))
            text.decimal(Int64((min(max(rate, -0.003), 0.003) * 1e8).rounded()), scale: 8)
            text.endRow()
        }
        return text.file(path)
    }
}
