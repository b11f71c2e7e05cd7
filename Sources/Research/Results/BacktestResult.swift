public import Accounting
public import Markets
public import StrategyKit
public import Units

/// What a run held of one instrument or asset at its end.
public struct FinalPosition: Hashable, Sendable {
    /// Key of the instrument, or `venue:base:ASSET` for a balance.
    public let instrument: String
    /// Signed quantity.
    public let quantity: ExactDecimal
    /// Mark in the share class.
    public let mark: ExactDecimal
    /// quantity x mark, in the share class.
    public let value: ExactDecimal

    /// A position.
    public init(instrument: String, quantity: ExactDecimal, mark: ExactDecimal, value: ExactDecimal) {
        (self.instrument, self.quantity, self.mark, self.value) = (instrument, quantity, mark, value)
    }
}

/// One fill of a run, for files and reports.
public struct FillRecord: Hashable, Sendable {
    /// Instant of the fill.
    public let time: Instant
    /// Which instrument.
    public let instrument: InstrumentIndex
    /// Place of the strategy in the plan.
    public let strategy: Int
    /// Side.
    public let side: Side
    /// Quantity, positive.
    public let quantity: Quantity
    /// Price at the instrument's fill price scale.
    public let price: Price
    /// Fee in ``feeAsset``, positive when paid.
    public let fee: Amount
    /// Asset of the fee.
    public let feeAsset: Asset
    /// Number of the order within the run.
    public let order: UInt64
    /// Why the order filled: `market`, `limit`, `stop`, `liquidation` ...
    public let cause: String

    /// A fill.
    public init(
        time: Instant, instrument: InstrumentIndex, strategy: Int, side: Side, quantity: Quantity,
        price: Price, fee: Amount, feeAsset: Asset, order: UInt64, cause: String
    ) {
        self.time = time
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.feeAsset = feeAsset
        self.order = order
        self.cause = cause
    }
}

/// A position from flat to flat (or to its flip), for the trade list.
public struct RoundTrip: Hashable, Sendable {
    /// Which instrument.
    public let instrument: InstrumentIndex
    /// Place of the strategy in the plan.
    public let strategy: Int
    /// Whether it was long.
    public let isLong: Bool
    /// First fill.
    public let entryTime: Instant
    /// Last fill.
    public let exitTime: Instant
    /// Largest quantity held, positive.
    public let quantity: Quantity
    /// Mean price paid to enter, in the quote asset.
    public let entryPrice: ExactDecimal
    /// Mean price of leaving, in the quote asset.
    public let exitPrice: ExactDecimal
    /// Profit after fees, in the quote asset.
    public let profit: ExactDecimal
    /// Fees of all its fills, in the quote asset.
    public let fees: ExactDecimal

    /// A round trip.
    public init(
        instrument: InstrumentIndex, strategy: Int, isLong: Bool, entryTime: Instant, exitTime: Instant,
        quantity: Quantity, entryPrice: ExactDecimal, exitPrice: ExactDecimal, profit: ExactDecimal,
        fees: ExactDecimal
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.isLong = isLong
        self.entryTime = entryTime
        self.exitTime = exitTime
        self.quantity = quantity
        self.entryPrice = entryPrice
        self.exitPrice = exitPrice
        self.profit = profit
        self.fees = fees
    }
}

/// Name and unit of a ledger account.
public struct LedgerAccountName: Hashable, Sendable {
    /// Name for people: `trader/sma-cross/binance/BTC`.
    public let name: String
    /// What it counts.
    public let asset: String
    /// Decimals of its amounts.
    public let scale: Scale

    /// A name.
    public init(name: String, asset: String, scale: Scale) {
        (self.name, self.asset, self.scale) = (name, asset, scale)
    }
}

/// Risk figures of a run; what does not apply is nil.
public struct RiskSummary: Hashable, Sendable {
    /// Lowest health factor of any lending position.
    public var worstHealthFactor: Double?
    /// Lowest margin ratio of any venue.
    public var worstMarginRatio: Double?
    /// Largest absolute net exposure to the strategy's asset, as a fraction of equity.
    public var maxAbsDelta: Double?
    /// Forced closings.
    public var liquidations = 0

    /// Nothing to report.
    public init() {}
}

/// What data a run used.
public struct DataSummary: Hashable, Sendable {
    /// Number of series.
    public let series: Int
    /// Rows used.
    public let rows: Int
    /// Time of the first row used.
    public let first: Instant?
    /// Time of the last row used.
    public let last: Instant?
    /// What readers and run had to say, for people.
    public let warnings: [String]

    /// A summary.
    public init(series: Int, rows: Int, first: Instant?, last: Instant?, warnings: [String]) {
        (self.series, self.rows, self.first, self.last, self.warnings) = (series, rows, first, last, warnings)
    }
}

/// The outcome of one backtest: figures, curve, fills and the hash of its event log.
public struct BacktestResult: Sendable {
    /// The plan that was run.
    public var plan: BacktestPlan
    /// Parameters of each strategy with defaults filled in.
    public var parameters: [Parameters]
    /// Instruments of the run, by index.
    public var instruments: [Instrument]
    /// First and last moment of trading; nil when there was none.
    public var start: Instant?
    /// End of the last step; nil when there was none.
    public var end: Instant?
    /// Distinct times at which data became visible.
    public var steps: Int
    /// Equity before the first step.
    public var initialEquity: ExactDecimal
    /// Equity after the last step.
    public var finalEquity: ExactDecimal
    /// Deposits less withdrawals after the start.
    public var netFlows: ExactDecimal
    /// Closed round trips.
    public var tradeCount: Int
    /// Fills.
    public var fillCount: Int
    /// Fees paid, in the share class, positive.
    public var fees: ExactDecimal
    /// Change of equity by cause, in the order of ``Cause/attributed``.
    public var attribution: [ExactDecimal]
    /// Change of equity less flows less attribution: exactly zero.
    public var attributionResidual: ExactDecimal
    /// The same, by strategy, when the run has several.
    public var subAccounts: [SubAccountResult]
    /// What was held at the end.
    public var finalPositions: [FinalPosition]
    /// Risk figures.
    public var risk: RiskSummary
    /// Data used and warnings.
    public var data: DataSummary
    /// Equity over time.
    public var equity: EquityCurve
    /// Days in a year for statistics.
    public var daysPerYear: Int
    /// Whether the statistics' periods are bars of a day or longer rather than UTC days.
    public var periodsAreBars: Bool
    /// Seconds of a period when ``periodsAreBars``, else of a day.
    public var periodLength: Timespan
    /// Fills in order; empty unless records were asked for.
    public var fills: [FillRecord]
    /// Closed round trips in order; empty unless records were asked for.
    public var roundTrips: [RoundTrip]
    /// Ledger accounts; postings name them by their place.
    public var accounts: [LedgerAccountName]
    /// Postings in order; empty unless records were asked for.
    public var ledger: [JournalEntry]
    /// First eight hexadecimal digits of the hash of the run's inputs: the stem of its order ids.
    public var inputsStem: String
    /// The running SHA-256 of the event log at its end.
    public var logHash: Digest
    /// Seconds spent in the engine, after the data were decoded.
    public var engineSeconds: Double
    /// The benchmark that the plan names, beside the run; nil without one.
    public var benchmark: BenchmarkCurve?
    /// Exposure, margin and funding over time; nil for a run without contracts.
    public var riskCurve: RiskCurve?
    /// Where the change of equity came from over time; nil unless records were asked for, and where nothing
    /// changed it.
    public var attributionCurve: AttributionCurve?
    /// What strategies changed and why, in order; as far as they say.
    public var rebalances: [RebalanceLine] = []
    /// Yields drawn beside the result.
    public var yields: [YieldCurve] = []
    /// Whether more spot was ever sold than was there.
    var usedShortSpot = false
}

/// One strategy's part of a run with several.
public struct SubAccountResult: Hashable, Sendable {
    /// Name of the sub-account.
    public let account: String
    /// Equity before the first step.
    public let initialEquity: ExactDecimal
    /// Equity after the last step.
    public let finalEquity: ExactDecimal
    /// Change by cause, in the order of ``Cause/attributed``.
    public let attribution: [ExactDecimal]
    /// Closed round trips.
    public let tradeCount: Int
    /// Fills.
    public let fillCount: Int

    /// A part of a run.
    public init(
        account: String, initialEquity: ExactDecimal, finalEquity: ExactDecimal,
        attribution: [ExactDecimal], tradeCount: Int, fillCount: Int
    ) {
        (self.account, self.initialEquity, self.finalEquity) = (account, initialEquity, finalEquity)
        (self.attribution, self.tradeCount, self.fillCount) = (attribution, tradeCount, fillCount)
    }
}
