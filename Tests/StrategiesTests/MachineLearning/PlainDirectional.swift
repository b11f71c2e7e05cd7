import Units

/// The directional mode over a linear contract, written plainly: one loop over bars, no costs.
///
/// Prices are hundredths, quantities thousandths of a coin, money hundred-thousandths.
struct PlainDirectional {
    struct Row {
        var open: Int64
        var high: Int64
        var low: Int64
        var close: Int64
    }

    /// A signal known at the close of a bar: side 1, -1, 0, or 2 for hold.
    struct Signal {
        var side: Int
        var confidence: Int
        var stop: Int64 = 0
        var target: Int64 = 0
        /// Millionths; 0 for none.
        var deviation: Int64 = 0
    }

    struct Fill: Equatable {
        /// The bar within which it fills; at its open, or at its close.
        var bar: Int
        var atOpen: Bool
        var signed: Int64
        var price: Int64
    }

    let rows: [Row]
    let signals: [Signal?]
    var threshold = 80
    var capital: Int64 = 10_000_000_000
    var usesStops = true
    var exitsWithCandle = true
    var lookback = 20

    private(set) var fills: [Fill] = []
    private(set) var equity: Int64 = 0
    private var cash: Int64 = 0
    private var held: Int64 = 0
    private var entry: Signal?
    private var stop: Int64?
    private var target: Int64?
    private var pending: Int64 = 0
    private var isEntering = false
    private var isOld = false

    init(rows: [Row], signals: [Signal?]) { (self.rows, self.signals) = (rows, signals) }

    mutating func run() {
        cash = capital
        for bar in rows.indices {
            open(bar)
            within(bar)
            closed(bar)
        }
        equity = cash + held * rows[rows.count - 1].close
    }

    private mutating func fill(_ signed: Int64, at price: Int64, _ bar: Int, atOpen: Bool) {
        fills.append(Fill(bar: bar, atOpen: atOpen, signed: signed, price: price))
        cash -= signed * price
        held += signed
    }

    private mutating func open(_ bar: Int) {
        let price = rows[bar].open
        if pending != 0 {
            fill(pending, at: price, bar, atOpen: true)
            pending = 0
            if isEntering { place(price, bar) }
            isEntering = false
        } else if held != 0 {
            // What the market opens beyond fills at the open; the stop counts first.
            if let stop, held > 0 ? price <= stop : price >= stop { return leave(price, bar, atOpen: true) }
            if let target, held > 0 ? price >= target : price <= target {
                return leave(price, bar, atOpen: true)
            }
        }
    }

    private mutating func within(_ bar: Int) {
        guard held != 0 else { return }
        let row = rows[bar]
        if let stop, held > 0 ? row.low <= stop : row.high >= stop {
            leave(stop, bar, atOpen: false)
        } else if let target, held > 0 ? row.high >= target : row.low <= target {
            leave(target, bar, atOpen: false)
        }
    }

    private mutating func leave(_ price: Int64, _ bar: Int, atOpen: Bool) {
        fill(-held, at: price, bar, atOpen: atOpen)
        (stop, target) = (nil, nil)
    }

    private mutating func place(_ price: Int64, _ bar: Int) {
        (stop, target) = (nil, nil)
        guard usesStops, let entry else { return }
        let isLong = held > 0
        var width = entry.deviation
        if width == 0 {
            guard let own = deviation(before: bar) else {
                if entry.stop != 0, isLong == (entry.stop < price), entry.stop != price { stop = entry.stop }
                if entry.target != 0, isLong == (entry.target > price), entry.target != price {
                    target = entry.target
                }
                return
            }
            width = own
        }
        width = min(max(width, 1_000), 100_000)
        func moved(_ sign: Int64) -> Int64 {
            let fine = halfEven(price * 10_000 * (1_000_000 + sign * 2 * width), 1_000_000)
            return halfEven(fine, 10_000)
        }
        stop = moved(isLong ? -1 : 1)
        target = moved(isLong ? 1 : -1)
        if entry.stop != 0, entry.stop != price, isLong == (entry.stop < price) { stop = entry.stop }
        if entry.target != 0, entry.target != price, isLong == (entry.target > price) {
            target = entry.target
        }
    }

    private func halfEven(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = Int128(value).quotientAndRemainder(dividingBy: Int128(divisor))
        let up = rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 != 0)
        return Int64(quotient) + (up ? 1 : 0)
    }

    /// Sample deviation of the returns of the bars before one, in millionths.
    private func deviation(before bar: Int) -> Int64? {
        guard bar >= lookback + 1 else { return nil }
        let closes = rows[(bar - lookback - 1)..<bar].map { Double($0.close) }
        let returns = (1..<closes.count).map { closes[$0] / closes[$0 - 1] - 1 }
        let mean = returns.reduce(0, +) / Double(lookback)
        let variance = returns.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(lookback - 1)
        return Int64((variance.squareRoot() * 1_000_000).rounded())
    }

    private mutating func closed(_ bar: Int) {
        if held != 0 { isOld = true }
        let sure = signals[bar].flatMap { $0.confidence >= threshold ? $0 : nil }
        switch sure?.side {
        case 1, -1:
            let side = Int64(sure!.side)
            if held.signum() == side { return }
            let price = rows[bar].close
            let worth = cash + held * price
            // All but a tenth, in whole thousandths of a coin.
            let size = worth * 9 / (price * 10)
            if size <= 0 { return }
            (pending, isEntering, entry, isOld) = (side * size - held, true, sure, false)
            (stop, target) = (nil, nil)
        case 0: close()
        case 2: return
        default: if exitsWithCandle && isOld { close() }
        }
    }

    private mutating func close() {
        if held == 0 { return }
        pending = -held
        (stop, target) = (nil, nil)
    }
}
