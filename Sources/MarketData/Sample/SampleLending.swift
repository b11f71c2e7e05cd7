internal import Units

/// A reserve of a lending pool whose rates follow its utilisation.
///
/// The rate curve is that of Aave v3 (Aave, "Protocol whitepaper v1", section 4.2, and the interest rate
/// strategy of v3): a gentle slope up to the optimal utilisation and a steep one beyond it.
struct SampleLending {
    /// The asset.
    let asset: String
    /// Utilisation in the long run.
    let utilisation: Double
    /// Utilisation from which the steep slope holds.
    let optimal: Double
    /// Rate at the optimal utilisation.
    let gentle: Double
    /// What the steep slope adds at full utilisation.
    let steep: Double
    /// Share of interest that the protocol keeps.
    let reserveFactor: Double
    /// Supply index at the start, in billionths.
    let supplyIndex: Int64
    /// Borrow index at the start, in billionths.
    let borrowIndex: Int64

    static let all = [
        SampleLending(
            asset: "USDT", utilisation: 0.83, optimal: 0.92, gentle: 0.055, steep: 0.35,
            reserveFactor: 0.10, supplyIndex: 1_062_000_000, borrowIndex: 1_081_000_000),
        SampleLending(
            asset: "WETH", utilisation: 0.85, optimal: 0.90, gentle: 0.027, steep: 0.80,
            reserveFactor: 0.15, supplyIndex: 1_021_000_000, borrowIndex: 1_033_000_000),
        SampleLending(
            asset: "weETH", utilisation: 0.02, optimal: 0.30, gentle: 0.07, steep: 3.0,
            reserveFactor: 0.45, supplyIndex: 1_000_010_000, borrowIndex: 1_002_000_000),
        SampleLending(
            asset: "wstETH", utilisation: 0.06, optimal: 0.80, gentle: 0.035, steep: 0.85,
            reserveFactor: 0.35, supplyIndex: 1_000_200_000, borrowIndex: 1_006_000_000),
    ]

    /// Indices and rates by the hour. Indices grow by exact integer steps of 1e-18 and never fall.
    func file(_ path: String, configuration: SampleConfiguration) -> SampleFile {
        var text = SampleText(
            header: "timestamp,liquidityIndex,variableBorrowIndex,currentLiquidityRate,"
                + "currentVariableBorrowRate,utilization_rate", capacity: configuration.days * 24 * 96)
        var noise = SampleNoise(seed: configuration.seed, purpose: "lending \(asset)")
        var use = MeanReverting(
            deviation: min(0.06, utilisation / 3), steps: 72, start: utilisation)
        var supply = Int128(supplyIndex) * 1_000_000_000
        var borrow = Int128(borrowIndex) * 1_000_000_000
        for hour in 0..<configuration.days * 24 {
            use.move(towards: utilisation, &noise)
            let u = min(max(use.value, 0.001), 0.985)
            let rate =
                u <= optimal ? gentle * u / optimal : gentle + steep * (u - optimal) / (1 - optimal)
            let borrowRate = Int64((rate * 1e12).rounded())
            let supplyRate = Int64((rate * u * (1 - reserveFactor) * 1e12).rounded())
            text.time(configuration.time(minute: hour * 60))
            text.decimal(SampleLending.trillionths(supply), scale: 12)
            text.decimal(SampleLending.trillionths(borrow), scale: 12)
            text.decimal(supplyRate, scale: 12)
            text.decimal(borrowRate, scale: 12)
            text.decimal(Int64((u * 1e6).rounded()), scale: 6)
            text.endRow()
            supply += supply * Int128(supplyRate) / SampleLending.hoursPerYear
            borrow += borrow * Int128(borrowRate) / SampleLending.hoursPerYear
        }
        return text.file(path)
    }

    /// Hours of a year times the unit of the rates.
    private static let hoursPerYear: Int128 = 8760 * 1_000_000_000_000

    private static func trillionths(_ index: Int128) -> Int64 {
        Int64(clamping: index / 1_000_000)
    }
}
