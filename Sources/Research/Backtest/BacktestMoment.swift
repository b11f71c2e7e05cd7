internal import Accounting
public import Markets
internal import Trading
internal import TradingEngine
public import Units

/// Where a run is, told now and then while it goes on. Watching changes nothing of the result.
public struct BacktestMoment: Sendable {
    /// Share of the rows that are done, 0 to 1.
    public let share: Double
    /// Whether the last row was taken: nothing follows.
    public let isLast: Bool
    /// Engine time.
    public let time: Instant
    /// Equity in the share class.
    public let equity: ExactDecimal
    /// Fall of equity from its highest, as a fraction; 0 at the highest.
    public let drawdown: Double
    /// Orders that strategies placed so far.
    public let orders: Int
    /// Fills so far.
    public let fills: Int
    /// Closed round trips so far.
    public let trades: Int
    /// Equity since the moment before, in time order: at most ``pointLimit`` points, the last one now.
    public let points: [EquityPoint]
    /// The last fills since the moment before, at most ``fillLimit``; none unless records are kept.
    public let newFills: [MomentFill]
    /// Positions that are not zero, at most ``positionLimit``, with the mark in the share class.
    public let positions: [MomentPosition]
    /// Change of equity by cause so far, in the share class; causes that moved nothing are left out.
    public let attribution: [(cause: String, amount: ExactDecimal)]
    /// What the sink of the log was not handed yet: whole records, the beginning of its next block.
    public let logTail: [UInt8]

    /// The most points of one moment.
    public static let pointLimit = 256
    /// The most fills of one moment.
    public static let fillLimit = 100
    /// The most positions of one moment.
    public static let positionLimit = 32
}

/// A fill as a watcher of a run sees it.
public struct MomentFill: Sendable {
    /// Place among the fills of the run, from 1.
    public let number: Int
    /// Instant of the fill.
    public let time: Instant
    /// Which instrument.
    public let instrument: InstrumentID
    /// Side.
    public let side: Side
    /// Quantity, positive.
    public let quantity: ExactDecimal
    /// Price.
    public let price: ExactDecimal
    /// Fee in ``feeAsset``, positive when paid.
    public let fee: ExactDecimal
    /// Asset of the fee.
    public let feeAsset: Asset
    /// Number of the order within the run.
    public let order: UInt64
    /// Why the order filled.
    public let cause: String
}

/// A position as a watcher of a run sees it.
public struct MomentPosition: Sendable {
    /// Which instrument.
    public let instrument: InstrumentID
    /// Signed quantity.
    public let quantity: ExactDecimal
    /// Mark of the base asset in the share class.
    public let mark: ExactDecimal
}

/// Gathers what a watcher of a run is told next.
struct MomentCollector {
    /// Least nanoseconds between two moments.
    private let interval: UInt64
    private var due: UInt64
    private var toldFills = 0
    private var points: [EquityPoint] = []

    init(interval: UInt64, now: UInt64) {
        self.interval = interval
        due = Self.later(now, by: interval)
    }

    private static func later(_ now: UInt64, by interval: UInt64) -> UInt64 {
        let (sum, overflow) = now.addingReportingOverflow(interval)
        return overflow ? UInt64.max : sum
    }

    /// Notes the present equity.
    mutating func note(_ point: EquityPoint) {
        if points.last?.time == point.time { points.removeLast() }
        // Every other point goes when there are too many, so that the rest is spread evenly.
        if points.count == BacktestMoment.pointLimit {
            points = stride(from: 0, to: points.count, by: 2).map { points[$0] }
        }
        points.append(point)
    }

    /// Whether it is time to tell.
    func isDue(_ now: UInt64) -> Bool { now >= due }

    /// Hands over what was gathered, and begins anew.
    ///
    /// - Returns: the points, and how many of the fills were told before.
    mutating func take(now: UInt64, fills: Int) -> (points: [EquityPoint], told: Int) {
        defer { (points, toldFills, due) = ([], fills, Self.later(now, by: interval)) }
        return (points, toldFills)
    }
}

extension BacktestRunner {
    /// What a watcher is told now.
    func moment(
        share: Double, isLast: Bool, points: [EquityPoint], told: Int, drawdown: Double
    ) -> BacktestMoment {
        let total = engine.totals
        return BacktestMoment(
            share: share, isLast: isLast, time: engine.now,
            equity: ExactDecimal(mantissa: total.equity, scale: engine.ledger.valueScale),
            drawdown: drawdown, orders: engine.placedOrders, fills: trades.fillCount,
            trades: trades.tradeCount, points: points, newFills: newFills(after: told),
            positions: openPositions(), attribution: attributionNow(), logTail: engine.logTail)
    }

    private func newFills(after told: Int) -> [MomentFill] {
        let all = trades.fills
        let first = max(told, all.count - BacktestMoment.fillLimit)
        return (min(first, all.count)..<all.count).map { place in
            let fill = all[place]
            let instrument = run.instruments[fill.instrument.position]
            return MomentFill(
                number: place + 1, time: fill.time, instrument: instrument.id, side: fill.side,
                quantity: fill.quantity.decimal(instrument.quantityScale),
                price: fill.price.decimal(instrument.fillPriceScale),
                fee: fill.fee.decimal(fill.feeAsset.ledgerScale), feeAsset: fill.feeAsset, order: fill.order,
                cause: fill.cause)
        }
    }

    private func openPositions() -> [MomentPosition] {
        var found: [MomentPosition] = []
        for (place, instrument) in run.instruments.enumerated() {
            let index = InstrumentIndex(place)
            var sum: Int64 = 0
            for book in plan.strategies.indices {
                sum =
                    sum.addingReportingOverflow(
                        engine.position(of: index, book: book).quantity.mantissa
                    ).partialValue
            }
            if sum == 0 { continue }
            found.append(
                MomentPosition(
                    instrument: instrument.id,
                    quantity: Quantity(mantissa: sum).decimal(instrument.quantityScale),
                    mark: engine.mark(of: index)))
            if found.count == BacktestMoment.positionLimit { break }
        }
        return found
    }

    private func attributionNow() -> [(cause: String, amount: ExactDecimal)] {
        let scale = engine.ledger.valueScale
        return Cause.attributed.compactMap { cause in
            var sum: Int128 = 0
            for book in plan.strategies.indices {
                sum = sum.addingReportingOverflow(engine.ledger.attribution(of: book, cause)).partialValue
            }
            return sum == 0 ? nil : (cause.key, ExactDecimal(mantissa: sum, scale: scale))
        }
    }
}
