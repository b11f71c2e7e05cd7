internal import Markets
internal import Simulation
internal import TradingEngine
internal import Units

/// A run as shocks change it: other data, or venues that nobody reaches.
struct ShockedRun {
    private(set) var plan: BacktestPlan
    private(set) var series: [MarketSeries]
    /// The series that changed, as `bars of binance:spot:BTCUSDT`.
    private(set) var changed: [String]
    let start: Instant
    /// End of the last shock; nil where all stay.
    let end: Instant?

    /// Applies the shocks of a scenario one after the other, or tells why one of them means nothing to the
    /// run.
    ///
    /// - Parameters:
    ///   - moment: their start.
    ///   - span: how long they last; nil as usual for each kind.
    static func make(
        _ scenario: ShockScenario, at moment: Instant, for span: Timespan?, _ plan: BacktestPlan,
        _ run: RunInstruments
    ) throws(ArithmeticOverflow) -> Result<ShockedRun, Unfit> {
        var shocked = ShockedRun(
            plan: plan, series: run.series, changed: [], start: moment,
            end: scenario.end(from: moment, for: span))
        for shock in scenario.shocks {
            if let unfit = try shocked.apply(shock, for: span, run) {
                let isAlone = scenario.shocks.count == 1
                return .failure(
                    isAlone ? unfit : Unfit(reason: "\(shock.text) of it: \(unfit.reason)"))
            }
        }
        return .success(shocked)
    }

    /// Applies one more shock; tells why it means nothing to the run.
    private mutating func apply(
        _ shock: Shock, for span: Timespan?, _ run: RunInstruments
    ) throws(ArithmeticOverflow) -> Unfit? {
        let end = shock.usualSpan.map { start + (span ?? $0) }
        if case .outage(let venue) = shock {
            guard ShockedRun.venues(of: run).contains(venue) else {
                return Unfit(reason: ShockedRun.missing(shock))
            }
            plan.execution.outages.append(VenueOutage(venue: venue, start: start, end: end ?? start))
            return nil
        }
        var isConcerned = false
        var hasChanged = false
        for (place, one) in series.enumerated() {
            let instrument = run.instruments[run.indices[place]]
            guard let other = try ShockedRun.shocked(one, of: instrument, by: shock, start, end) else {
                continue
            }
            isConcerned = true
            if other.digest == one.digest { continue }
            hasChanged = true
            let name = "\(one.kind.rawValue) of \(one.instrument)"
            if !changed.contains(name) { changed.append(name) }
            series[place] = other
        }
        if !isConcerned { return Unfit(reason: ShockedRun.missing(shock)) }
        return hasChanged
            ? nil : Unfit(reason: "no row of the series that it changes lies within its time")
    }

    /// Why a shock means nothing to a run.
    struct Unfit: Error { let reason: String }

    private static func missing(_ shock: Shock) -> String {
        switch shock {
        case .price: "the run holds no price in dollars or a national currency"
        case .depeg: "the run holds no price of a liquid staking token"
        case .fundingFlip: "the run holds no series of funding"
        case .borrowRate: "the run holds no index of a debt at a lending protocol"
        case .gas: "the run holds no series of gas prices, so its gas costs nothing"
        case .outage(let venue): "the run trades nothing at \(venue)"
        }
    }

    /// A series as a shock changes it; nil for one that it does not concern.
    private static func shocked(
        _ one: MarketSeries, of instrument: Instrument, by shock: Shock, _ start: Instant, _ end: Instant?
    ) throws(ArithmeticOverflow) -> MarketSeries? {
        let until = end ?? .distantFuture
        switch shock {
        case .price(let change):
            guard one.isPriced, let isInverse = MarketMove.isInverse(instrument) else { return nil }
            return try one.priced(
                along: ShockPath(from: start, until: end, change: change), isInverse: isInverse)
        case .depeg(let loss):
            let (base, quote) = (
                LiquidStaking.holds(instrument.base), LiquidStaking.holds(instrument.quote)
            )
            guard one.isPriced, base != quote else { return nil }
            let change = BasisPoints(millionths: -loss.millionths)
            return try one.priced(
                along: ShockPath(from: start, until: end, change: change), isInverse: quote)
        case .fundingFlip:
            return one.kind == .funding ? try one.fundingFlipped(from: start, until: until) : nil
        case .borrowRate(let rate):
            guard one.kind == .index, instrument.id.type == .debtToken else { return nil }
            return try one.borrowing(at: rate, from: start, until: until)
        case .gas(let factor):
            return one.kind == .gas ? try one.multiplied(by: factor, from: start, until: until) : nil
        case .outage: return nil
        }
    }

    /// The venues at which a run trades, in order; those that only give prices are left out.
    static func venues(of run: RunInstruments) -> [Venue] {
        var venues: [Venue] = []
        for instrument in run.instruments where instrument.isPool || !instrument.isReference {
            if instrument.id.type == .base { continue }
            let venue = instrument.id.venue
            if venue != .wallet && !venues.contains(venue) { venues.append(venue) }
        }
        return venues.sorted()
    }
}

extension MarketSeries {
    /// Whether its values are prices or exchange ratios of its instrument.
    fileprivate var isPriced: Bool {
        switch kind {
        case .bars, .quotes, .trades, .mark, .ratio: true
        case .index: instrument.type.isContract
        default: false
        }
    }
}

/// Which way a price goes when the market falls against money.
private enum MarketMove {
    private static let dollars: Set<String> = [
        "USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USDe", "USDS", "GHO",
    ]
    private static let currencies: Set<String> = ["EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "INR"]

    /// False where the base falls against money, true where the quote does and the price so rises; nil where
    /// both are money or neither is.
    static func isInverse(_ instrument: Instrument) -> Bool? {
        let (base, quote) = (instrument.base.symbol, instrument.quote.symbol)
        let isMoney = { (symbol: String) in dollars.contains(symbol) || currencies.contains(symbol) }
        if base == quote || dollars.contains(base) && dollars.contains(quote) { return nil }
        if dollars.contains(base) { return true }
        if isMoney(quote) { return false }
        return isMoney(base) ? true : nil
    }
}

/// Tokens that stand for staked ETH.
private enum LiquidStaking {
    private static let tokens: Set<String> = ["stETH", "wstETH", "eETH", "weETH", "rETH", "cbETH"]

    static func holds(_ asset: Asset) -> Bool { tokens.contains(asset.symbol) }
}
