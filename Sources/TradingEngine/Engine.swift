public import Accounting
public import Events
public import Markets
public import Risk
public import StrategyKit
public import Trading
public import Units

/// The component chain and the one deterministic loop, the same in backtest, paper and live.
///
/// A synchronous state machine: inputs go in (observations, reports), commands come out. It owns no socket,
/// file, clock or task; the edge around it does. One step at time t is, in this order:
///
/// 1. ``beginStep(at:)``;
/// 2. data provider: `observe` every observation that became visible at t; marks move with them;
/// 3. position monitor: ``apply(_:knownAt:)`` every report of the venue up to t; the ledger books them;
/// 4. exposure monitor, risk monitor, strategies: ``decide()`` hands observations and news to each
///    strategy, passes what it asks through the risk gate and leaves ``commands`` for the venue;
/// 5. profit-and-loss monitor: ``endStep()`` checks that equity is the sum of its causes, exactly.
///
/// The event logger records every command and report; equal setups and inputs give equal bytes.
public final class Engine {
    /// What it was made from.
    public let setup: EngineSetup
    /// The books. Read only from outside.
    public let ledger: Ledger
    /// Commands that wait for the venue, in order; see ``forEachCommand(_:)``.
    @usableFromInline let commands = EventQueue<VenueCommand>()
    /// The pre-trade check.
    public var gate: RiskGate { gatePlace.pointee }
    let gatePlace: UnsafeMutablePointer<RiskGate>
    /// Stops all orders but reduce-only ones while engaged; what works stays until it is cancelled.
    public var killSwitch: KillSwitch {
        get { gatePlace.pointee.killSwitch }
        set { gatePlace.pointee.killSwitch = newValue }
    }
    /// Time of the present step.
    @inlinable @inline(__always)
    public var now: Instant { clock.value }
    /// Whether strategies may trade; before that, observations only warm them up.
    ///
    /// What strategies ask for meanwhile is refused and has numbers of its own, so that the run's own orders
    /// are numbered the same however long it was warmed up.
    public var isTradingAllowed: Bool {
        @inlinable @inline(__always)
        get { tradingFlag.value }
        set {
            if newValue != tradingFlag.value { exchangeNumbers() }
            tradingFlag.value = newValue
        }
    }
    /// Whether any spot position was ever negative.
    public var usedShortSpot: Bool { shortSpotFlag.value }
    /// Whether any quote balance was ever negative.
    public var usedOverdraft: Bool { overdraftFlag.value }
    /// Orders refused by the risk gate, by reason, in the order of ``OrderReason``.
    public internal(set) var refusals = [Int](repeating: 0, count: OrderReason.allCases.count)

    let plan: AccountPlan
    /// Ledger accounts by book and instrument, and by instrument.
    let baseAccounts: FixedArray<AccountIndex>
    let quoteAccounts: FixedArray<AccountIndex>
    let marketBase: FixedArray<AccountIndex>
    let marketQuote: FixedArray<AccountIndex>
    let feeAccounts: FixedArray<AccountIndex>
    @usableFromInline let marks: MarkBook
    @usableFromInline let clock = Cell(Instant.distantPast)
    @usableFromInline let tradingFlag = Cell(true)
    /// The next numbers of orders, and by book of transfers and groups, of the other kind than those in use:
    /// of the run while trading is not allowed, else of what was refused before it.
    let otherOrder = Cell(Engine.firstRefused)
    let otherTransfers: FixedArray<UInt64>
    let otherGroups: FixedArray<UInt64>
    private static let firstRefused: UInt64 = 1 << 62
    let log: RunLogWriter
    let orders = OrderTable()
    let terms: FixedArray<InstrumentTerms>
    let positions: FixedArray<Position>
    let workingBuys: FixedArray<Int64>
    let workingSells: FixedArray<Int64>
    let workingCount: FixedArray<Int>
    let shortSpotFlag = Cell(false)
    let overdraftFlag = Cell(false)
    /// What the last fill changed; without a value before the first.
    let applied = UnsafeMutablePointer<AppliedFill>.allocate(capacity: 1)
    let instrumentCount: Int
    let strategies: [StrategyCalls]
    @usableFromInline let desks: UnsafeMutablePointer<StrategyDesk>
    let orderCounter: UnsafeMutablePointer<UInt64>
    /// Whether anything but the observation of the present step waits for strategies.
    @usableFromInline let hasMore = Cell(false)
    let hasAccountNews = Cell(false)
    let hasObservations = Cell(false)
    let bookCount: Int
    let keepsHistory: Bool
    /// Whether one strategy runs, without a history of bars.
    @usableFromInline let isPlain: Bool
    @usableFromInline let first: Unmanaged<StrategyCalls>
    @usableFromInline let bars = EventQueue<ObservedBar>()
    @usableFromInline let quotes = EventQueue<ObservedQuote>()
    @usableFromInline let trades = EventQueue<ObservedTrade>()
    var observations: [SeriesObservation] = []
    /// Contracts and the accounts that back them; nil in runs without.
    package let contracts: ContractBooks?
    /// What strategies own and owe at protocols; nil in runs without.
    package let protocols: ProtocolBooks?
    var accountNews: [(book: Int, update: AccountUpdate)] = []
    @usableFromInline let news = EventQueue<StrategyNews>()

    /// An engine that has not begun. Throws ``EngineError`` or ``LedgerError``.
    ///
    /// - Parameters:
    ///   - logSink: where the blocks of the run's log go; nil only hashes them.
    ///   - keepsLog: whether there is a log at all; without one, the hash at the end is that of nothing.
    public init(setup: EngineSetup, logSink: RunLogWriter.Sink? = nil, keepsLog: Bool = true) throws {
        let plan = try AccountPlan.of(setup)
        let made = try Engine.makeStrategies(setup)
        self.setup = setup
        self.plan = plan
        bookCount = setup.books.count
        baseAccounts = FixedArray(plan.baseAccounts.flatMap { $0 })
        quoteAccounts = FixedArray(plan.quoteAccounts.flatMap { $0 })
        marketBase = FixedArray(plan.marketBase)
        marketQuote = FixedArray(plan.marketQuote)
        feeAccounts = FixedArray(plan.feeAccounts)
        gatePlace = UnsafeMutablePointer<RiskGate>.allocate(capacity: 1)
        gatePlace.initialize(to: RiskGate(limits: setup.limits))
        ledger = Ledger(
            accounts: plan.accounts, bookCount: setup.books.count, markCount: plan.units.count,
            valueScale: plan.valueScale, recordsJournal: setup.recordsJournal)
        marks = MarkBook(setup: setup, plan: plan)
        let contracts: ContractBooks? = try Engine.contracts(setup, plan, ledger, marks)
        self.contracts = contracts
        protocols = ProtocolBooks(setup, plan, ledger)
        log = RunLogWriter(sink: logSink, isSilent: !keepsLog)
        let slots = setup.books.count * setup.instruments.count
        positions = FixedArray(repeating: Position(), count: slots)
        workingBuys = FixedArray(repeating: 0, count: slots)
        workingSells = FixedArray(repeating: 0, count: slots)
        workingCount = FixedArray(repeating: 0, count: setup.books.count)
        instrumentCount = setup.instruments.count
        terms = FixedArray(setup.instruments.map(\.terms))
        keepsHistory = setup.books.contains { $0.strategy.descriptor.barHistory > 0 }
        orderCounter = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        orderCounter.initialize(to: 1)
        otherTransfers = FixedArray(repeating: Engine.firstRefused, count: setup.books.count)
        otherGroups = FixedArray(repeating: Engine.firstRefused, count: setup.books.count)
        strategies = made
        first = Unmanaged.passUnretained(made[0])
        isPlain = made.count == 1 && !keepsHistory
        desks = UnsafeMutablePointer<StrategyDesk>.allocate(capacity: max(1, made.count))
        for index in made.indices {
            (desks + index).initialize(
                to: StrategyDesk(
                    instruments: setup.instruments,
                    barHistory: setup.books[index].strategy.descriptor.barHistory, nextOrder: orderCounter))
            desks[index].accounts = Engine.accounts(setup, plan, contracts, ledger, marks, book: index)
            desks[index].protocols = protocols?.book(index)
        }
    }

    static func makeStrategies(_ setup: EngineSetup) throws(EngineError) -> [StrategyCalls] {
        var made: [StrategyCalls] = []
        for book in setup.books {
            let strategySetup = StrategySetup(
                parameters: book.parameters, instruments: setup.instruments, series: setup.series,
                shareClass: setup.shareClass)
            do throws(ParameterProblem) {
                made.append(try book.strategy.calls(strategySetup))
            } catch { throw .strategyRefused(book: book.name, problem: error) }
        }
        return made
    }

    deinit {
        desks.deinitialize(count: setup.books.count)
        desks.deallocate()
        orderCounter.deallocate()
        applied.deallocate()
        gatePlace.deinitialize(count: 1)
        gatePlace.deallocate()
    }

    /// Begins the run: logs its inputs, books the capital, starts the strategies.
    public func open(at time: Instant) throws {
        clock.value = time
        try log.append(.opened(inputs: setup.inputs), at: time)
        let scale = setup.shareClass.ledgerScale
        let markDecimals = Int(plan.valueScale.decimals) - Int(scale.decimals)
        for (index, unit) in plan.units.enumerated() where unit.path.isEmpty && !unit.isStaked {
            try ledger.setMark(MarkIndex(index), to: Scale.power(markDecimals))
        }
        for (index, book) in setup.books.enumerated() {
            guard let units = book.capital.exactMantissa(at: scale), units > 0 else {
                throw EngineError.badCapital(book.capital, setup.shareClass)
            }
            ledger.beginTransaction()
            try ledger.transfer(
                Amount(units: units), from: plan.capitalSource, to: plan.capitalAccounts[index],
                cause: .netFlow, at: time)
        }
        for index in 0..<setup.books.count {
            desks[index].now = time
            strategies[index].started(desks + index)
            if !desks[index].asks.isEmpty { try processAsks(of: index) }
        }
        try ledger.verify()
    }

    /// Begins a step. Times do not go back.
    @inlinable @inline(__always)
    public func beginStep(at time: Instant) {
        precondition(time >= now, "time does not go back")
        clock.value = time
    }

    /// A bar closed now.
    @inlinable @inline(__always)
    public func observe(bar: Bar, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(bar, of: instrument)
        queue(bar, of: instrument)
    }

    /// A quote was published now.
    @inlinable @inline(__always)
    public func observe(quote: Quote, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(quote, of: instrument)
        queue(quote, of: instrument)
    }

    /// The market traded now.
    @inlinable @inline(__always)
    public func observe(trade: TradeTick, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(trade.price, of: instrument.position, by: .trades)
        let place = trades.claim()
        place.pointee.instrument = Int32(truncatingIfNeeded: instrument.position)
        place.pointee.trade.time = trade.time
        place.pointee.trade.price = trade.price
        place.pointee.trade.quantity = trade.quantity
        place.pointee.trade.aggressor = trade.aggressor
    }

    /// The first half of ``observe(bar:of:)``, for the only observation of a step: marks move, and
    /// ``decide(on:of:)-(Bar,_)`` hands the bar over.
    @inlinable @inline(__always)
    public func mark(_ bar: Bar, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(bar.close, of: instrument.position, by: .bars)
    }

    /// The first half of ``observe(quote:of:)``, for the only observation of a step: marks move, and
    /// ``decide(on:of:)-(Quote,_)`` hands the quote over.
    @inlinable @inline(__always)
    public func mark(_ quote: Quote, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(bid: quote.bid, ask: quote.ask, of: instrument.position)
    }

    // Field by field: a copy by wide moves would wait for the narrow stores before it.

    @usableFromInline @inline(__always)
    func queue(_ bar: Bar, of instrument: InstrumentIndex) {
        let place = bars.claim()
        place.pointee.instrument = Int32(truncatingIfNeeded: instrument.position)
        place.pointee.bar.openTime = bar.openTime
        place.pointee.bar.closeTime = bar.closeTime
        place.pointee.bar.open = bar.open
        place.pointee.bar.high = bar.high
        place.pointee.bar.low = bar.low
        place.pointee.bar.close = bar.close
        place.pointee.bar.volume = bar.volume
    }

    @usableFromInline @inline(__always)
    func queue(_ quote: Quote, of instrument: InstrumentIndex) {
        let place = quotes.claim()
        place.pointee.instrument = Int32(truncatingIfNeeded: instrument.position)
        place.pointee.quote.time = quote.time
        place.pointee.quote.bid = quote.bid
        place.pointee.quote.ask = quote.ask
        place.pointee.quote.bidSize = quote.bidSize
        place.pointee.quote.askSize = quote.askSize
    }

    /// Moves the marks that depend on an instrument whose marks come from bars or trades.
    @inlinable @inline(__always)
    func mark(_ price: Price, of index: Int, by source: MarkSource) throws(LedgerError) {
        try marks.price(index, price, source, ledger)
    }

    /// Moves the marks that depend on an instrument whose marks come from quotes.
    @inlinable @inline(__always)
    func mark(bid: Price, ask: Price, of index: Int) throws(LedgerError) {
        try marks.quote(index, bid: bid, ask: ask, ledger)
    }

    /// The mark price of a contract became known now, where a series of them fixes its marks.
    package func observe(mark price: Price, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(price, of: instrument.position, by: .marks)
    }

    /// A value of a series became known now.
    public func observe(_ observation: SeriesObservation) {
        observations.append(observation)
        hasObservations.value = true
        hasMore.value = true
    }

    /// Hands observations and news to the strategies, in order, and what they ask to the risk gate.
    public func decide() throws {
        var book = 0
        while book < bookCount {
            let desk = desks + book
            desk.pointee.now = now
            if hasAccountNews.value { deliverAccountNews(to: book) }
            if !news.isEmpty { deliverNews(to: book) }
            if keepsHistory { keepHistory(desk) }
            if hasObservations.value { handOverObservations(to: book) }
            handOver(to: strategies[book], desk)
            if !desk.pointee.asks.isEmpty { try processAsks(of: book) }
            book += 1
        }
        bars.removeAll()
        quotes.removeAll()
        trades.removeAll()
        if hasObservations.value { forgetObservations() }
        noteWhatWaits()
    }

    /// ``decide()`` for a step whose only observation is a bar that was marked: without queues where one
    /// strategy runs that hears of nothing else.
    @inlinable @inline(__always)
    public func decide(on bar: Bar, of instrument: InstrumentIndex) throws {
        guard hearsOneThing else {
            queue(bar, of: instrument)
            return try decide()
        }
        desks.pointee.now = now
        first._withUnsafeGuaranteedRef { $0.soleBar(bar, instrument, desks) }
        if !desks.pointee.asks.isEmpty { try processAsks(of: 0) }
    }

    /// ``decide()`` for a step whose only observation is a quote that was marked.
    @inlinable @inline(__always)
    public func decide(on quote: Quote, of instrument: InstrumentIndex) throws {
        guard hearsOneThing else {
            queue(quote, of: instrument)
            return try decide()
        }
        desks.pointee.now = now
        first._withUnsafeGuaranteedRef { $0.soleQuote(quote, instrument, desks) }
        if !desks.pointee.asks.isEmpty { try processAsks(of: 0) }
    }

    @inlinable var hearsOneThing: Bool {
        @inline(__always) get { isPlain && !hasMore.value }
    }

    /// Hands over one step's observations, then ends the step.
    func handOver(to strategy: StrategyCalls, _ desk: UnsafeMutablePointer<StrategyDesk>) {
        for index in 0..<bars.count {
            let place = bars.place(index)
            strategy.bar(&place.pointee.bar, InstrumentIndex(Int(place.pointee.instrument)), desk)
        }
        for index in 0..<quotes.count {
            let place = quotes.place(index)
            strategy.quote(&place.pointee.quote, InstrumentIndex(Int(place.pointee.instrument)), desk)
        }
        for index in 0..<trades.count {
            let place = trades.place(index)
            strategy.trade(&place.pointee.trade, InstrumentIndex(Int(place.pointee.instrument)), desk)
        }
        strategy.stepEnded(desk)
    }

    @inline(never)
    func handOverObservations(to book: Int) {
        for observation in observations { strategies[book].observed(observation, desks + book) }
    }

    @inline(never)
    func forgetObservations() {
        observations.removeAll(keepingCapacity: true)
        hasObservations.value = false
    }

    func keepHistory(_ desk: UnsafeMutablePointer<StrategyDesk>) {
        if desk.pointee.history.isEmpty { return }
        for index in 0..<bars.count {
            desk.pointee.history[Int(bars[index].instrument)].append(bars[index].bar)
        }
    }

    /// How many news wait for strategies.
    public var newsCount: Int { news.count }

    /// Hands only news that are due, between observations, to the strategies that have any from place
    /// `first` on: what happens to the orders of one never decides when another hears of its own.
    public func decideOnNews(from first: Int) throws {
        if first >= news.count { return }
        if bookCount == 1 {
            try decideOnNews(of: 0)
            return noteWhatWaits()
        }
        let concerned = (0..<bookCount).filter { book in
            (first..<news.count).contains { Int(news.place($0).pointee.book) == book }
        }
        for book in concerned { try decideOnNews(of: book) }
        noteWhatWaits()
    }

    private func noteWhatWaits() {
        hasMore.value = !news.isEmpty || hasAccountNews.value || hasObservations.value
    }

    private func decideOnNews(of book: Int) throws {
        desks[book].now = now
        deliverNews(to: book)
        if !desks[book].asks.isEmpty { try processAsks(of: book) }
    }

    /// Whether commands wait for the venue.
    @inlinable @inline(__always)
    public var hasCommands: Bool { !commands.isEmpty }

    /// Hands the commands that wait for the venue to it, in order, and forgets them.
    @inlinable @inline(__always)
    public func forEachCommand<Failure: Error>(
        _ deliver: (VenueCommand) throws(Failure) -> Void
    ) throws(Failure) {
        var index = 0
        while index < commands.count {
            try deliver(commands[index])
            index += 1
        }
        commands.removeAll()
    }

    func send(_ command: VenueCommand) { commands.append(command) }

    /// Ends a step: checks equity against its causes. Throws when they differ, which ends the run.
    @inlinable @inline(__always)
    public func endStep() throws(LedgerError) {
        try ledger.verify()
    }

    /// Ends the run and its log; gives the log's hash.
    public func close() throws -> Digest {
        try ledger.verify()
        try ledger.verifyValuation()
        try log.append(.closed(finalEquity: totals.equity, valueScale: plan.valueScale), at: now)
        return try log.close()
    }

    /// Equity, cash and net flows (the initial capital included) of all books, at the ledger's value scale.
    @inlinable @inline(__always)
    public var totals: (equity: Int128, cash: Int128, netFlows: Int128) { ledger.totals }

    /// Orders that strategies placed while trading was allowed.
    public var placedOrders: Int {
        let next = isTradingAllowed ? orderCounter.pointee : otherOrder.value
        return Int(clamping: next) - 1
    }

    /// A book's position of an instrument, by the ledger.
    public func position(of instrument: InstrumentIndex, book: Int) -> Position {
        positions[book * instrumentCount + instrument.position]
    }

    /// A working order; nil when it ended or never was.
    public func order(_ id: OrderID) -> Order? { orders[id] }

    /// Mark of an instrument's base asset in the share class, exact.
    public func mark(of instrument: InstrumentIndex) -> ExactDecimal {
        let account = plan.baseAccounts[0][instrument.position]
        return mark(of: account)
    }

    /// Accounts that a book settles an instrument in: base and quote.
    public func accounts(of instrument: InstrumentIndex, book: Int) -> (
        base: AccountIndex, quote: AccountIndex
    ) {
        (plan.baseAccounts[book][instrument.position], plan.quoteAccounts[book][instrument.position])
    }

    /// Mark of what an account counts, in the share class, exact.
    public func mark(of account: AccountIndex) -> ExactDecimal {
        let scale = Int(plan.valueScale.decimals) - Int(ledger.accounts[account.position].scale.decimals)
        return ExactDecimal(
            mantissa: ledger.mark(ledger.accounts[account.position].mark), scale: Scale(scale))
    }
}
