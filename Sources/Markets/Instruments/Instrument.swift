public import Units

/// Dense number of an instrument within one run: its place in the run's sorted list of instruments.
public struct InstrumentIndex: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// 0 up to the number of instruments of the run.
    public let position: Int

    /// An index from its place.
    @inlinable public init(_ position: Int) { self.position = position }

    public static func < (a: InstrumentIndex, b: InstrumentIndex) -> Bool { a.position < b.position }
}

/// What is traded, in which units and steps.
public struct Instrument: Hashable, Sendable {
    /// The key.
    public let id: InstrumentID
    /// The asset bought and sold.
    public let base: Asset
    /// The asset in which the price is.
    public let quote: Asset
    /// Decimals of prices in data and orders.
    public let priceScale: Scale
    /// Decimals of fill prices: at least ``priceScale``; finer, so that a slippage in basis points and a
    /// mean of three prices are not rounded to a tick.
    public let fillPriceScale: Scale
    /// Decimals of order and fill quantities.
    public let quantityScale: Scale
    /// Smallest step of an order's limit and stop prices, a multiple of one unit of ``priceScale``.
    public let tickSize: Price
    /// Smallest step of an order's quantity, a multiple of one unit of ``quantityScale``.
    public let lotSize: Quantity
    /// Days in a year of this market: 365 where it never closes, 252 for exchange sessions.
    public let daysPerYear: Int
    /// The calendar of its sessions; nil where it never closes.
    public let calendar: SessionCalendar?
    /// The terms of a perpetual or dated future; nil for everything that settles at once.
    public let contract: ContractTerms?
    /// Whether it only prices its assets, as an oracle does: nothing is traded or held there.
    public let isReference: Bool
    /// Whether what is traded there lies in the wallet on a chain: a pool of a decentralised exchange.
    public let isPool: Bool

    /// An instrument.
    ///
    /// - Parameters:
    ///   - priceScale: decimals of prices.
    ///   - quantityScale: decimals of quantities; at most the base asset's ledger scale.
    ///   - tickSize: step of order prices; one unit of `priceScale` by default.
    ///   - lotSize: step of order quantities; one unit of `quantityScale` by default.
    ///   - contract: terms of a contract; nil gives perpetuals and futures ``ContractTerms/standard``, and
    ///     is what everything else has.
    ///   - isReference: whether it only prices its assets.
    ///   - isPool: whether it is a pool on a chain.
    /// - Precondition: steps are positive and the quantity scale is at most the base's ledger scale.
    public init(
        id: InstrumentID, base: Asset, quote: Asset, priceScale: Scale, quantityScale: Scale,
        tickSize: Price = Price(mantissa: 1), lotSize: Quantity = Quantity(mantissa: 1),
        daysPerYear: Int = 365, calendar: SessionCalendar? = nil, contract: ContractTerms? = nil,
        isReference: Bool = false, isPool: Bool = false
    ) {
        precondition(tickSize.mantissa > 0 && lotSize.mantissa > 0, "steps are positive")
        precondition(quantityScale <= base.ledgerScale, "quantities are no finer than the ledger")
        self.id = id
        self.base = base
        self.quote = quote
        self.priceScale = priceScale
        fillPriceScale = max(priceScale, Scale(min(Int(priceScale.decimals) + 4, 10)))
        self.quantityScale = quantityScale
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.daysPerYear = daysPerYear
        self.calendar = calendar
        self.contract = id.type.isContract ? contract ?? .standard : nil
        self.isReference = isReference
        self.isPool = isPool
    }

    /// Whether what is held of it lies in the wallet on a chain, and not at its venue.
    public var isOnChain: Bool { id.type.isProtocolToken || id.type == .base || isReference || isPool }

    /// The asset in which profit, fees and margin are counted: the base of inverse contracts, else the quote.
    public var settlementAsset: Asset { contract?.settlement == .inverse ? base : quote }
}
