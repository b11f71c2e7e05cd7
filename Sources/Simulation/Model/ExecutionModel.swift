public import TradingEngine
public import Units

/// At which price of which bar a market order fills, when the data are bars.
public enum BarFillRule: String, Hashable, Sendable, CaseIterable {
    /// The open of the next bar. The default.
    case nextOpen = "next-open"
    /// The close of the deciding bar: an idealisation, marked so in the report.
    case close
    /// (high + low + close) / 3 of the next bar.
    case vwap
    /// The high for buys, the low for sells, of the next bar.
    case worst
}

/// What a venue charges for a fill.
public struct CommissionModel: Hashable, Sendable {
    /// Fraction of the notional when the order takes liquidity.
    public var taker: BasisPoints
    /// Fraction of the notional when the order rested and was hit. May be negative: a rebate.
    public var maker: BasisPoints
    /// Charge per unit of the base asset, in the quote asset.
    public var perUnit: ExactDecimal
    /// The least that one fill costs, in the quote asset.
    public var minimum: ExactDecimal

    /// Commission of nothing, unless given.
    public init(
        taker: BasisPoints = .zero, maker: BasisPoints = .zero, perUnit: ExactDecimal = .zero,
        minimum: ExactDecimal = .zero
    ) {
        (self.taker, self.maker, self.perUnit, self.minimum) = (taker, maker, perUnit, minimum)
    }
}

/// How much worse than its reference price a taking order fills.
public enum SlippageModel: Hashable, Sendable {
    /// A fixed fraction of the price, against the trader.
    case fixed(BasisPoints)
    /// `coefficient x sqrt(quantity / volume)` of the price: square-root impact (Almgren et al., "Direct
    /// estimation of equity market impact", 2005, in the form used by practitioners). Volume is that of
    /// the last closed bar.
    case squareRoot(coefficient: BasisPoints)
    /// By notional: the fraction of the first bucket whose size is at least the notional; above the last
    /// bucket, the last.
    case buckets([SlippageBucket])
}

/// One step of a slippage table.
public struct SlippageBucket: Hashable, Sendable {
    /// Notional in the quote asset up to which the bucket holds.
    public let size: ExactDecimal
    /// Fraction of the price.
    public let cost: BasisPoints

    /// A step.
    public init(size: ExactDecimal, cost: BasisPoints) { (self.size, self.cost) = (size, cost) }
}

/// A delay between the strategy and the venue.
public enum LatencyModel: Hashable, Sendable {
    /// Always the same.
    case constant(Timespan)
    /// Drawn evenly from a range, both ends included, from the run's seed.
    case uniform(ClosedRange<Int64>)

    /// No delay.
    public static let none = LatencyModel.constant(.zero)
}

/// How the simulated exchange executes: everything under `execution` in a run file.
public struct ExecutionModel: Hashable, Sendable {
    /// Fill rule for bars.
    public var fill: BarFillRule
    /// Commission for all venues; nil uses each venue's own schedule.
    public var commission: CommissionModel?
    /// Slippage of taking orders.
    public var slippage: SlippageModel
    /// From the strategy's decision to the venue.
    public var orderLatency: LatencyModel
    /// From the venue's event to the strategy.
    public var reportLatency: LatencyModel
    /// The largest share of a bar's volume that one order may take, above 0 up to 1; nil is without limit.
    public var participation: ExactDecimal?
    /// Whether a spot balance may become negative by selling.
    public var allowsShortSpot: Bool
    /// Whether a quote balance may become negative by buying. Balances of a run with contracts never may.
    public var allowsOverdraft: Bool
    /// Margin accounts and transfers of a run with contracts.
    public var contracts: ContractRules
    /// The protocols of a run on a chain.
    public var chain: ChainRules
    /// When nobody reaches which venue; never, unless a stress test says so.
    public var outages: [VenueOutage] = []

    /// The defaults of a run file.
    public init(
        fill: BarFillRule = .nextOpen, commission: CommissionModel? = nil,
        slippage: SlippageModel = .fixed(.zero), orderLatency: LatencyModel = .none,
        reportLatency: LatencyModel = .none, participation: ExactDecimal? = nil,
        allowsShortSpot: Bool = true, allowsOverdraft: Bool = true,
        contracts: ContractRules = ContractRules(), chain: ChainRules = ChainRules()
    ) {
        self.fill = fill
        self.commission = commission
        self.slippage = slippage
        self.orderLatency = orderLatency
        self.reportLatency = reportLatency
        self.participation = participation
        self.allowsShortSpot = allowsShortSpot
        self.allowsOverdraft = allowsOverdraft
        self.contracts = contracts
        self.chain = chain
    }
}
