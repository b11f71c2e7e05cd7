public import Markets
internal import Units

/// Fee schedules of known venues for the lowest tier, used where a run file gives no commission.
public enum VenueFees {
    /// The schedule of a venue for a kind of instrument; nil when the venue is not known.
    ///
    /// Source: the venues' public fee pages as restated in the requirements (spot maker/taker Binance
    /// 0.1/0.1 %, Bybit 0.1/0.1 %, OKX 0.08/0.1 %; perpetuals 0.02/0.05 %, Bybit 0.02/0.055 %).
    public static func schedule(of venue: Venue, type: InstrumentType) -> CommissionModel? {
        switch (venue.name, type) {
        case ("binance", .spot), ("bybit", .spot): model(makerHundredths: 1_000, takerHundredths: 1_000)
        case ("okx", .spot): model(makerHundredths: 800, takerHundredths: 1_000)
        case ("binance", .perp), ("okx", .perp), ("binance", .future), ("okx", .future):
            model(makerHundredths: 200, takerHundredths: 500)
        case ("bybit", .perp), ("bybit", .future):
            model(makerHundredths: 200, takerHundredths: 550)
        default: nil
        }
    }

    /// The largest leverage that a venue gives; nil when the venue is not known.
    ///
    /// Source: the same (Binance 125, Bybit 100, OKX 100).
    public static func largestLeverage(of venue: Venue) -> Int? {
        switch venue.name {
        case "binance": 125
        case "bybit", "okx": 100
        default: nil
        }
    }

    private static func model(makerHundredths: Int64, takerHundredths: Int64) -> CommissionModel {
        CommissionModel(
            taker: BasisPoints(millionths: takerHundredths * 10_000),
            maker: BasisPoints(millionths: makerHundredths * 10_000))
    }
}
