public import Markets
public import Trading
public import Units

/// How one instrument is matched.
public struct SimulatedInstrument: Sendable {
    /// The instrument.
    public let instrument: Instrument
    /// Kinds of series that feed it. With quotes or trades, orders match those and bars are only seen.
    public let kinds: [SeriesKind]
    /// Decimals of volumes in its bars.
    public let volumeScale: Scale
    /// What fills cost.
    public let commission: CommissionModel

    /// An instrument of the exchange.
    public init(instrument: Instrument, kinds: [SeriesKind], volumeScale: Scale, commission: CommissionModel) {
        self.instrument = instrument
        self.kinds = kinds
        self.volumeScale = volumeScale
        self.commission = commission
    }
}

/// All venues of a backtest: works orders against bars, quotes and trades.
///
/// An order is matched only against data from after the moment it arrived. Against bars: at the open
/// (gaps through limits and stops fill there), then within the bar at the order's own price. Against
/// quotes: the top of the book with its size. Against trades: by queue position. Fills happen at the time
/// of the data that causes them; reports reach the strategy after the report latency.
public struct SimulatedExchange: ~Copyable {
    let venues: [SimulatedInstrument]
    let model: ExecutionModel
    /// Working orders by instrument, in order of arrival.
    var working: [[WorkingOrder]]
    /// Number of working orders by instrument, for the check on every event.
    let counts: FixedArray<Int32>
    /// Whether bars match orders of the instrument.
    let matchesBars: FixedArray<Bool>
    let hasQuotes: FixedArray<Bool>
    /// Last bar close, or trade.
    let lastPrice: FixedArray<Int64>
    let lastVolume: FixedArray<Int64>
    let quotes: FixedArray<Quote>
    /// Net position by strategy and instrument, for reduce-only.
    var positions: [Int64]
    let strategyCount: Int
    /// Quantity already taken from the present bar's volume, by instrument.
    let taken: FixedArray<Int64>
    /// Quantity already taken from the present quote, by instrument and side.
    let takenBid: FixedArray<Int64>
    let takenAsk: FixedArray<Int64>
    var orderDelays: SplitMix64
    var reportDelays: SplitMix64
    var isDelayed: Bool
    var reports: [TimedReport] = []
    /// Number of working orders in all.
    public private(set) var workingCount = 0

    /// An exchange without orders.
    ///
    /// - Parameter seed: of drawn latencies.
    public init(instruments: [SimulatedInstrument], strategyCount: Int, model: ExecutionModel, seed: UInt64) {
        venues = instruments
        self.model = model
        self.strategyCount = strategyCount
        let count = instruments.count
        working = Array(repeating: [], count: count)
        counts = FixedArray(repeating: 0, count: count)
        matchesBars = FixedArray(repeating: false, count: count)
        hasQuotes = FixedArray(repeating: false, count: count)
        lastPrice = FixedArray(repeating: 0, count: count)
        lastVolume = FixedArray(repeating: 0, count: count)
        let none = Quote(
            time: .distantPast, bid: Price(mantissa: 0), ask: Price(mantissa: 0), bidSize: .zero, askSize: .zero)
        quotes = FixedArray(repeating: none, count: count)
        taken = FixedArray(repeating: 0, count: count)
        takenBid = FixedArray(repeating: 0, count: count)
        takenAsk = FixedArray(repeating: 0, count: count)
        positions = Array(repeating: 0, count: count * strategyCount)
        orderDelays = SplitMix64(seed: seed, purpose: "order latency")
        reportDelays = SplitMix64(seed: seed, purpose: "report latency")
        isDelayed = model.orderLatency != .none
        for (index, venue) in instruments.enumerated() {
            let ticks = venue.kinds.contains(.quotes) || venue.kinds.contains(.trades)
            matchesBars[index] = !ticks
            hasQuotes[index] = venue.kinds.contains(.quotes)
        }
    }

    /// Whether an instrument has working orders that an opening bar may fill.
    @inline(__always)
    public func awaitsOpen(_ instrument: Int) -> Bool { counts[instrument] != 0 && matchesBars[instrument] }

    /// Whether the exchange has something to say.
    @inline(__always)
    public var hasReports: Bool { !reports.isEmpty }

    /// Takes the reports so far, in order.
    public mutating func takeReports() -> [TimedReport] {
        defer { reports.removeAll(keepingCapacity: true) }
        return reports
    }

    /// Receives a command that the engine decided at `time`.
    public mutating func receive(_ command: VenueCommand, at time: Instant) throws(ArithmeticOverflow) {
        let arrival = isDelayed ? time + SimulatedExchange.delay(model.orderLatency, &orderDelays) : time
        switch command {
        case .submit(let id, let request, let strategy):
            try accept(id, request, strategy, at: time, arrival: arrival)
        case .cancel(let id, let instrument):
            guard let place = place(of: id, instrument) else {
                report(.refused(id, .notWorking), at: arrival)
                return
            }
            if isDelayed {
                working[instrument.position][place].cancelAt = arrival
            } else {
                end(instrument.position, place, .cancelled(id, .requested), at: arrival)
            }
        case .amend(let id, let instrument, let quantity, let type):
            guard let place = place(of: id, instrument) else {
                report(.refused(id, .notWorking), at: arrival)
                return
            }
            let amendment = WorkingOrder.Amendment(at: arrival, quantity: quantity, type: type)
            working[instrument.position][place].amendment = amendment
            if !isDelayed { amend(instrument.position, place, at: arrival) }
        }
    }

    private mutating func accept(
        _ id: OrderID, _ request: OrderRequest, _ strategy: Int, at time: Instant, arrival: Instant
    ) throws(ArithmeticOverflow) {
        let index = request.instrument.position
        var leaves = request.quantity.mantissa
        if request.isReduceOnly {
            let held = positions[strategy * venues.count + index]
            let reduces = held != 0 && (held > 0) == (request.side == .sell)
            if !reduces {
                report(.rejected(id, .nothingToReduce), at: arrival)
                return
            }
            leaves = min(leaves, Int64(clamping: held.magnitude))
        }
        if request.isPostOnly, case .limit(let limit) = request.type, wouldTake(index, request.side, limit) {
            report(.rejected(id, .wouldTake), at: arrival)
            return
        }
        var order = WorkingOrder(
            id: id, strategy: strategy, side: request.side, timeInForce: request.timeInForce,
            isPostOnly: request.isPostOnly, isReduceOnly: request.isReduceOnly, leaves: leaves,
            type: request.type, activeFrom: arrival, expires: expiry(of: request, index, arrival))
        order.bestPrice = lastPrice[index]
        report(.accepted(id), at: arrival)
        working[index].append(order)
        counts[index] += 1
        workingCount += 1
        if model.fill == .close, !isDelayed, matchesBars[index], lastPrice[index] != 0 {
            try fillAtClose(index, working[index].count - 1, at: time)
        }
    }

    /// Whether a limit order would trade at once against what the market last showed.
    private func wouldTake(_ index: Int, _ side: Side, _ limit: Price) -> Bool {
        if hasQuotes[index] {
            let other = side == .buy ? quotes[index].ask : quotes[index].bid
            guard other.mantissa > 0 else { return false }
            return side == .buy ? other <= limit : other >= limit
        }
        guard lastPrice[index] != 0 else { return false }
        return side == .buy ? lastPrice[index] <= limit.mantissa : lastPrice[index] >= limit.mantissa
    }

    /// When a day order ends: the close of the session in which it arrives, or the end of the UTC day.
    private func expiry(of request: OrderRequest, _ index: Int, _ arrival: Instant) -> Instant {
        guard request.timeInForce == .day else { return .distantFuture }
        if let session = venues[index].instrument.calendar?.session(atOrAfter: arrival) { return session.close }
        return Instant(day: arrival.day + 1)
    }

    private func place(of id: OrderID, _ instrument: InstrumentIndex) -> Int? {
        working[instrument.position].firstIndex { $0.id == id }
    }

    private static func delay(_ model: LatencyModel, _ random: inout SplitMix64) -> Timespan {
        switch model {
        case .constant(let span): span
        case .uniform(let range): Timespan(nanoseconds: random.integer(in: range))
        }
    }

    /// Queues a report; the strategy hears of it after the report latency.
    mutating func report(_ report: VenueReport, at time: Instant) {
        let known = time + SimulatedExchange.delay(model.reportLatency, &reportDelays)
        reports.append(TimedReport(report: report, knownAt: known))
    }

    /// Ends an order and says so.
    mutating func end(_ index: Int, _ place: Int, _ last: VenueReport?, at time: Instant) {
        working[index].remove(at: place)
        counts[index] -= 1
        workingCount -= 1
        if let last { report(last, at: time) }
    }

    /// Applies an arrived amendment; priority in the queue is lost when the price changes or it grows.
    mutating func amend(_ index: Int, _ place: Int, at time: Instant) {
        guard let amendment = working[index][place].amendment else { return }
        working[index][place].amendment = nil
        let order = working[index][place]
        guard amendment.quantity.mantissa > order.filled else {
            report(.refused(order.id, .badQuantity), at: time)
            return
        }
        let leaves = amendment.quantity.mantissa - order.filled
        if amendment.type != order.type || leaves > order.leaves {
            working[index][place].queueAhead = -1
            working[index][place].hasRested = false
            working[index][place].activeFrom = time
        }
        working[index][place].leaves = leaves
        working[index][place].type = amendment.type
        report(.amended(order.id, quantity: amendment.quantity, type: amendment.type), at: time)
    }

    /// Handles what is due for an order before data of `time` can fill it; true when the order ended.
    mutating func settleDue(_ index: Int, _ place: Int, before time: Instant) -> Bool {
        let order = working[index][place]
        if order.cancelAt <= time {
            end(index, place, .cancelled(order.id, .requested), at: order.cancelAt)
            return true
        }
        if order.expires <= time {
            end(index, place, .expired(order.id, .sessionEnded), at: order.expires)
            return true
        }
        if let amendment = order.amendment, amendment.at <= time { amend(index, place, at: amendment.at) }
        return false
    }
}
