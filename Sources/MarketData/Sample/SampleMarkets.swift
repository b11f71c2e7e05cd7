/// Synthetic markets, made from a seed: spot and perpetual bars at three venues, funding, quotes and trades,
/// a forecaster's signals, lending indices, staking ratios, oracle prices, gas and an option chain, with a
/// data-set description and run files that use them.
///
/// The markets move together as real ones do (one common factor, volatility that clusters, fat tails, hours
/// of the day), so that every built-in strategy has something to do. They say nothing about any real market.
public enum SampleMarkets {
    /// Makes all files, one after the other, so that only one is in memory at a time.
    ///
    /// - Parameters:
    ///   - configuration: seed and length.
    ///   - write: takes each file; an error of it ends the work.
    public static func generate<Failure: Error>(
        _ configuration: SampleConfiguration, write: (SampleFile) throws(Failure) -> Void
    ) throws(Failure) {
        let path = MarketPath(configuration)
        for index in MarketPath.coins.indices {
            for venue in SampleVenue.all {
                try spot(configuration, path, coin: index, venue, write)
                try perpetual(configuration, path, coin: index, venue, write)
            }
            try ticks(configuration, path, coin: index, write)
        }
        for reserve in SampleLending.all {
            let name = "lending/aave_\(reserve.asset.lowercased())_1h.csv"
            try write(reserve.file(name, configuration: configuration))
        }
        var ratios: [[Int64]] = []
        for token in SampleStaking.all {
            let ratio = token.ratios(configuration)
            let name = "staking/\(token.token.lowercased())_eth"
            try write(token.ratioFile("\(name)_ratio_1h.csv", ratios: ratio, configuration: configuration))
            try write(token.pegFile("\(name)_peg_1h.csv", ratios: ratio, configuration: configuration))
            ratios.append(ratio)
        }
        for file in SampleChain.oracleFiles(configuration, path: path, ratios: ratios) { try write(file) }
        try write(SampleChain.gasFile("chain/ethereum_gas_1h.csv", configuration, path: path))
        try write(SampleOptions.file("options/btc_options_30m.csv", configuration, path: path))
        for file in SampleDocuments.files(configuration) { try write(file) }
    }

    private static func spot<Failure: Error>(
        _ configuration: SampleConfiguration, _ path: MarketPath, coin index: Int, _ venue: SampleVenue,
        _ write: (SampleFile) throws(Failure) -> Void
    ) throws(Failure) {
        let coin = MarketPath.coins[index]
        let bars = VenueBars(
            configuration, path: path, coin: index, venue: venue, isPerpetual: false)
        let name = "bars/\(venue.name)_\(coin.symbol.lowercased())usdt_spot"
        if venue.name != "okx" {
            try write(bars.file("\(name)_1m.csv", configuration: configuration, coin: coin, length: 1))
        }
        let hours = VenueBars(joining: bars, count: 60)
        try write(hours.file("\(name)_1h.csv", configuration: configuration, coin: coin, length: 60))
    }

    private static func perpetual<Failure: Error>(
        _ configuration: SampleConfiguration, _ path: MarketPath, coin index: Int, _ venue: SampleVenue,
        _ write: (SampleFile) throws(Failure) -> Void
    ) throws(Failure) {
        let coin = MarketPath.coins[index]
        let bars = VenueBars(configuration, path: path, coin: index, venue: venue, isPerpetual: true)
        let name = "\(venue.name)_\(coin.symbol.lowercased())usdt"
        if venue.name == "binance" {
            let file = "bars/\(name)_perp_1m.csv"
            try write(bars.file(file, configuration: configuration, coin: coin, length: 1))
            if index == 0 { try signals(configuration, bars, coin, name, write) }
        }
        let hours = VenueBars(joining: bars, count: 60)
        let file = "bars/\(name)_perp_1h.csv"
        try write(hours.file(file, configuration: configuration, coin: coin, length: 60))
        try write(bars.fundingFile("funding/\(name)_funding.csv", configuration: configuration))
    }

    /// Bars of five minutes of a perpetual, and what a made-up forecaster says of it.
    private static func signals<Failure: Error>(
        _ configuration: SampleConfiguration, _ bars: VenueBars, _ coin: SampleCoin, _ name: String,
        _ write: (SampleFile) throws(Failure) -> Void
    ) throws(Failure) {
        let joined = VenueBars(joining: bars, count: 5)
        let file = "bars/\(name)_perp_5m.csv"
        try write(joined.file(file, configuration: configuration, coin: coin, length: 5))
        let signals = SampleSignals(closes: joined.close, coin: coin, length: 5)
        try write(signals.file("signals/\(name)_perp_signals.csv", configuration: configuration))
    }

    /// Two hours of quotes and trades from 13:00 UTC of the last day, at the first venue.
    private static func ticks<Failure: Error>(
        _ configuration: SampleConfiguration, _ path: MarketPath, coin index: Int,
        _ write: (SampleFile) throws(Failure) -> Void
    ) throws(Failure) {
        let venue = SampleVenue.all[0]
        let ticks = SampleTicks(
            configuration, path: path, coin: index, venue: venue,
            first: (configuration.days - 1) * 1440 + 780, minutes: 120)
        let name = "ticks/\(venue.name)_\(MarketPath.coins[index].symbol.lowercased())usdt_spot"
        try write(ticks.quotes.file("\(name)_quotes.csv"))
        try write(ticks.trades.file("\(name)_trades.csv"))
    }
}
