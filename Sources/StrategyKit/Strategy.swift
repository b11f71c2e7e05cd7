public import Markets
public import Trading
public import Units

/// A trading strategy: sees closed bars, quotes, trades and its own orders, and asks for orders.
///
/// It reaches no clock, file, account or network: everything it may know is in the calls it gets and in the
/// ``StrategyContext``, and everything it may do is a request on that context. The same code runs in
/// backtest, paper and live.
///
/// Calls come in this order at each step: news of its accounts, then of its orders; then what became
/// visible at that time (values of series, bars, quotes, trades; each in the order of instruments); then
/// ``stepEnded(_:)``. All but ``descriptor`` and ``init(_:)`` have empty defaults.
public protocol Strategy: SendableMetatype {
    /// What it is: name, parameters, needs.
    static var descriptor: StrategyDescriptor { get }

    /// Checks that only parameters in combination can fail, as `fast < slow`. Single parameters are already
    /// checked against the descriptor.
    static func check(_ parameters: Parameters) -> [ParameterProblem]

    /// What it must have seen of the market before its first decision, so that it decides as if it had seen
    /// everything. A strategy of indicators over the last bars declares the longest of them; one that counts
    /// or averages from the very first row on needs everything, which is the default. Parameters are complete
    /// and checked.
    static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp

    /// The series without which it cannot run in a share class, beyond the kinds of its descriptor: pool
    /// indices, ratios, prices. All that are missing, or end before the run does, are told at once, together
    /// with what is wrong with the parameters: so these may be wrong here.
    static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed]

    /// The protocols that it operates through in a share class, beyond the instruments of its series:
    /// staking tokens, deposits, debts, lenders of flash loans. A run holds them with series or without.
    /// Parameters may be wrong here.
    static func operates(_ parameters: Parameters, shareClass: Asset) -> [InstrumentID]

    /// What keeps it from starting with a capital in a share class, each in a sentence: a share class that it
    /// does not know, too little for the least that its venues take. Told at once with all that is missing.
    /// Parameters may be wrong here; what ``check(_:)`` finds is not told again.
    static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String]

    /// A strategy ready for one run. Throws what is wrong with its parameters or with the run's
    /// instruments.
    init(_ setup: StrategySetup) throws(ParameterProblem)

    /// Makes a strategy and what the engine calls it by. A strategy does not write this: the default is
    /// compiled for its type.
    static func calls(_ setup: StrategySetup) throws(ParameterProblem) -> StrategyCalls

    /// The run begins.
    mutating func started(_ context: inout StrategyContext)
    /// A bar closed.
    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext)
    /// The best bid or ask changed.
    mutating func receive(quote: Quote, of instrument: InstrumentIndex, _ context: inout StrategyContext)
    /// The market traded.
    mutating func receive(trade: TradeTick, of instrument: InstrumentIndex, _ context: inout StrategyContext)
    /// A funding rate, index, ratio or gas price became known.
    mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext)
    /// Something happened to one of its orders.
    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext)
    /// Something happened to its accounts at venues: a transfer, funding, a margin call, a liquidation.
    mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext)
    /// Every observation of this time was given.
    mutating func stepEnded(_ context: inout StrategyContext)
}

extension Strategy {
    public static func check(_ parameters: Parameters) -> [ParameterProblem] { [] }
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp { .everything }
    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] { [] }
    public static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] { [] }
    public static func operates(_ parameters: Parameters, shareClass: Asset) -> [InstrumentID] { [] }
    public mutating func started(_ context: inout StrategyContext) {}
    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {}
    public mutating func receive(
        quote: Quote, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {}
    public mutating func receive(
        trade: TradeTick, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {}
    public mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {}
    public mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {}
    public mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {}
    public mutating func stepEnded(_ context: inout StrategyContext) {}
}

/// One row of a value series.
public struct SeriesObservation: Hashable, Sendable {
    /// When it became known.
    public var time: Instant
    /// Whose series.
    public var instrument: InstrumentIndex
    /// Kind of the series.
    public var kind: SeriesKind
    /// Name of the value within the series, as `rate`.
    public var name: String
    /// The value, exact.
    public var value: ExactDecimal

    /// A row.
    public init(
        time: Instant, instrument: InstrumentIndex, kind: SeriesKind, name: String, value: ExactDecimal
    ) {
        (self.time, self.instrument, self.kind, self.name, self.value) = (time, instrument, kind, name, value)
    }
}

/// What happened to an order of the strategy.
public struct OrderUpdate: Hashable, Sendable, BitwiseCopyable {
    /// The order, as it stands after the event. Where a request about an order is refused that ended before,
    /// of whose end the strategy has heard, only its id is known: its quantity is zero.
    public var order: Order
    /// The fill, when that is what happened.
    public var fill: FillReport?
    /// Why, when the order ended or a request was refused.
    public var reason: OrderReason

    /// News of an order.
    public init(order: Order, fill: FillReport? = nil, reason: OrderReason = .none) {
        (self.order, self.fill, self.reason) = (order, fill, reason)
    }
}

/// What a strategy is given when it is made.
public struct StrategySetup: Sendable {
    /// Its parameters, complete and checked.
    public let parameters: Parameters
    /// The run's instruments, by index.
    public let instruments: [Instrument]
    /// Kinds of series that the run holds of each instrument, by index.
    public let series: [[SeriesKind]]
    /// The asset in which the run counts.
    public let shareClass: Asset

    /// A setup.
    public init(parameters: Parameters, instruments: [Instrument], series: [[SeriesKind]], shareClass: Asset)
    {
        (self.parameters, self.instruments, self.series) = (parameters, instruments, series)
        self.shareClass = shareClass
    }

    /// The index of an instrument by its key; nil when the run does not hold it.
    public func index(of id: InstrumentID) -> InstrumentIndex? {
        instruments.firstIndex { $0.id == id }.map(InstrumentIndex.init)
    }

    /// Instruments that have a kind of series, in order.
    public func instruments(with kind: SeriesKind) -> [InstrumentIndex] {
        series.indices.filter { series[$0].contains(kind) }.map(InstrumentIndex.init)
    }

    /// The instruments that a strategy with an optional parameter `instrument` acts on: the named one, or
    /// all that have the kind of series.
    public func chosenInstruments(with kind: SeriesKind, parameter: String = "instrument")
        throws(ParameterProblem) -> [InstrumentIndex]
    {
        let all = instruments(with: kind)
        guard let text = parameters.text(parameter) else {
            if all.isEmpty {
                throw ParameterProblem(parameter, "the run holds no series of \(kind.rawValue)")
            }
            return all
        }
        guard let id = InstrumentID(text), let index = index(of: id), all.contains(index) else {
            let held = all.map { instruments[$0.position].id.description }.joined(separator: ", ")
            throw ParameterProblem(
                parameter,
                "the run holds no \(kind.rawValue) of \(text); it holds \(held.isEmpty ? "none" : held)")
        }
        return [index]
    }

    /// A decimal quantity as the instrument counts it.
    public func quantity(_ decimal: ExactDecimal, of index: InstrumentIndex, parameter: String)
        throws(ParameterProblem) -> Quantity
    {
        let instrument = instruments[index.position]
        guard let mantissa = decimal.exactMantissa(at: instrument.quantityScale),
            let value = Int64(exactly: mantissa), value % instrument.lotSize.mantissa == 0
        else {
            let lot = instrument.lotSize.decimal(instrument.quantityScale)
            throw ParameterProblem(parameter, "\(decimal) is not a multiple of \(instrument.id)'s lot \(lot)")
        }
        return Quantity(mantissa: value)
    }
}
