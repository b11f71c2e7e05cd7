internal import Units

/// A chain of options on bitcoin that expire on Fridays at 08:00 UTC, quoted every half hour.
///
/// Values by ``BlackScholes`` over the minute path; implied volatility leans on the market's own, with a
/// smile and a tilt towards falling prices. A side below one tick is not quoted.
struct SampleOptions {
    private var text = SampleText(
        header: "timestamp,expiry,strike,right,bid,bid_size,ask,ask_size,implied_volatility,delta,"
            + "underlying_price", capacity: 1 << 20)
    private var noise: SampleNoise
    private let configuration: SampleConfiguration
    private let path: MarketPath

    private static let minutesBetweenQuotes = 30
    private static let minutesPerYear = 525_600.0
    /// A series of strikes is listed eight days before its expiry.
    private static let listedMinutes = 8 * 1440

    /// One contract.
    private struct Contract {
        let isCall: Bool
        let strike: Int64
    }

    /// The quotes of all contracts as a file, in order of time.
    static func file(_ file: String, _ configuration: SampleConfiguration, path: MarketPath) -> SampleFile {
        var options = SampleOptions(configuration: configuration, path: path)
        options.write()
        return options.text.file(file)
    }

    private init(configuration: SampleConfiguration, path: MarketPath) {
        self.configuration = configuration
        self.path = path
        noise = SampleNoise(seed: configuration.seed, purpose: "options")
    }

    private mutating func write() {
        let expiries = expiries()
        var chains = expiries.map { _ in [Contract]() }
        // Volatility as the market sees it: the minute's, smoothed over about three days.
        var seen = path.volatility.first ?? 0.5
        for minute in stride(from: 0, to: configuration.minutes, by: Self.minutesBetweenQuotes) {
            seen += (path.volatility[minute] - seen) / 144
            let spot = path.close(coin: 0, minute: minute)
            for (index, expiry) in expiries.enumerated() {
                let left = expiry - minute
                guard left > 0, left <= Self.listedMinutes else { continue }
                if chains[index].isEmpty { chains[index] = Self.chain(around: spot) }
                for contract in chains[index] {
                    quote(contract, expiry: expiry, minute: minute, spot: spot, volatility: seen)
                }
            }
        }
    }

    /// Minutes, counted from the start, of the Fridays at 08:00 UTC up to the first after the end.
    private func expiries() -> [Int] {
        let first = configuration.start.day
        let friday = (5 - CivilDate(day: first).weekday + 7) % 7
        return (0...(configuration.days / 7 + 2)).map { (friday + 7 * $0) * 1440 + 480 }
    }

    /// Calls and puts at 17 strikes, 2.5 % apart and rounded to 500.
    private static func chain(around spot: Double) -> [Contract] {
        let strikes = (-8...8).map { step in
            max(500, Int64((spot * (1 + 0.025 * Double(step)) / 500).rounded()) * 500)
        }
        var contracts: [Contract] = []
        for strike in strikes where contracts.last?.strike != strike {
            contracts.append(Contract(isCall: true, strike: strike))
            contracts.append(Contract(isCall: false, strike: strike))
        }
        return contracts
    }

    private mutating func quote(
        _ contract: Contract, expiry: Int, minute: Int, spot: Double, volatility: Double
    ) {
        let moneyness = Double(contract.strike) / spot - 1
        let smile = 1 + 3 * moneyness * moneyness - 0.25 * moneyness
        let implied = min(max((0.08 + 0.9 * volatility) * smile, 0.15), 3)
        let option = BlackScholes(
            isCall: contract.isCall, price: spot, strike: Double(contract.strike), volatility: implied,
            years: Double(expiry - minute) / Self.minutesPerYear)
        // Half the spread: 1.5 % of the value and at least two tenths of a dollar.
        let half = max(0.2, option.value * (0.01 + 0.01 * noise.uniform()))
        let bid = Int64(((option.value - half) * 10).rounded(.down))
        let ask = max(1, Int64(((option.value + half) * 10).rounded(.up)))
        text.time(configuration.time(minute: minute))
        let date = CivilDate(day: configuration.start.day + expiry / 1440)
        text.cell(date.description)
        text.decimal(contract.strike, scale: 0)
        text.cell(contract.isCall ? "C" : "P")
        if bid > 0 {
            text.decimal(bid, scale: 1)
            text.decimal(1 + noise.below(200), scale: 1)
        } else {
            text.cell("")
            text.cell("")
        }
        text.decimal(ask, scale: 1)
        text.decimal(1 + noise.below(200), scale: 1)
        text.decimal(Int64((implied * 1e4).rounded()), scale: 4)
        text.decimal(Int64((option.delta * 1e4).rounded()), scale: 4)
        text.decimal(Int64((spot * 10).rounded()), scale: 1)
        text.endRow()
    }
}
