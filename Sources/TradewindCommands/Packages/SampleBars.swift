internal import Units

/// A small made-up market for the first backtest of a new package: hourly bars with a few long trends,
/// the same in every package.
enum SampleBars {
    private static let count = 480

    /// `time,open,high,low,close,volume`, in whole cents, from 2024-01-01.
    static var csv: String {
        var random = SplitMix64(seed: 20_240_101, purpose: "strategy-package-sample")
        var time = Instant(day: 19_723)
        var price: Int64 = 4_200_000
        var lines = ["time,open,high,low,close,volume"]
        for hour in 0..<count {
            // The drift turns every four days; noise is ten times as large.
            let drift: Int64 = (hour / 96) % 2 == 0 ? 3_000 : -2_500
            let open = price
            price += drift + random.integer(in: -25_000...25_000)
            let high = max(open, price) + random.integer(in: 0...12_000)
            let low = min(open, price) - random.integer(in: 0...12_000)
            let volume = ExactDecimal(mantissa: Int128(random.integer(in: 1_000...90_000)), scale: Scale(3))
            let prices = [open, high, low, price].map { cents in
                ExactDecimal(mantissa: Int128(cents), scale: Scale(2)).description
            }
            lines.append("\(time),\(prices.joined(separator: ",")),\(volume)")
            time = time + .hour
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
