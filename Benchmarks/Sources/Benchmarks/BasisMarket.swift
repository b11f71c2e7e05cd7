import MarketData
import Markets
import Research
import Simulation
import StrategyKit
import Units

/// A generated year of one asset, hour by hour: spot at one venue, perpetuals at three, their funding every
/// eight hours.
struct BasisYear {
    static let hours = 365 * 24
    static let fundingHours = 8
    static let venues = ["binance", "bybit", "okx"]

    let series: [MarketSeries]
    /// Prices of the spot and of each perpetual, and rates of each, for the plain loop.
    let spot: BarColumns
    let perpetuals: [BarColumns]
    let rates: [[Int64]]

    init() {
        let spot = BasisYear.hourly(seed: 1, offset: 0)
        let perpetuals = BasisYear.venues.indices.map { BasisYear.hourly(seed: 1, offset: Int64($0) * 9 + 5) }
        let rates = BasisYear.venues.indices.map { BasisYear.rates(seed: UInt64($0)) }
        (self.spot, self.perpetuals, self.rates) = (spot, perpetuals, rates)
        let stamps = Column(
            rates[0].indices.map { spot.closeTime[($0 + 1) * BasisYear.fundingHours - 1] })
        var series = [
            BasisYear.series("binance:spot:ETHUSDT", .bars, .bars(spot, .fixed(.hour)), Scale(2))
        ]
        for (place, venue) in BasisYear.venues.enumerated() {
            let name = venue + ":perp:ETHUSDT"
            series.append(BasisYear.series(name, .bars, .bars(perpetuals[place], .fixed(.hour)), Scale(2)))
            let values = ValueColumns(time: stamps, names: ["rate"], values: [Column(rates[place])])
            series.append(BasisYear.series(name, .funding, .values(values), Scale(8)))
        }
        self.series = series
    }

    /// `eth-basis` over it, with 100,000 USDT.
    var plan: BacktestPlan {
        let shares = zip(BasisYear.venues, ["0.4", "0.3", "0.3"]).map { venue, share in
            NamedParameter(venue, .number(ExactDecimal(share)!))
        }
        let capital = ExactDecimal(100_000)
        return BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(
                    account: "eth-basis", strategy: "eth-basis",
                    parameters: [NamedParameter("hedge", .map(shares))], capital: capital)
            ], capital: capital, shareClass: Asset("USDT")!,
            instruments: BasisYear.venues.map { venue in
                InstrumentOverride(
                    instrument: InstrumentID(venue + ":perp:ETHUSDT")!, lotSize: ExactDecimal("0.001")!)
            })
    }

    /// Rows of all series.
    var rows: Int { series.reduce(0) { $0 + $1.count } }

    /// The prices of minute bars at the times of hourly ones, some ticks higher.
    private static func hourly(seed: UInt64, offset: Int64) -> BarColumns {
        let bars = RandomWalk.bars(count: hours, seed: seed)
        let start = bars.openTime[0]
        let hour = Timespan.hour.nanoseconds
        func times(_ shift: Int64) -> Column {
            Column((0..<hours).map { start + (Int64($0) + shift) * hour })
        }
        func moved(_ column: Column) -> Column { Column((0..<hours).map { column[$0] + offset }) }
        return BarColumns(
            openTime: times(0), closeTime: times(1), open: moved(bars.open), high: moved(bars.high),
            low: moved(bars.low), close: moved(bars.close), volume: moved(bars.volume))
    }

    /// Rates that wander between -1 and 4 basis points, in hundred-millionths.
    private static func rates(seed: UInt64) -> [Int64] {
        var random = SplitMix64(seed: seed, purpose: "funding")
        var rate: Int64 = 15_000
        return (0..<hours / fundingHours).map { _ in
            rate = min(40_000, max(-10_000, rate + random.integer(in: -3_000...3_000)))
            return rate
        }
    }

    private static func series(
        _ name: String, _ kind: SeriesKind, _ columns: SeriesColumns, _ scale: Scale
    ) -> MarketSeries {
        MarketSeries(
            instrument: InstrumentID(name)!, kind: kind, columns: columns, priceScale: scale,
            quantityScale: Scale(0),
            digest: columns.digest(kind: kind, priceScale: scale, quantityScale: Scale(0)), warnings: [])
    }
}
