public import MarketData
public import Markets
public import Risk
public import Simulation
public import StrategyKit
public import Trading
public import Units

/// One strategy of a run, with the sub-account it trades for.
public struct PlannedStrategy: Hashable, Sendable {
    /// Name of the sub-account; the registered name of the strategy when the run has one strategy.
    public let account: String
    /// Registered name of the strategy.
    public let strategy: String
    /// Parameters as given; defaults are filled in when the run is prepared.
    public let parameters: [NamedParameter]
    /// Capital of the sub-account, in the share class.
    public let capital: ExactDecimal

    /// A strategy of a run.
    public init(account: String, strategy: String, parameters: [NamedParameter], capital: ExactDecimal) {
        (self.account, self.strategy, self.parameters, self.capital) = (
            account, strategy, parameters, capital
        )
    }
}

/// What a user may say about an instrument beyond its data.
public struct InstrumentOverride: Hashable, Sendable {
    /// Which instrument.
    public let instrument: InstrumentID
    /// Step of order prices.
    public let tickSize: ExactDecimal?
    /// Step of order quantities.
    public let lotSize: ExactDecimal?
    /// Base asset, where the symbol does not tell.
    public let base: Asset?
    /// Quote asset, where the symbol does not tell.
    public let quote: Asset?

    /// When its market is open; nil keeps what its data say, and the market of data that say nothing never
    /// closes.
    public let calendar: ExchangeCalendar?
    /// Terms of a perpetual or dated future; nil keeps those of its venue.
    public let contract: ContractTerms?

    /// An override; nil keeps what the data and the symbol say.
    public init(
        instrument: InstrumentID, tickSize: ExactDecimal? = nil, lotSize: ExactDecimal? = nil,
        base: Asset? = nil, quote: Asset? = nil, calendar: ExchangeCalendar? = nil,
        contract: ContractTerms? = nil
    ) {
        (self.instrument, self.tickSize, self.lotSize) = (instrument, tickSize, lotSize)
        (self.base, self.quote, self.calendar) = (base, quote, calendar)
        self.contract = contract
    }
}

/// Everything that decides a backtest but its data: a run file, read and checked.
public struct BacktestPlan: Hashable, Sendable {
    /// Name of the run, for people.
    public var name: String
    /// The strategies; most runs have one.
    public var strategies: [PlannedStrategy]
    /// Initial capital: the sum of the strategies' capitals.
    public var capital: ExactDecimal
    /// The asset in which equity and profit are counted.
    public var shareClass: Asset
    /// First moment of trading; nil is the first of the data.
    public var start: Instant?
    /// First moment no more traded; nil is after the last of the data.
    public var end: Instant?
    /// How orders execute.
    public var execution: ExecutionModel
    /// Limits that no strategy can pass.
    public var limits: RiskLimits
    /// At which readings risk monitors warn and override, in runs with contracts or protocols.
    public var bands = RiskBands.standard
    /// What the user says of instruments.
    public var instruments: [InstrumentOverride]
    /// Days in a year for statistics; nil is by the instruments' markets.
    public var annualisation: Int?
    /// Whose bars statistics are held against; nil for none. It changes nothing of the run itself.
    public var benchmark: InstrumentID?
    /// Seed of every random choice.
    public var seed: UInt64
    /// Capital that comes and goes during the run, ascending by time; for runs with protocols and one
    /// strategy.
    public var flows: [CapitalFlow]

    /// A plan.
    public init(
        name: String, strategies: [PlannedStrategy], capital: ExactDecimal, shareClass: Asset,
        start: Instant? = nil, end: Instant? = nil, execution: ExecutionModel = ExecutionModel(),
        limits: RiskLimits = RiskLimits(), instruments: [InstrumentOverride] = [], annualisation: Int? = nil,
        benchmark: InstrumentID? = nil, seed: UInt64 = 1, flows: [CapitalFlow] = []
    ) {
        self.name = name
        self.strategies = strategies
        self.capital = capital
        self.shareClass = shareClass
        self.start = start
        self.end = end
        self.execution = execution
        self.limits = limits
        self.instruments = instruments
        self.annualisation = annualisation
        self.benchmark = benchmark
        self.seed = seed
        self.flows = flows
    }
}
