public import Markets
public import Risk
public import StrategyKit
public import Trading
public import Units

/// One strategy of an engine and the sub-account it trades for.
public struct EngineBook: Sendable {
    /// Name of the sub-account.
    public let name: String
    /// The strategy.
    public let strategy: any Strategy.Type
    /// Its parameters, complete and checked.
    public let parameters: Parameters
    /// Its initial capital, in the share class.
    public let capital: ExactDecimal

    /// A book.
    public init(name: String, strategy: any Strategy.Type, parameters: Parameters, capital: ExactDecimal) {
        (self.name, self.strategy, self.parameters, self.capital) = (name, strategy, parameters, capital)
    }
}

/// Everything an engine is made from. Equal setups and equal inputs give equal logs.
public struct EngineSetup: Sendable {
    /// Instruments, sorted by key.
    public var instruments: [Instrument]
    /// Kinds of series that feed each instrument, by index.
    public var series: [[SeriesKind]]
    /// The asset in which equity is counted.
    public var shareClass: Asset
    /// The strategies.
    public var books: [EngineBook]
    /// Limits of the risk gate.
    public var limits: RiskLimits
    /// Whether spot may be sold without being held.
    public var allowsShortSpot: Bool
    /// Whether the quote asset may be spent without being held.
    public var allowsOverdraft: Bool
    /// Rules of margin accounts and transfers, for runs with contracts.
    public var contractRules: ContractRules
    /// Capital that comes and goes during a run with protocols, ascending by time; of its first book.
    public var flows: [CapitalFlow] = []
    /// At which readings the risk monitor warns and overrides.
    public var bands = RiskBands.standard
    /// When nobody reaches which venue.
    public var outages: [VenueOutage] = []
    /// Whether the ledger keeps every posting in memory, for `ledger.csv`.
    public var recordsJournal: Bool
    /// Canonical text of the run's inputs, the first record of the log.
    public var inputs: String

    /// Whether it holds tokens of protocols: deposits, debts, staked assets.
    var hasProtocols: Bool { instruments.contains { $0.id.type.isProtocolToken } }

    /// A setup.
    public init(
        instruments: [Instrument], series: [[SeriesKind]], shareClass: Asset, books: [EngineBook],
        limits: RiskLimits = RiskLimits(), allowsShortSpot: Bool = true, allowsOverdraft: Bool = true,
        contractRules: ContractRules = ContractRules(), recordsJournal: Bool = false, inputs: String = ""
    ) {
        precondition(instruments.count == series.count, "kinds of series for each instrument")
        self.instruments = instruments
        self.series = series
        self.shareClass = shareClass
        self.books = books
        self.limits = limits
        self.allowsShortSpot = allowsShortSpot
        self.allowsOverdraft = allowsOverdraft
        self.contractRules = contractRules
        self.recordsJournal = recordsJournal
        self.inputs = inputs
    }
}

/// Why an engine cannot be made, or cannot go on.
public enum EngineError: Error, CustomStringConvertible {
    /// No price path leads from an asset to the share class.
    case noPricePath(asset: Asset, shareClass: Asset, instruments: [InstrumentID])
    /// The capital has more decimals than the ledger keeps, or is not positive.
    case badCapital(ExactDecimal, Asset)
    /// A strategy refused its parameters or the run's instruments.
    case strategyRefused(book: String, problem: ParameterProblem)
    /// A report about an order that does not exist or already ended.
    case unknownOrder(UInt64)
    /// A protocol changed a balance that the run has no account of: a defect of Tradewind.
    case noChainAccount(String)

    public var description: String {
        switch self {
        case .noPricePath(let asset, let shareClass, let instruments):
            "no instrument of the run prices \(asset) in the share class \(shareClass) "
                + "(the run holds \(instruments.map(\.description).joined(separator: ", "))); "
                + "add a series of a pair that connects them, or choose another capital.asset"
        case .badCapital(let amount, let asset):
            "a capital of \(amount) \(asset) is not a positive amount of at most "
                + "\(asset.ledgerScale.decimals) decimals"
        case .strategyRefused(let book, let problem): "strategy \(book): \(problem)"
        case .noChainAccount(let place): "a protocol changed \(place), of which the run has no account"
        case .unknownOrder(let number): "a report about order \(number), which is not working"
        }
    }
}
