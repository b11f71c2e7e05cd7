/// Signals of a made-up forecaster: it follows the move of the last three hours, is sure of itself where that
/// was large, and knows nothing of what comes.
struct SampleSignals {
    /// Bars of the move that it looks at.
    private static let span = 36

    /// Closes of the bars, at the coin's price scale.
    let closes: [Int64]
    let coin: SampleCoin
    /// Minutes of a bar.
    let length: Int

    /// A row at the close of every bar: its direction, confidence, sometimes prices at which to leave, and
    /// the deviation of the last returns.
    func file(_ path: String, configuration: SampleConfiguration) -> SampleFile {
        var text = SampleText(
            header: "timestamp,signal,confidence,stop_loss,take_profit,sd", capacity: closes.count * 64)
        var noise = SampleNoise(seed: configuration.seed, purpose: "signals \(coin.symbol)")
        for bar in SampleSignals.span..<max(SampleSignals.span, closes.count) {
            let deviation = deviation(before: bar)
            guard deviation > 0 else { continue }
            let move = Double(closes[bar]) / Double(closes[bar - SampleSignals.span]) - 1
            let score = move / (deviation * Double(SampleSignals.span).squareRoot()) + 0.3 * noise.gauss()
            let size = score < 0 ? -score : score
            let isHold = noise.below(100) == 0
            let direction = isHold ? "hold" : size < 0.5 ? "neutral" : score > 0 ? "long" : "short"
            text.time(configuration.time(minute: (bar + 1) * length))
            text.cell(direction)
            text.decimal(Int64((min(0.99, 0.4 + 0.16 * size) * 100).rounded()), scale: 2)
            if noise.below(4) == 0 && (direction == "long" || direction == "short") {
                let step = Int64((Double(closes[bar]) * deviation * 3).rounded()) * (score > 0 ? 1 : -1)
                text.decimal(max(1, closes[bar] - step), scale: coin.priceScale)
                text.decimal(max(1, closes[bar] + 2 * step), scale: coin.priceScale)
            } else {
                text.cell("")
                text.cell("")
            }
            text.decimal(Int64((deviation * 1e6).rounded()), scale: 6)
            text.endRow()
        }
        return text.file(path)
    }

    /// Standard deviation of the returns of the bars up to one.
    private func deviation(before bar: Int) -> Double {
        let returns = (bar - SampleSignals.span..<bar).map {
            Double(closes[$0 + 1]) / Double(closes[$0]) - 1
        }
        let mean = returns.reduce(0, +) / Double(returns.count)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(returns.count - 1)).squareRoot()
    }
}
