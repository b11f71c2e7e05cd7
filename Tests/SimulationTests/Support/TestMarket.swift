import Markets
import Simulation
import Trading
import Units

/// A price of the test instrument, in hundredths: `price("100.5")`.
func price(_ text: String) -> Price {
    Price(mantissa: Int64(ExactDecimal(text)!.exactMantissa(at: Scale(2))!))
}

/// A quantity of the test instrument.
func quantity(_ text: String) -> Quantity {
    Quantity(mantissa: Int64(ExactDecimal(text)!.exactMantissa(at: Scale(8))!))
}

/// Whole seconds since 1970.
func second(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

/// A number of basis points.
func basisPoints(_ text: String) -> BasisPoints { BasisPoints(ExactDecimal(text)!)! }

/// One instrument at a simulated exchange, with what the exchange said as lines of text.
///
/// A fill is `60 #1 5 @ 101.5`: seconds, order, quantity, price; then `fee 0.1` and `maker` where they
/// apply. The end of an order is `60 #1 cancelled requested`. `accepted` is left out.
final class TestMarket {
    let exchange: SimulatedExchange
    private(set) var lines: [String] = []
    private(set) var reports: [TimedReport] = []
    private var lastOrder: UInt64 = 0

    init(
        _ model: ExecutionModel = ExecutionModel(), kinds: [SeriesKind] = [.bars], lot: String = "0.00000001",
        commission: CommissionModel = CommissionModel(), calendar: SessionCalendar? = nil, seed: UInt64 = 1,
        strategies: Int = 1
    ) {
        let instrument = Instrument(
            id: InstrumentID("test:spot:BTCUSDT")!, base: Asset("BTC")!, quote: Asset("USDT")!,
            priceScale: Scale(2), quantityScale: Scale(8), lotSize: quantity(lot), calendar: calendar)
        exchange = SimulatedExchange(
            instruments: [
                SimulatedInstrument(
                    instrument: instrument, kinds: kinds, volumeScale: Scale(2), commission: commission)
            ], strategyCount: strategies, model: model, seed: seed)
    }

    /// Fills, ends and refusals since the last call.
    func news() -> [String] {
        defer { lines.removeAll() }
        return lines
    }

    @discardableResult
    func submit(
        _ side: Side, _ size: String, _ type: OrderType = .market, _ force: TimeInForce = .goodTillCancelled,
        isPostOnly: Bool = false, isReduceOnly: Bool = false, at time: Int64
    ) throws -> OrderID {
        lastOrder += 1
        let request = OrderRequest(
            side, quantity(size), of: InstrumentIndex(0), type: type, timeInForce: force,
            isPostOnly: isPostOnly, isReduceOnly: isReduceOnly)
        try exchange.receive(.submit(OrderID(lastOrder), request, strategy: 0), at: second(time))
        drain()
        return OrderID(lastOrder)
    }

    func cancel(_ order: OrderID, at time: Int64) throws {
        try exchange.receive(.cancel(order, of: InstrumentIndex(0)), at: second(time))
        drain()
    }

    func amend(_ order: OrderID, _ size: String, _ type: OrderType, at time: Int64) throws {
        try exchange.receive(
            .amend(order, of: InstrumentIndex(0), quantity: quantity(size), type: type), at: second(time))
        drain()
    }

    /// A bar of one minute, opened and closed: `"open high low close"`.
    func bar(_ minute: Int64, _ prices: String, volume: String = "1000") throws {
        let values = prices.split(separator: " ").map { price(String($0)) }
        try open(minute, values[0])
        let bar = Bar(
            openTime: second(minute * 60), closeTime: second(minute * 60 + 60), open: values[0],
            high: values[1], low: values[2], close: values[3],
            volume: Quantity(mantissa: Int64(ExactDecimal(volume)!.exactMantissa(at: Scale(2))!)))
        try exchange.barClosed(InstrumentIndex(0), bar)
        drain()
    }

    /// The open of a bar, as the driver gives it while orders wait for one.
    func open(_ minute: Int64, _ open: Price) throws {
        if exchange.awaitsOpen(0) {
            try exchange.barOpened(InstrumentIndex(0), open: open, at: second(minute * 60))
            drain()
        }
    }

    /// A quote: `"bid ask bidSize askSize"`; 0 is absent.
    func quote(_ time: Int64, _ text: String) throws {
        let parts = text.split(separator: " ").map(String.init)
        try exchange.quoted(
            InstrumentIndex(0),
            Quote(
                time: second(time), bid: price(parts[0]), ask: price(parts[1]), bidSize: quantity(parts[2]),
                askSize: quantity(parts[3])))
        drain()
    }

    func trade(_ time: Int64, _ at: String, _ size: String, aggressor: Side?) throws {
        try exchange.traded(
            InstrumentIndex(0),
            TradeTick(time: second(time), price: price(at), quantity: quantity(size), aggressor: aggressor))
        drain()
    }

    private func drain() {
        exchange.forEachReport { timed in
            reports.append(timed)
            if let line = TestMarket.line(timed) { lines.append(line) }
        }
    }

    private static func line(_ timed: TimedReport) -> String? {
        let time = ExactDecimal(mantissa: Int128(timed.knownAt.nanoseconds), scale: Scale(9))
        switch timed.report {
        case .accepted: return nil
        case .filled(let fill):
            var line = "\(ExactDecimal(mantissa: Int128(fill.time.nanoseconds), scale: Scale(9)))"
            line +=
                " #\(fill.order.number) \(fill.quantity.decimal(Scale(8))) @ \(fill.price.decimal(Scale(6)))"
            if fill.fee != .zero { line += " fee \(fill.fee.decimal(Scale(8)))" }
            if fill.liquidity == .maker { line += " maker" }
            return line
        case .rejected(let id, let reason): return "\(time) #\(id.number) rejected \(reason.name)"
        case .cancelled(let id, let reason): return "\(time) #\(id.number) cancelled \(reason.name)"
        case .expired(let id, let reason): return "\(time) #\(id.number) expired \(reason.name)"
        case .refused(let id, let reason): return "\(time) #\(id.number) refused \(reason.name)"
        case .amended(let id, let quantity, _):
            return "\(time) #\(id.number) amended \(quantity.decimal(Scale(8)))"
        }
    }
}
