import MarketData
import Testing
import Units

/// All files of a configuration by their path.
private func files(seed: UInt64, days: Int) throws -> [String: SampleFile] {
    let configuration = try #require(SampleConfiguration(seed: seed, days: days))
    var found: [String: SampleFile] = [:]
    SampleMarkets.generate(configuration) { found[$0.path] = $0 }
    return found
}

/// The cells of a file's rows, without its header.
private func table(_ file: SampleFile?) throws -> [[Substring]] {
    let file = try #require(file)
    let text = String(decoding: file.bytes, as: UTF8.self)
    let rows = text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.count == file.rows)
    return rows
}

private func number(_ cell: Substring) throws -> Double { try #require(Double(cell)) }

@Suite struct SampleMarketsTests {
    /// The digest was computed once from a release build; debug and release must agree with it.
    @Test func equalSeedsGiveEqualBytesInEveryBuild() throws {
        var stream = SHA256Stream()
        let all = try files(seed: 7, days: 3)
        for path in all.keys.sorted() {
            stream.update(path)
            all[path]?.bytes.withUnsafeBytes { stream.update($0) }
        }
        #expect(
            stream.snapshot().description
                == "023b9adadd6888d0785e5837ce21488081a2a645b249d9fd3f5c5f9795730431")
        let again = try files(seed: 7, days: 3)
        #expect(all.keys.allSatisfy { all[$0]?.bytes == again[$0]?.bytes })
        let other = try files(seed: 8, days: 3)
        #expect(all.keys.sorted() == other.keys.sorted())
        for path in all.keys where path.hasSuffix(".csv") {
            #expect(all[path]?.bytes != other[path]?.bytes, "\(path)")
        }
    }

    @Test func barsAreConsistentAndVenuesStayTogether() throws {
        let all = try files(seed: 1, days: 4)
        var closes: [String: [Double]] = [:]
        for (path, length) in [
            ("binance_btcusdt_spot_1m", 1), ("bybit_btcusdt_spot_1m", 1), ("binance_ethusdt_perp_1m", 1),
            ("binance_btcusdt_spot_1h", 60), ("okx_btcusdt_spot_1h", 60), ("bybit_ethusdt_perp_1h", 60),
        ] {
            let rows = try table(all["bars/\(path).csv"])
            #expect(rows.count == 4 * 1440 / length)
            var last: Substring?
            for row in rows {
                let (open, high, low, close) = (
                    try number(row[1]), try number(row[2]), try number(row[3]), try number(row[4])
                )
                #expect(low <= min(open, close) && max(open, close) <= high && low > 0)
                #expect(try number(row[5]) > 0)
                #expect(last == nil || last == row[1])
                last = row[4]
            }
            let times = rows.compactMap { Instant(iso8601: $0[0]) }
            let step = length * Timespan.minute
            #expect(zip(times, times.dropFirst()).allSatisfy { $1.since($0) == step })
            closes[path] = try rows.map { try number($0[4]) }
        }
        for (a, b) in [
            ("binance_btcusdt_spot_1m", "bybit_btcusdt_spot_1m"),
            ("binance_btcusdt_spot_1h", "okx_btcusdt_spot_1h"),
        ] {
            let (x, y) = (try #require(closes[a]), try #require(closes[b]))
            #expect(zip(x, y).allSatisfy { abs($0 / $1 - 1) < 0.002 })
        }
        // An hour's bar joins its sixty minutes.
        let minutes = try table(all["bars/binance_btcusdt_spot_1m.csv"])
        let hours = try table(all["bars/binance_btcusdt_spot_1h.csv"])
        for (index, hour) in hours.enumerated() {
            let part = minutes[(index * 60)..<(index * 60 + 60)]
            #expect(hour[1] == part.first?[1] && hour[4] == part.last?[4] && hour[0] == part.first?[0])
            #expect(try number(hour[2]) == part.map { try number($0[2]) }.max())
            #expect(try number(hour[3]) == part.map { try number($0[3]) }.min())
        }
    }

    /// Moments of a year's hour returns: the volatility of a coin, clustering and fat tails.
    @Test func returnsLookLikeThoseOfACoin() throws {
        let all = try files(seed: 3, days: 60)
        let closes = try table(all["bars/binance_btcusdt_spot_1h.csv"]).map { try number($0[4]) }
        let returns = zip(closes, closes.dropFirst()).map { $1 / $0 - 1 }
        let mean = returns.reduce(0, +) / Double(returns.count)
        let centred = returns.map { $0 - mean }
        let variance = centred.map { $0 * $0 }.reduce(0, +) / Double(returns.count)
        let yearly = (variance * 8760).squareRoot()
        #expect((0.25...1.2).contains(yearly), "\(yearly)")
        let fourth = centred.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(returns.count)
        #expect(fourth / (variance * variance) > 3.3, "\(fourth / (variance * variance))")
        let squares = centred.map { $0 * $0 - variance }
        let lagged = zip(squares, squares.dropFirst()).map { $0 * $1 }.reduce(0, +)
        #expect(lagged / squares.map { $0 * $0 }.reduce(0, +) > 0.02)
    }

    @Test func fundingIsPositiveOnAverageAndFollowsTheBasis() throws {
        let all = try files(seed: 1, days: 30)
        for venue in ["binance", "bybit", "okx"] {
            let rates = try table(all["funding/\(venue)_btcusdt_funding.csv"])
            #expect(rates.count == 90)
            let values = try rates.map { try number($0[1]) }
            #expect(values.reduce(0, +) > 0 && values.allSatisfy { abs($0) <= 0.003 })
            #expect(rates.allSatisfy { $0[0].hasSuffix(":00:00Z") })
        }
        let spot = try table(all["bars/binance_btcusdt_spot_1h.csv"]).map { try number($0[4]) }
        let perpetual = try table(all["bars/binance_btcusdt_perp_1h.csv"]).map { try number($0[4]) }
        let basis = zip(spot, perpetual).map { $1 / $0 - 1 }
        #expect(basis.allSatisfy { abs($0) < 0.01 })
        #expect(basis.reduce(0, +) > 0)
    }

    @Test func ticksHaveASpreadAndTradesHappenAtTheQuotes() throws {
        let all = try files(seed: 2, days: 2)
        let quotes = try table(all["ticks/binance_btcusdt_spot_quotes.csv"])
        let trades = try table(all["ticks/binance_btcusdt_spot_trades.csv"])
        #expect(quotes.count > 20_000 && trades.count > 5_000)
        var known: [Substring: (bid: Substring, ask: Substring)] = [:]
        for row in quotes {
            #expect(try number(row[1]) < number(row[3]) && number(row[2]) > 0 && number(row[4]) > 0)
            known[row[0]] = (row[1], row[3])
        }
        for row in trades {
            let quote = try #require(known[row[0]])
            #expect(row[2] == (row[4] == "buy" ? quote.ask : quote.bid))
        }
        // The ticks run beside the minute bars of the same hours.
        let bars = try table(all["bars/binance_btcusdt_spot_1m.csv"])
        let first = try number(quotes[0][1])
        let bar = try #require(bars.first { $0[0] == quotes[0][0].prefix(17) + "00Z" })
        #expect(abs(try number(bar[1]) / first - 1) < 0.002)
    }

    @Test func indicesAndRatiosGrow() throws {
        let all = try files(seed: 5, days: 45)
        for asset in ["usdt", "weth", "weeth", "wsteth"] {
            let rows = try table(all["lending/aave_\(asset)_1h.csv"])
            for column in [1, 2] {
                let values = try rows.map { try number($0[column]) }
                #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }, "\(asset)")
            }
            #expect(try rows.allSatisfy { try number($0[3]) <= number($0[4]) && number($0[4]) >= 0 })
        }
        for token in ["weeth", "wsteth"] {
            let ratios = try table(all["staking/\(token)_eth_ratio_1h.csv"]).map { try number($0[1]) }
            let yearly = ((ratios.last ?? 0) / ratios[0] - 1) / 45 * 365
            #expect((0.027...0.036).contains(yearly), "\(token) \(yearly)")
            let pegs = try table(all["staking/\(token)_eth_peg_1h.csv"])
            for row in pegs {
                #expect(abs(try number(row[2]) / number(row[1]) - 1) < 0.1)
                #expect(abs(try number(row[2]) / number(row[1]) - 1 - number(row[3]) / 100) < 1e-7)
            }
        }
        let gas = try table(all["chain/ethereum_gas_1h.csv"]).map { try number($0[1]) }
        #expect(gas.allSatisfy { $0 >= 0.5 && $0 <= 5000 } && (gas.max() ?? 0) > 40)
    }

    @Test func optionsKeepTheirBoundsAndParity() throws {
        let all = try files(seed: 1, days: 10)
        let rows = try table(all["options/btc_options_30m.csv"])
        #expect(rows.count > 10_000)
        var calls: [String: (middle: Double, spread: Double)] = [:]
        var compared = 0
        for row in rows {
            let (strike, spot, ask) = (try number(row[2]), try number(row[10]), try number(row[6]))
            #expect(row[4].isEmpty == row[5].isEmpty)
            guard !row[4].isEmpty else { continue }
            let bid = try number(row[4])
            #expect(bid < ask)
            let intrinsic = row[3] == "C" ? max(0, spot - strike) : max(0, strike - spot)
            #expect(ask >= intrinsic)
            let key = "\(row[0]) \(row[1]) \(row[2])"
            if row[3] == "C" {
                calls[key] = ((bid + ask) / 2, ask - bid)
            } else if let call = calls[key] {
                // Call minus put is the price minus the strike, within the spreads.
                compared += 1
                #expect(abs(call.middle - (bid + ask) / 2 - (spot - strike)) <= call.spread + ask - bid)
            }
        }
        #expect(compared > 3_000)
    }

    @Test func oneDayWorksAndOtherLengthsAreRefused() throws {
        #expect(try files(seed: 0, days: 1).count > 40)
        for days in [Int.min, -1, 0, 3651, Int.max] { #expect(SampleConfiguration(days: days) == nil) }
    }
}
