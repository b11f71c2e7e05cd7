/// One coin of the synthetic markets.
struct SampleCoin: Hashable {
    /// `BTC`.
    let symbol: String
    /// Its price at the start, in USDT.
    let firstPrice: Double
    /// Decimals of its prices.
    let priceScale: Int
    /// Decimals of its quantities.
    let quantityScale: Int
    /// Mean volume of a minute at the largest venue, in coins.
    let volume: Double

    static let bitcoin = SampleCoin(
        symbol: "BTC", firstPrice: 42_000, priceScale: 1, quantityScale: 5, volume: 14)
    static let ether = SampleCoin(
        symbol: "ETH", firstPrice: 2_300, priceScale: 2, quantityScale: 4, volume: 160)
}

/// The fair prices of the coins, four a minute, and how busy each minute is.
///
/// One common factor moves all: its variance follows GARCH(1,1) (Bollerslev, 1986), so that calm and wild
/// hours cluster, its innovations have fat tails, and both variance and volume follow the hours of the day.
struct MarketPath {
    /// Prices of bitcoin and ether at each quarter of each minute.
    private(set) var prices: [[Double]] = [[], []]
    /// Share of the usual activity in each minute, around 1.
    private(set) var activity: [Double] = []
    /// Volatility of a year as the minute's variance implies, a fraction.
    private(set) var volatility: [Double] = []

    /// Steps in a minute.
    static let steps = 4
    /// The coins, in the order of ``prices``.
    static let coins = [SampleCoin.bitcoin, SampleCoin.ether]

    private static let minutesPerYear = 525_600.0
    /// Volatility of the factor in the long run.
    private static let usualVolatility = 0.50
    /// Activity by hour of the UTC day: quiet at night, busiest when America opens.
    private static let season: [Double] = [
        0.95, 0.90, 0.85, 0.80, 0.75, 0.75, 0.80, 0.90, 1.00, 1.05, 1.00, 0.95, 1.05, 1.35, 1.60, 1.55,
        1.35, 1.20, 1.10, 1.05, 1.05, 1.00, 0.95, 0.95, 0.95,
    ]

    init(_ configuration: SampleConfiguration) {
        let minutes = configuration.minutes
        for index in prices.indices { prices[index].reserveCapacity(minutes * MarketPath.steps) }
        activity.reserveCapacity(minutes)
        volatility.reserveCapacity(minutes)
        var noise = SampleNoise(seed: configuration.seed, purpose: "market path")
        let usual = MarketPath.usualVolatility * MarketPath.usualVolatility / MarketPath.minutesPerYear
        // A drift of 20 % a year, so that long-only strategies have something to earn, and a pull of 40 days
        // towards the first price, so that no seed leads far away.
        let drift = 0.20 / MarketPath.minutesPerYear / Double(MarketPath.steps)
        let pull = 1 / (40 * 1440 * Double(MarketPath.steps))
        var variance = usual
        var current = MarketPath.coins.map(\.firstPrice)
        for minute in 0..<minutes {
            let season = MarketPath.season(minuteOfDay: minute % 1440)
            let deviation = (variance * season / Double(MarketPath.steps)).squareRoot()
            var move = 0.0
            for _ in 0..<MarketPath.steps {
                let factor = deviation * noise.fatTailed()
                move += factor
                let own = deviation * 0.55 * noise.fatTailed()
                for (index, move) in [(0, factor), (1, 1.1 * factor + own)] {
                    let coin = MarketPath.coins[index]
                    let home = (coin.firstPrice / current[index] - 1) * pull
                    current[index] = MarketPath.bounded(current[index] * (1 + move + drift + home), coin)
                    prices[index].append(current[index])
                }
            }
            activity.append(season * (0.35 + 0.65 * (move * move / (variance * season)).squareRoot()))
            volatility.append((variance * MarketPath.minutesPerYear).squareRoot())
            variance = 0.03 * usual + 0.06 * (move * move / season) + 0.91 * variance
            variance = min(max(variance, usual * 0.1), usual * 25)
        }
    }

    /// Keeps a price within a factor of 50 of its start, whatever the seed.
    private static func bounded(_ price: Double, _ coin: SampleCoin) -> Double {
        min(max(price, coin.firstPrice / 50), coin.firstPrice * 50)
    }

    private static func season(minuteOfDay minute: Int) -> Double {
        let (hour, rest) = (minute / 60, Double(minute % 60) / 60)
        return season[hour] * (1 - rest) + season[hour + 1] * rest
    }

    /// The price of a coin at the end of a minute.
    func close(coin: Int, minute: Int) -> Double {
        prices[coin][minute * MarketPath.steps + MarketPath.steps - 1]
    }
}
