internal import Markets
internal import Units

/// Bars as moves: what each did relative to the close before it, so that other markets can be made of them.
struct BarPath {
    /// One bar, relative: factors above 0.
    struct Move {
        /// Open over the close before.
        var open: Double
        /// High over the higher of open and close, at least 1.
        var high: Double
        /// Low over the lower of open and close, at most 1.
        var low: Double
        /// Close over open.
        var close: Double
    }

    /// The close that the first bar moves from: its own open.
    let start: Double
    private(set) var moves: [Move] = []

    /// The moves of bars.
    ///
    /// - Returns: nil when a price is not above zero: such bars have no relative moves.
    init?(_ bars: BarColumns) {
        guard bars.openTime.count > 0, bars.open[0] > 0 else { return nil }
        start = Double(bars.open[0])
        moves.reserveCapacity(bars.openTime.count)
        var before = start
        for row in 0..<bars.openTime.count {
            let (open, close) = (Double(bars.open[row]), Double(bars.close[row]))
            let (high, low) = (Double(bars.high[row]), Double(bars.low[row]))
            guard open > 0, close > 0, high > 0, low > 0 else { return nil }
            moves.append(
                Move(
                    open: open / before, high: max(1, high / max(open, close)),
                    low: min(1, low / min(open, close)), close: close / open))
            before = close
        }
    }

    /// Moves the parts of each bar away from, or towards, the mean of theirs. Prices never reach zero.
    mutating func scale(volatility factor: Double) {
        let count = Double(max(1, moves.count))
        let mean = moves.reduce(0) { $0 + $1.close - 1 } / count
        let gap = moves.reduce(0) { $0 + $1.open - 1 } / count
        for index in moves.indices {
            let move = moves[index]
            moves[index] = Move(
                open: max(0.01, 1 + gap + factor * (move.open - 1 - gap)),
                high: 1 + factor * (move.high - 1), low: max(0.01, 1 - factor * (1 - move.low)),
                close: max(0.01, 1 + mean + factor * (move.close - 1 - mean)))
        }
    }

    /// Puts other moves in place of each, by their rows.
    mutating func rearrange(_ rows: [Int]) {
        precondition(rows.count == moves.count, "as many moves as before")
        moves = rows.map { moves[$0] }
    }

    /// The bars again: same times and volumes, prices by the moves, rounded to whole ticks of their scale and
    /// at least one.
    ///
    /// - Parameter volumes: row of the volume for each bar.
    func bars(at times: BarColumns, volumes: [Int]? = nil) -> BarColumns {
        let buffers = (0..<5).map { _ in ColumnBuffer(zeros: moves.count) }
        let (opens, highs, lows) = (buffers[0].values, buffers[1].values, buffers[2].values)
        let (closes, sizes) = (buffers[3].values, buffers[4].values)
        var before = start
        for (row, move) in moves.enumerated() {
            let open = before * move.open
            let close = open * move.close
            opens[row] = BarPath.price(open)
            closes[row] = BarPath.price(close)
            highs[row] = max(opens[row], closes[row], BarPath.price(max(open, close) * move.high))
            lows[row] = min(opens[row], closes[row], BarPath.price(min(open, close) * move.low))
            sizes[row] = times.volume[volumes?[row] ?? row]
            before = min(1e17, max(1, close))
        }
        let done = buffers.map { $0.finish() }
        return BarColumns(
            openTime: times.openTime, closeTime: times.closeTime, open: done[0], high: done[1],
            low: done[2], close: done[3], volume: done[4])
    }

    /// A price of a made-up market, to the nearest tick: 1 to 10^17.
    private static func price(_ value: Double) -> Int64 {
        Int64(min(1e17, max(1, value.rounded(.toNearestOrEven))))
    }
}
