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
    public init(instrument: Instrument, kinds: [SeriesKind], volumeScale: Scale, commission: CommissionModel)
    {
        self.instrument = instrument
        self.kinds = kinds
        self.volumeScale = volumeScale
        self.commission = commission
    }
}

/// All venues of a backtest: works orders against bars, quotes and trades.
///
/// An order is matched only against data from after the moment it arrived. Against bars: at the open
/// (gaps through limits and stops fill there), then within the bar at the order's own price; a bar that had
/// begun when the order arrived is not used. Immediate orders (IOC, FOK) meet their first data only; a limit
/// among them the open of its first bar. Against quotes: the top of the book with its size. Against trades:
/// by queue position. Fills happen at the time of the data that causes them; reports reach the strategy
/// after the report latency.
///
/// Whether a post-only order would take is judged by the last data before it arrives: then it is rejected,
/// or, with order latency, cancelled on arrival. Requests to cancel and amend apply in order of arrival.
/// Under the `close` rule a market order fills at the close of the bar that closed at the moment of the
/// decision; where its instrument closed no bar then, or the decision follows an opening, at its
/// instrument's next close.
public final class SimulatedExchange {
    let venues: [SimulatedInstrument]
    let terms: FixedArray<InstrumentTerms>
    let fees: FixedArray<CommissionTerms>
    let instrumentCount: Int
    let model: ExecutionModel
    /// Working orders by instrument, in the order in which they were sent.
    let working: SharedSlots<EventQueue<WorkingOrder>>
    /// Requests on their way, by instrument; only about working orders.
    let pending: SharedSlots<EventQueue<PendingRequest>>
    /// Number of working orders by instrument, for the check on every event.
    @usableFromInline let counts: FixedArray<Int32>
    /// Quotes that no working order of an instrument minds.
    @usableFromInline let quiet: FixedArray<QuietBand>
    /// Whether bars match orders of the instrument.
    @usableFromInline let matchesBars: FixedArray<Bool>
    let hasQuotes: FixedArray<Bool>
    /// Last bar close, or trade.
    @usableFromInline let lastPrice: FixedArray<Int64>
    @usableFromInline let lastVolume: FixedArray<Int64>
    /// When the last bar closed.
    @usableFromInline let lastClose: FixedArray<Instant>
    /// When a bar last opened, of any instrument.
    let lastOpening = Cell(Instant.distantPast)
    @usableFromInline let quotes: FixedArray<Quote>
    /// Net position by strategy and instrument, for reduce-only.
    let positions: FixedArray<Int64>
    let strategyCount: Int
    /// Quantity already taken from the present bar's volume, by instrument.
    let taken: FixedArray<Int64>
    /// The close of the bar that ``taken`` is of.
    let takenOf: FixedArray<Instant>
    /// Quantity already taken from the present quote, by instrument and side.
    @usableFromInline let takenBid: FixedArray<Int64>
    @usableFromInline let takenAsk: FixedArray<Int64>
    /// Whether either of them is not 0.
    @usableFromInline let hasTaken: FixedArray<Bool>
    private let orderDelays: Cell<SplitMix64>
    private let reportDelays: Cell<SplitMix64>
    let isDelayed: Bool
    let closesAtOnce: Bool
    let hasOutages: Bool
    @usableFromInline let reports = EventQueue<TimedReport>()
    private let reportDelay: LatencyModel
    private let reportsAtOnce: Bool
    /// Number of working orders in all.
    @inlinable @inline(__always)
    public var workingCount: Int { workingTotal.value }
    @usableFromInline let workingTotal = Cell(0)
    /// Whether any of them waits for bars to open.
    @inlinable @inline(__always)
    public var awaitsOpens: Bool { openingTotal.value != 0 }
    @usableFromInline let openingTotal = Cell(0)

    /// An exchange without orders.
    ///
    /// - Parameter seed: of drawn latencies.
    public init(instruments: [SimulatedInstrument], strategyCount: Int, model: ExecutionModel, seed: UInt64) {
        venues = instruments
        self.model = model
        self.strategyCount = strategyCount
        let count = instruments.count
        terms = FixedArray(instruments.map(\.instrument.terms))
        fees = FixedArray(
            instruments.map {
                CommissionTerms(
                    $0.commission, $0.instrument.terms, contract: ContractNumbers($0.instrument))
            })
        instrumentCount = count
        working = SharedSlots(count: count) { _ in EventQueue(capacity: 8) }
        pending = SharedSlots(count: count) { _ in EventQueue(capacity: 8) }
        counts = FixedArray(repeating: 0, count: count)
        quiet = FixedArray(repeating: .none, count: count)
        matchesBars = FixedArray(repeating: false, count: count)
        hasQuotes = FixedArray(repeating: false, count: count)
        lastPrice = FixedArray(repeating: 0, count: count)
        lastVolume = FixedArray(repeating: 0, count: count)
        lastClose = FixedArray(repeating: .distantPast, count: count)
        let none = Quote(
            time: .distantPast, bid: Price(mantissa: 0), ask: Price(mantissa: 0), bidSize: .zero,
            askSize: .zero)
        quotes = FixedArray(repeating: none, count: count)
        taken = FixedArray(repeating: 0, count: count)
        takenOf = FixedArray(repeating: .distantPast, count: count)
        hasTaken = FixedArray(repeating: false, count: count)
        takenBid = FixedArray(repeating: 0, count: count)
        takenAsk = FixedArray(repeating: 0, count: count)
        positions = FixedArray(repeating: 0, count: count * strategyCount)
        orderDelays = Cell(SplitMix64(seed: seed, purpose: "order latency"))
        reportDelays = Cell(SplitMix64(seed: seed, purpose: "report latency"))
        reportDelay = model.reportLatency
        reportsAtOnce = model.reportLatency == .none
        closesAtOnce = model.fill == .close && model.orderLatency == .none
        isDelayed = model.orderLatency != .none
        hasOutages = !model.outages.isEmpty
        for (index, venue) in instruments.enumerated() {
            let ticks = venue.kinds.contains(.quotes) || venue.kinds.contains(.trades)
            matchesBars[index] = !ticks
            hasQuotes[index] = venue.kinds.contains(.quotes)
        }
    }

    /// Whether an instrument has working orders that an opening bar may fill.
    @inlinable @inline(__always)
    public func awaitsOpen(_ instrument: Int) -> Bool { counts[instrument] != 0 && matchesBars[instrument] }

    /// Whether the exchange has something to say.
    @inlinable @inline(__always)
    public var hasReports: Bool { !reports.isEmpty }

    /// Hands the reports so far on, in order, and forgets them.
    @inlinable @inline(__always)
    public func forEachReport<Failure: Error>(_ deliver: (borrowing TimedReport) throws(Failure) -> Void)
        throws(Failure)
    {
        var index = 0
        while index < reports.count {
            try deliver(reports.place(index).pointee)
            index += 1
        }
        reports.removeAll()
    }

    /// Receives a command that the engine decided at `time`.
    public func receive(_ command: VenueCommand, at time: Instant) throws(ArithmeticOverflow) {
        let arrival = isDelayed ? time + SimulatedExchange.delay(model.orderLatency, orderDelays) : time
        switch command {
        case .submit(let id, let request, let strategy):
            try accept(id, request, strategy, at: time, arrival: arrival)
        case .cancel(let id, let instrument):
            request(PendingRequest(order: id, arrival: arrival, change: .cancel), instrument)
        case .amend(let id, let instrument, let quantity, let type):
            request(
                PendingRequest(order: id, arrival: arrival, change: .amend(quantity: quantity, type: type)),
                instrument)
        }
    }

    private func request(_ request: PendingRequest, _ instrument: InstrumentIndex) {
        if isOut(instrument.position, at: request.arrival) {
            report(.refused(request.order, .venueUnavailable), at: request.arrival)
            return
        }
        guard let place = place(of: request.order, instrument) else {
            report(.refused(request.order, .notWorking), at: request.arrival)
            return
        }
        quiet[instrument.position] = .none
        var request = request
        request.wouldTake = wouldTake(request, working[instrument.position][place], instrument.position)
        pending[instrument.position].append(request)
        if !isDelayed { settleRequests(instrument.position, before: request.arrival) }
    }

    private func accept(
        _ id: OrderID, _ request: OrderRequest, _ strategy: Int, at time: Instant, arrival: Instant
    ) throws(ArithmeticOverflow) {
        let index = request.instrument.position
        if isOut(index, at: arrival) {
            report(.rejected(id, .venueUnavailable), at: arrival)
            return
        }
        if request.isReduceOnly {
            let held = positions[strategy * instrumentCount + index]
            let reduces = held != 0 && (held > 0) == (request.side == .sell)
            if !reduces {
                report(.rejected(id, .nothingToReduce), at: arrival)
                return
            }
        }
        var wouldTake = false
        if request.isPostOnly, case .limit(let limit) = request.type {
            wouldTake = self.wouldTake(index, request.side, limit)
        }
        if wouldTake && !isDelayed {
            report(.rejected(id, .wouldTake), at: arrival)
            return
        }
        var order = WorkingOrder(
            id: id, strategy: strategy, side: request.side, timeInForce: request.timeInForce,
            isPostOnly: request.isPostOnly, isReduceOnly: request.isReduceOnly,
            leaves: request.quantity.mantissa, type: request.type, activeFrom: arrival,
            expires: expiry(of: request, index, arrival))
        order.bestPrice = lastPrice[index]
        order.wouldTake = wouldTake
        report(.accepted(id), at: arrival)
        working[index].append(order)
        quiet[index] = .none
        counts[index] += 1
        workingTotal.value += 1
        if matchesBars[index] { openingTotal.value += 1 }
        if closesAtOnce, matchesBars[index], lastClose[index] == time, lastOpening.value < time {
            try fillAtClose(index, working[index].count - 1, at: time)
        }
    }

    /// Whether a limit order would trade at once against what the market last showed.
    func wouldTake(_ index: Int, _ side: Side, _ limit: Price) -> Bool {
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
        if let session = venues[index].instrument.calendar?.session(atOrAfter: arrival) {
            return session.close
        }
        if arrival.day >= Instant.distantFuture.day { return .distantFuture }
        return Instant(day: arrival.day + 1)
    }

    func place(of id: OrderID, _ instrument: InstrumentIndex) -> Int? {
        let own = instrument.position
        return (0..<working[own].count).first { working[own].place($0).pointee.id == id }
    }

    private static func delay(_ model: LatencyModel, _ random: borrowing Cell<SplitMix64>) -> Timespan {
        switch model {
        case .constant(let span): span
        case .uniform(let range): Timespan(nanoseconds: random.base.pointee.integer(in: range))
        }
    }

    /// Queues a report; the strategy hears of it after the report latency.
    func report(_ report: VenueReport, at time: Instant) {
        let known = reportsAtOnce ? time : time + SimulatedExchange.delay(reportDelay, reportDelays)
        reports.append(TimedReport(report: report, knownAt: known))
    }

    /// Ends an order and says so; requests about it that are on their way will find it gone.
    func end(_ index: Int, _ place: Int, _ last: VenueReport?, at time: Instant) {
        let id = working[index].place(place).pointee.id
        working[index].remove(at: place)
        counts[index] -= 1
        workingTotal.value -= 1
        if matchesBars[index] { openingTotal.value -= 1 }
        if let last { report(last, at: time) }
        if !pending[index].isEmpty { refusePending(index, id) }
    }
}
