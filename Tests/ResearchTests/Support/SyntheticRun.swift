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

    private(set) var prices: [Int64] = []

    /// The result and the closes behind it, as a series of bars.
    func run() throws -> (result: BacktestResult, series: MarketSeries) {
        var random = SplitMix64(seed: seed)
        let unit = Scale(8).unit
        var price: Int64 = 4_200_000
        var cash = Int128(100_000) * unit
        var position: Int128 = 0
        let plan = BacktestPlan(
            name: name,
            strategies: [
                PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross", parameters: [],
                    capital: ExactDecimal(100_000))
            ],
            capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(
                fill: fill,
                commission: CommissionModel(
                    taker: BasisPoints(millionths: 10_000_000), maker: BasisPoints(millionths: 10_000_000))))
        var recorder = EquityRecorder(
            scale: Scale(8), start: start, initialEquity: cash, initialCash: cash)
        var result = BacktestResult.empty(plan)
        var fees: Int128 = 0
        var closes: [Int64] = []
        var entry: (time: Instant, price: Int64, side: Side)?
        for bar in 0..<bars {
            let drift = Int64(12) * (bar % 700 < 400 ? 1 : -1)
            price = max(100, price + random.integer(in: -20_000...20_000) + drift * 40)
            closes.append(price)
            let time = start + Timespan(nanoseconds: Int64(bar + 1) * spacing.nanoseconds)
            if random.integer(in: 0...flipEvery) == 0 {
                let side: Side = position > 0 ? .sell : .buy
                let size: Int128 = (position == 0 ? 1 : 2) * unit
                let signed = side == .buy ? size : -size
                let notional = Int128(price) * (size / 100)
                let fee = notional / 1_000
                cash -= Int128(price) * (signed / 100) + fee
                fees += fee
                position += signed
                result.fills.append(
                    FillRecord(
                        time: time, instrument: InstrumentIndex(0), strategy: 0, side: side,
                        quantity: Quantity(mantissa: Int64(size)), price: Price(mantissa: price * 10_000),
                        fee: Amount(units: fee), feeAsset: Asset("USDT")!,
                        order: UInt64(result.fills.count + 1), cause: "market"))
                if let open = entry {
                    let gain = (Int128(price - open.price) * unit / 100) * (open.side == .buy ? 1 : -1) - fee
                    result.roundTrips.append(
                        RoundTrip(
                            instrument: InstrumentIndex(0), strategy: 0, isLong: open.side == .buy,
                            entryTime: open.time, exitTime: time,
                            quantity: Quantity(mantissa: Int64(unit)),
                            entryPrice: ExactDecimal(mantissa: Int128(open.price), scale: Scale(2)),
                            exitPrice: ExactDecimal(mantissa: Int128(price), scale: Scale(2)),
                            profit: ExactDecimal(mantissa: gain, scale: Scale(8)),
                            fees: ExactDecimal(mantissa: fee, scale: Scale(8))))
                }
                entry = (time, price, side)
                result.ledger.append(
                    LedgerLine(
                        time: time, sequence: UInt64(result.ledger.count + 1), account: 0,
                        amount: Amount(units: -fee), cause: .fees, order: UInt64(result.fills.count)))
            }
            let equity = cash + position * Int128(price) / 100
            recorder.append(time: time.nanoseconds, equity: equity, cash: cash, netFlows: 0)
        }
        let final = cash + position * Int128(price) / 100
        result.instruments = [SyntheticRun.instrument]
        (result.start, result.end) = (start, recorder.lastTime)
        result.steps = bars
        result.finalEquity = ExactDecimal(mantissa: final, scale: Scale(8))
        result.fees = ExactDecimal(mantissa: fees, scale: Scale(8))
        result.attribution[Int(Cause.price.rawValue)] = ExactDecimal(
            mantissa: final - Int128(100_000) * unit + fees, scale: Scale(8))
        result.attribution[Int(Cause.fees.rawValue)] = ExactDecimal(mantissa: -fees, scale: Scale(8))
        (result.fillCount, result.tradeCount) = (result.fills.count, result.roundTrips.count)
        result.accounts = [
            LedgerAccountName(name: "trader/sma-cross/binance/USDT", asset: "USDT", scale: Scale(8))
        ]
        result.finalPositions = [
            FinalPosition(
                instrument: "binance:spot:BTCUSDT",
                quantity: ExactDecimal(mantissa: position, scale: Scale(8)),
                mark: ExactDecimal(mantissa: Int128(price), scale: Scale(2)),
                value: ExactDecimal(mantissa: position * Int128(price), scale: Scale(10)))
        ]
        result.data = DataSummary(
            series: 1, rows: bars, first: start, last: recorder.lastTime, warnings: warnings)
        result.equity = recorder.finish()
        result.logHash = Digest(hexadecimal: String(repeating: "0123456789abcdef", count: 4))!
        result.engineSeconds = 0.001
        return (result, series(closes))
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
