internal import Units

/// A liquid staking token: its exchange ratio grows with the rewards of staking, and its price on a
/// decentralised exchange stays near the ratio.
struct SampleStaking {
    /// `weETH`.
    let token: String
    /// ETH for one token at the start, in trillionths.
    let firstRatio: Int64
    /// Growth of the ratio in a year, simple, in trillionths.
    let yearlyRate: Int64

    static let all = [
        SampleStaking(token: "weETH", firstRatio: 1_037_200_000_000, yearlyRate: 30_000_000_000),
        SampleStaking(token: "wstETH", firstRatio: 1_155_000_000_000, yearlyRate: 31_500_000_000),
    ]

    /// The ratio of each hour in trillionths: growing, with the oracle's noise of parts in a million.
    func ratios(_ configuration: SampleConfiguration) -> [Int64] {
        var noise = SampleNoise(seed: configuration.seed, purpose: "staking \(token)")
        var ratio = Int128(firstRatio) * 1_000_000
        return (0..<configuration.days * 24).map { _ in
            defer { ratio += ratio * Int128(yearlyRate) / (8760 * 1_000_000_000_000) }
            let trillionths = Int64(clamping: ratio / 1_000_000)
            return trillionths + Int64((noise.gauss() * 1e-6 * Double(trillionths)).rounded())
        }
    }

    /// The ratios as a file.
    func ratioFile(_ path: String, ratios: [Int64], configuration: SampleConfiguration) -> SampleFile {
        var text = SampleText(header: "timestamp,oracle_price_eth", capacity: ratios.count * 40)
        for (hour, ratio) in ratios.enumerated() {
            text.time(configuration.time(minute: hour * 60))
            text.decimal(ratio, scale: 12)
            text.endRow()
        }
        return text.file(path)
    }

    /// The token's price in a pool against ETH: a few basis points below the ratio, and about once in forty
    /// days a gap of up to two percent that closes within a day.
    func pegFile(_ path: String, ratios: [Int64], configuration: SampleConfiguration) -> SampleFile {
        var text = SampleText(
            header: "timestamp,protocol_rate,market_rate,peg_premium_percent", capacity: ratios.count * 72)
        var noise = SampleNoise(seed: configuration.seed, purpose: "peg \(token)")
        var premium = MeanReverting(deviation: 0.0006, steps: 24, start: -0.0005)
        var gap = 0.0
        for (hour, ratio) in ratios.enumerated() {
            premium.move(towards: -0.0005, &noise)
            gap *= 0.88
            if noise.below(960) == 0 { gap -= 0.004 + 0.016 * noise.uniform() }
            let fraction = Int64(((premium.value + gap) * 1e8).rounded())
            let (whole, part) = (ratio / 100_000_000, ratio % 100_000_000)
            text.time(configuration.time(minute: hour * 60))
            text.decimal(ratio, scale: 12)
            text.decimal(ratio + whole * fraction + part * fraction / 100_000_000, scale: 12)
            text.decimal(fraction, scale: 6)
            text.endRow()
        }
        return text.file(path)
    }
}

/// Prices of a lending pool's oracle and of gas, by the hour.
enum SampleChain {
    /// USD prices of the pool's assets. The ETH price is written when the market moved by half a percent or a
    /// day has passed, as price feeds do; staked tokens are that price times their ratio.
    static func oracleFiles(
        _ configuration: SampleConfiguration, path: MarketPath, ratios: [[Int64]]
    ) -> [SampleFile] {
        let names = ["WETH", "USDT"] + SampleStaking.all.map(\.token)
        var texts = names.map { _ in
            SampleText(header: "timestamp,oracle_price_usd", capacity: configuration.days * 24 * 36)
        }
        var noise = SampleNoise(seed: configuration.seed, purpose: "oracle")
        var tether = MeanReverting(deviation: 0.0004, steps: 48, start: 1)
        var (answer, age) = (0.0, 0)
        for hour in 0..<configuration.days * 24 {
            let market = path.close(coin: 1, minute: max(0, hour * 60 - 1))
            age += 1
            if abs(market - answer) > 0.005 * market || age >= 24 { (answer, age) = (market, 0) }
            tether.move(towards: 1, &noise)
            let ether = Int64((answer * 1e8).rounded())
            let dollars = [ether, Int64((tether.value * 1e8).rounded())]
            let staked = ratios.map { ratios in
                Int64(clamping: Int128(ether) * Int128(ratios[hour]) / 1_000_000_000_000)
            }
            for (index, price) in (dollars + staked).enumerated() {
                texts[index].time(configuration.time(minute: hour * 60))
                texts[index].decimal(price, scale: 8)
                texts[index].endRow()
            }
        }
        return zip(names, texts).map { $1.file("chain/oracle_\($0.lowercased())_usd_1h.csv") }
    }

    /// The price of gas in gwei: calm around 12, wilder on busy days, with spikes that fade within hours.
    static func gasFile(
        _ file: String, _ configuration: SampleConfiguration, path: MarketPath
    ) -> SampleFile {
        var text = SampleText(
            header: "timestamp,gas_price_gwei,base_fee_gwei,priority_fee_gwei",
            capacity: configuration.days * 24 * 44)
        var noise = SampleNoise(seed: configuration.seed, purpose: "gas")
        var level = MeanReverting(deviation: 0.45, steps: 36, start: 0)
        var spike = 0.0
        for hour in 0..<configuration.days * 24 {
            level.move(towards: 0, &noise)
            spike *= 0.55
            if noise.below(150) == 0 { spike += 2 + 18 * noise.uniform() }
            let activity = path.activity[hour * 60]
            let base = 11 * PortableMath.exp(level.value) * (0.8 + 0.2 * activity) * (1 + spike)
            let baseFee = min(max(Int64((base * 1000).rounded()), 500), 2_000_000)
            let priority = 20 + Int64((base * 20 * noise.uniform()).rounded())
            text.time(configuration.time(minute: hour * 60))
            text.decimal(baseFee + priority, scale: 3)
            text.decimal(baseFee, scale: 3)
            text.decimal(priority, scale: 3)
            text.endRow()
        }
        return text.file(file)
    }
}
