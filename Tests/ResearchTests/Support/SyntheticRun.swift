import Accounting
import Markets
import Research
import Simulation
import StrategyKit
import Units

/// A made-up run with real arithmetic: a random walk, a position that flips, fees, exact attribution.
struct SyntheticRun {
    var name = "made-up"
    var bars = 2_000
    var spacing = Timespan.hour
    var seed: UInt64 = 7
    var flipEvery: Int64 = 12
    var fill = BarFillRule.nextOpen
    var warnings: [String] = []
    var start = Instant(day: 19_720)

    static let instrument = Instrument(
        id: InstrumentID("binance:spot:BTCUSDT")!, base: Asset("BTC")!, quote: Asset("USDT")!,
        priceScale: Scale(2), quantityScale: Scale(8))

    /// What a made-up run carries from bar to bar.
    private struct State {
        var result: BacktestResult
        var cash: Int128
        var position: Int128 = 0
        var fees: Int128 = 0
        var entry: (time: Instant, price: Int64, side: Side)?
    }

    private static let unit = Scale(8).unit

    private var plan: BacktestPlan {
        let fee = BasisPoints(millionths: 10_000_000)
        return BacktestPlan(
            name: name,
            strategies: [
                PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross", parameters: [],
                    capital: ExactDecimal(100_000))
            ],
            capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(fill: fill, commission: CommissionModel(taker: fee, maker: fee)))
    }

    /// The result and the closes behind it, as a series of bars.
    func run() throws -> (result: BacktestResult, series: MarketSeries) {
        var random = SplitMix64(seed: seed)
        var price: Int64 = 4_200_000
        var state = State(result: BacktestResult.empty(plan), cash: Int128(100_000) * SyntheticRun.unit)
        var recorder = EquityRecorder(
            scale: Scale(8), start: start, initialEquity: state.cash, initialCash: state.cash)
        var closes: [Int64] = []
        for bar in 0..<bars {
            let drift = Int64(480) * (bar % 700 < 400 ? 1 : -1)
            price = max(100, price + random.integer(in: -20_000...20_000) + drift)
            closes.append(price)
            let time = start + Timespan(nanoseconds: Int64(bar + 1) * spacing.nanoseconds)
            if random.integer(in: 0...flipEvery) == 0 { flip(&state, time, price) }
            let equity = state.cash + state.position * Int128(price) / 100
            recorder.append(time: time.nanoseconds, equity: equity, cash: state.cash, netFlows: 0)
        }
        finish(&state, price, &recorder)
        return (state.result, series(closes))
    }

    /// Turns the position to the other side, with its fill, fee, posting and round trip.
    private func flip(_ state: inout State, _ time: Instant, _ price: Int64) {
        let unit = SyntheticRun.unit
        let side: Side = state.position > 0 ? .sell : .buy
        let size: Int128 = (state.position == 0 ? 1 : 2) * unit
        let signed = side == .buy ? size : -size
        let fee = Int128(price) * (size / 100) / 1_000
        state.cash -= Int128(price) * (signed / 100) + fee
        state.fees += fee
        state.position += signed
        state.result.fills.append(
            FillRecord(
                time: time, instrument: InstrumentIndex(0), strategy: 0, side: side,
                quantity: Quantity(mantissa: Int64(size)), price: Price(mantissa: price * 10_000),
                fee: Amount(units: fee), feeAsset: Asset("USDT")!,
                order: UInt64(state.result.fills.count + 1), cause: "market"))
        state.result.ledger.append(
            JournalEntry(
                time: time, transaction: UInt64(state.result.ledger.count + 1), account: AccountIndex(0),
                amount: Amount(units: -fee), cause: .fees, order: UInt64(state.result.fills.count)))
        if let open = state.entry {
            let gain = Int128(price - open.price) * unit / 100 * (open.side == .buy ? 1 : -1) - fee
            state.result.roundTrips.append(
                RoundTrip(
                    instrument: InstrumentIndex(0), strategy: 0, isLong: open.side == .buy,
                    entryTime: open.time, exitTime: time, quantity: Quantity(mantissa: Int64(unit)),
                    entryPrice: ExactDecimal(mantissa: Int128(open.price), scale: Scale(2)),
                    exitPrice: ExactDecimal(mantissa: Int128(price), scale: Scale(2)),
                    profit: ExactDecimal(mantissa: gain, scale: Scale(8)),
                    fees: ExactDecimal(mantissa: fee, scale: Scale(8))))
        }
        state.entry = (time, price, side)
    }

    private func finish(_ state: inout State, _ price: Int64, _ recorder: inout EquityRecorder) {
        let final = state.cash + state.position * Int128(price) / 100
        let change = final - Int128(100_000) * SyntheticRun.unit
        func money(_ units: Int128) -> ExactDecimal { ExactDecimal(mantissa: units, scale: Scale(8)) }
        state.result.instruments = [SyntheticRun.instrument]
        (state.result.start, state.result.end) = (start, recorder.lastTime)
        state.result.steps = bars
        state.result.finalEquity = money(final)
        state.result.fees = money(state.fees)
        state.result.attribution[Int(Cause.price.rawValue)] = money(change + state.fees)
        state.result.attribution[Int(Cause.fees.rawValue)] = money(-state.fees)
        state.result.fillCount = state.result.fills.count
        state.result.tradeCount = state.result.roundTrips.count
        state.result.accounts = [
            LedgerAccountName(name: "trader/sma-cross/binance/USDT", asset: "USDT", scale: Scale(8))
        ]
        state.result.finalPositions = [
            FinalPosition(
                instrument: "binance:spot:BTCUSDT", quantity: money(state.position),
                mark: ExactDecimal(mantissa: Int128(price), scale: Scale(2)),
                value: ExactDecimal(mantissa: state.position * Int128(price), scale: Scale(10)))
        ]
        state.result.data = DataSummary(
            series: 1, rows: bars, first: start, last: recorder.lastTime, warnings: warnings)
        state.result.equity = recorder.finish()
        state.result.logHash = Digest(hexadecimal: String(repeating: "0123456789abcdef", count: 4))!
        state.result.engineSeconds = 0.001
    }

    private func series(_ closes: [Int64]) -> MarketSeries {
        let times = closes.indices.map { start.nanoseconds + Int64($0) * spacing.nanoseconds }
        let column = Column(closes)
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(times), closeTime: Column(times.map { $0 + spacing.nanoseconds }),
                open: column, high: column, low: column, close: column,
                volume: Column(closes.map { _ in 1 })), .fixed(spacing))
        return MarketSeries(
            instrument: SyntheticRun.instrument.id, kind: .bars, columns: columns, priceScale: Scale(2),
            quantityScale: Scale(0),
            digest: columns.digest(kind: .bars, priceScale: Scale(2), quantityScale: Scale(0)), warnings: [])
    }
}
