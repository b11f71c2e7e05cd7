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
    public private(set) var gate: RiskGate
    /// Time of the present step.
    @inlinable @inline(__always)
    public var now: Instant { clock.value }
    /// Whether strategies may trade; before that, observations only warm them up.
    @inlinable @inline(__always)
    public var isTradingAllowed: Bool {
        get { tradingFlag.value }
        set { tradingFlag.value = newValue }
    }
    /// Whether any spot position was ever negative.
    public var usedShortSpot: Bool { shortSpotFlag.value }
    /// Whether any quote balance was ever negative.
    public var usedOverdraft: Bool { overdraftFlag.value }
    /// Orders refused by the risk gate, by reason, in the order of ``OrderReason``.
    public private(set) var refusals = [Int](repeating: 0, count: OrderReason.allCases.count)

    private let plan: AccountPlan
    /// Ledger accounts by book and instrument, and by instrument.
    private let baseAccounts: FixedArray<AccountIndex>
    private let quoteAccounts: FixedArray<AccountIndex>
    private let marketBase: FixedArray<AccountIndex>
    private let marketQuote: FixedArray<AccountIndex>
    private let feeAccounts: FixedArray<AccountIndex>
    private let marks: MarkBook
    @usableFromInline let clock = Cell(Instant.distantPast)
    @usableFromInline let tradingFlag = Cell(true)
    private let log: RunLogWriter
    private let orders = OrderTable()
    private let terms: FixedArray<InstrumentTerms>
    private let positions: FixedArray<Position>
    private let workingSells: FixedArray<Int64>
    private let workingCount: FixedArray<Int>
    private let shortSpotFlag = Cell(false)
    private let overdraftFlag = Cell(false)
    private let instrumentCount: Int
    private let strategies: UnsafeMutablePointer<any Strategy>
    private let desks: UnsafeMutablePointer<StrategyDesk>
    private let orderCounter: UnsafeMutablePointer<UInt64>
    private let hasObservations = Cell(false)
    private let bookCount: Int
    private let keepsHistory: Bool
    private let bars = EventQueue<ObservedBar>()
    private let quotes = EventQueue<ObservedQuote>()
    private let trades = EventQueue<ObservedTrade>()
    private var observations: [SeriesObservation] = []
    private let news = EventQueue<StrategyNews>()
    @usableFromInline let isDirty = Cell(false)

    /// An engine that has not begun. Throws ``EngineError`` or ``LedgerError``.
    ///
    /// - Parameter logSink: where the blocks of the run's log go; nil only hashes them.
    public init(setup: EngineSetup, logSink: RunLogWriter.Sink? = nil) throws {
        let plan = try AccountPlan(setup: setup)
        let made = try Engine.makeStrategies(setup)
        self.setup = setup
        self.plan = plan
        bookCount = setup.books.count
        baseAccounts = FixedArray(plan.baseAccounts.flatMap { $0 })
        quoteAccounts = FixedArray(plan.quoteAccounts.flatMap { $0 })
        marketBase = FixedArray(plan.marketBase)
        marketQuote = FixedArray(plan.marketQuote)
        feeAccounts = FixedArray(plan.feeAccounts)
        gate = RiskGate(limits: setup.limits)
        ledger = Ledger(
            accounts: plan.accounts, bookCount: setup.books.count, markCount: plan.units.count,
            valueScale: plan.valueScale, recordsJournal: setup.recordsJournal)
        marks = MarkBook(setup: setup, plan: plan)
        log = RunLogWriter(sink: logSink)
        let slots = setup.books.count * setup.instruments.count
        positions = FixedArray(repeating: Position(), count: slots)
        workingSells = FixedArray(repeating: 0, count: slots)
        workingCount = FixedArray(repeating: 0, count: setup.books.count)
        instrumentCount = setup.instruments.count
        terms = FixedArray(setup.instruments.map(\.terms))
        keepsHistory = setup.books.contains { $0.strategy.descriptor.barHistory > 0 }
        orderCounter = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        orderCounter.initialize(to: 1)
        strategies = UnsafeMutablePointer<any Strategy>.allocate(capacity: max(1, made.count))
        desks = UnsafeMutablePointer<StrategyDesk>.allocate(capacity: max(1, made.count))
        for (index, strategy) in made.enumerated() {
            (strategies + index).initialize(to: strategy)
            (desks + index).initialize(
                to: StrategyDesk(
                    instruments: setup.instruments,
                    barHistory: setup.books[index].strategy.descriptor.barHistory, nextOrder: orderCounter))
        }
    }

    private static func makeStrategies(_ setup: EngineSetup) throws(EngineError) -> [any Strategy] {
        var made: [any Strategy] = []
        for book in setup.books {
            let strategySetup = StrategySetup(
                parameters: book.parameters, instruments: setup.instruments, series: setup.series,
                shareClass: setup.shareClass)
            do throws(ParameterProblem) {
                made.append(try book.strategy.init(strategySetup))
            } catch { throw .strategyRefused(book: book.name, problem: error) }
        }
        return made
    }

    deinit {
        strategies.deinitialize(count: setup.books.count)
        strategies.deallocate()
        desks.deinitialize(count: setup.books.count)
        desks.deallocate()
        orderCounter.deallocate()
    }

    /// Begins the run: logs its inputs, books the capital, starts the strategies.
    public func open(at time: Instant) throws {
        clock.value = time
        try log.append(.opened(inputs: setup.inputs), at: time)
        let scale = setup.shareClass.ledgerScale
        let markDecimals = Int(plan.valueScale.decimals) - Int(scale.decimals)
        for (index, unit) in plan.units.enumerated() where unit.path.isEmpty {
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
            var context = StrategyContext(desk: desks + index)
            desks[index].now = time
            strategies[index].started(&context)
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
    public func observe(bar: Bar, of instrument: InstrumentIndex) throws(LedgerError) {
        try marks.bar(instrument.position, close: bar.close, ledger)
        isDirty.value = true
        bars.append(ObservedBar(bar: bar, instrument: Int32(truncatingIfNeeded: instrument.position)))
    }

    /// A quote was published now.
    public func observe(quote: Quote, of instrument: InstrumentIndex) throws(LedgerError) {
        try marks.quote(instrument.position, bid: quote.bid, ask: quote.ask, ledger)
        isDirty.value = true
        quotes.append(ObservedQuote(quote: quote, instrument: Int32(truncatingIfNeeded: instrument.position)))
    }

    /// The market traded now.
    public func observe(trade: TradeTick, of instrument: InstrumentIndex) throws(LedgerError) {
        try marks.trade(instrument.position, price: trade.price, ledger)
        isDirty.value = true
        trades.append(ObservedTrade(trade: trade, instrument: Int32(truncatingIfNeeded: instrument.position)))
    }

    /// A value of a series became known now.
    public func observe(_ observation: SeriesObservation) {
        observations.append(observation)
        hasObservations.value = true
    }

    /// Hands observations and news to the strategies, in order, and what they ask to the risk gate.
    public func decide() throws {
        for book in 0..<bookCount {
            var context = StrategyContext(desk: desks + book)
            desks[book].now = now
            if !news.isEmpty { deliverNews(to: book, &context) }
            for index in 0..<bars.count {
                let observed = bars[index]
                let instrument = InstrumentIndex(Int(observed.instrument))
                if keepsHistory && !desks[book].history.isEmpty {
                    desks[book].history[instrument.position].append(observed.bar)
                }
                strategies[book].receive(bar: observed.bar, of: instrument, &context)
            }
            for index in 0..<quotes.count {
                let observed = quotes[index]
                strategies[book].receive(
                    quote: observed.quote, of: InstrumentIndex(Int(observed.instrument)), &context)
            }
            for index in 0..<trades.count {
                let observed = trades[index]
                strategies[book].receive(
                    trade: observed.trade, of: InstrumentIndex(Int(observed.instrument)), &context)
            }
            if hasObservations.value {
                for observation in observations {
                    strategies[book].receive(observation: observation, &context)
                }
            }
            strategies[book].stepEnded(&context)
            if !desks[book].asks.isEmpty { try processAsks(of: book) }
        }
        bars.removeAll()
        quotes.removeAll()
        trades.removeAll()
        if hasObservations.value {
            observations.removeAll(keepingCapacity: true)
            hasObservations.value = false
        }
    }

    /// Hands only news that are due to the strategies, between observations.
    public func decideOnNews() throws {
        if news.isEmpty { return }
        for book in 0..<bookCount {
            var context = StrategyContext(desk: desks + book)
            desks[book].now = now
            deliverNews(to: book, &context)
            if !desks[book].asks.isEmpty { try processAsks(of: book) }
        }
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

    private func send(_ command: VenueCommand) { commands.append(command) }

    /// Ends a step: checks equity against its causes. Throws when they differ, which ends the run.
    @inlinable @inline(__always)
    public func endStep() throws(LedgerError) {
        if !isDirty.value { return }
        isDirty.value = false
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
    public func accounts(of instrument: InstrumentIndex, book: Int) -> (base: AccountIndex, quote: AccountIndex) {
        (plan.baseAccounts[book][instrument.position], plan.quoteAccounts[book][instrument.position])
    }

    /// Mark of what an account counts, in the share class, exact.
    public func mark(of account: AccountIndex) -> ExactDecimal {
        let scale = Int(plan.valueScale.decimals) - Int(ledger.accounts[account.position].scale.decimals)
        return ExactDecimal(
            mantissa: ledger.mark(ledger.accounts[account.position].mark), scale: Scale(scale))
    }
}

extension Engine {
    /// Books a report of the venue: order, position, ledger, log. The strategy hears of it at the first
    /// decision at or after `knownAt`.
    @discardableResult
    public func apply(_ report: VenueReport, knownAt: Instant) throws -> AppliedFill? {
        switch report {
        case .accepted(let id): try move(id, to: .accepted, .none, knownAt)
        case .rejected(let id, let reason): try move(id, to: .rejected, reason, knownAt)
        case .cancelled(let id, let reason): try move(id, to: .cancelled, reason, knownAt)
        case .expired(let id, let reason): try move(id, to: .expired, reason, knownAt)
        case .refused(let id, let reason):
            try log.append(.requestRefused(id, reason), at: now)
            if let order = orders[id] { enqueue(OrderUpdate(order: order, reason: reason), order.strategy, knownAt) }
        case .amended(let id, let quantity, let type):
            guard let order = orders.place(of: id) else { throw EngineError.unknownOrder(id.number) }
            let change = quantity.mantissa - order.pointee.request.quantity.mantissa
            try order.pointee.amend(quantity: quantity, type: type)
            try log.append(.orderAmended(id, quantity: quantity, type: type), at: now)
            changeWorking(order.pointee, by: change)
            enqueue(
                OrderUpdate(order: order.pointee), order.pointee.strategy, knownAt,
                workingChange: order.pointee.request.side.sign * change)
        case .filled(let fill): return try book(fill, knownAt: knownAt)
        }
        return nil
    }

    private func move(
        _ id: OrderID, to status: OrderStatus, _ reason: OrderReason, _ knownAt: Instant
    ) throws {
        guard let place = orders.place(of: id) else { throw EngineError.unknownOrder(id.number) }
        try place.pointee.move(to: status, reason: reason)
        let order = place.pointee
        if status.isTerminal { orders.remove(id) }
        try log.append(.orderMoved(id, status, reason), at: now)
        var workingChange: Int64 = 0
        if status.isTerminal {
            changeWorking(order, by: -order.leaves.mantissa)
            workingCount[order.strategy] -= 1
            workingChange = -order.request.side.sign * order.leaves.mantissa
        }
        enqueue(
            OrderUpdate(order: order, reason: reason), order.strategy, knownAt, workingChange: workingChange)
    }

    /// Quantity of working sells, for the risk gate.
    private func changeWorking(_ order: Order, by change: Int64) {
        guard order.request.side == .sell else { return }
        let place = order.strategy * instrumentCount + order.request.instrument.position
        changeWorkingSells(place, by: change)
    }

    private func changeWorkingSells(_ place: Int, by change: Int64) {
        let (sum, overflow) = workingSells[place].addingReportingOverflow(change)
        if !overflow { workingSells[place] = sum }
    }

    private func book(_ fill: FillReport, knownAt: Instant) throws -> AppliedFill {
        guard let working = orders.place(of: fill.order) else {
            throw EngineError.unknownOrder(fill.order.number)
        }
        try working.pointee.fill(fill.quantity)
        let order = working.pointee
        if order.status.isTerminal { orders.remove(order.id) }
        let index = order.request.instrument
        let place = order.strategy * instrumentCount + index.position
        let signed = order.request.side == .buy ? fill.quantity : -fill.quantity
        let change = try positions.pointer[place].fill(signed, at: fill.price)
        changeWorking(order, by: -fill.quantity.mantissa)
        if order.status.isTerminal { workingCount[order.strategy] -= 1 }
        if positions[place].quantity.mantissa < 0 && terms[index.position].isSpot {
            shortSpotFlag.value = true
        }
        try post(fill, order)
        try log.append(.orderFilled(fill), at: now)
        isDirty.value = true
        enqueue(
            OrderUpdate(order: order, fill: fill), order.strategy, knownAt, positionChange: signed.mantissa,
            workingChange: -signed.mantissa)
        return AppliedFill(order: order, fill: fill, change: change, position: positions[place])
    }

    /// The postings of a spot fill: base against quote at the reference price, slippage and fee apart.
    private func post(_ fill: FillReport, _ order: Order) throws {
        let index = order.request.instrument.position
        let instrument = terms[index]
        let place = order.strategy * instrumentCount + index
        let (base, quote) = (baseAccounts[place], quoteAccounts[place])
        let amount = try WideArithmetic.multiply(
            Int128(fill.quantity.mantissa), instrument.baseFactor, "a filled quantity")
        let notional = try instrument.notional(fill.quantity, fill.price)
        let reference =
            fill.referencePrice == fill.price
            ? notional : try instrument.notional(fill.quantity, fill.referencePrice)
        let sign: Int128 = order.request.side == .buy ? 1 : -1
        let number = order.id.number
        ledger.beginTransaction()
        try ledger.transfer(
            Amount(units: sign * amount), from: marketBase[index], to: base, cause: .price, at: fill.time,
            order: number)
        try ledger.transfer(
            Amount(units: sign * reference), from: quote, to: marketQuote[index], cause: .price,
            at: fill.time, order: number)
        try ledger.transfer(
            Amount(units: sign * (notional - reference)), from: quote, to: marketQuote[index],
            cause: .slippage, at: fill.time, order: number)
        try ledger.transfer(
            fill.fee, from: quote, to: feeAccounts[index], cause: .fees, at: fill.time, order: number)
        if ledger.balance(of: quote).units < 0 { overdraftFlag.value = true }
    }

    private func enqueue(
        _ update: OrderUpdate, _ book: Int, _ due: Instant, positionChange: Int64 = 0, workingChange: Int64 = 0
    ) {
        news.append(
            StrategyNews(
                due: due, book: Int32(truncatingIfNeeded: book), update: update, positionChange: positionChange,
                workingChange: workingChange))
    }

    private func deliverNews(to book: Int, _ context: inout StrategyContext) {
        var (index, kept) = (0, 0)
        while index < news.count {
            let item = news[index]
            index += 1
            if Int(item.book) != book || item.due > now {
                news[kept] = item
                kept += 1
                continue
            }
            let place = item.update.order.request.instrument
            desks[book].changePosition(of: place, by: item.positionChange)
            desks[book].changeWorking(of: place, by: item.workingChange)
            strategies[book].receive(update: item.update, &context)
        }
        news.truncate(to: kept)
    }

    /// Takes what a strategy asked for through the risk gate.
    private func processAsks(of book: Int) throws {
        let asks = desks[book].asks
        for index in 0..<asks.count {
            switch asks[index] {
            case .submit(let id, let request): try submit(id, request, book)
            case .cancel(let id):
                guard isTradingAllowed, let order = orders[id], order.strategy == book else {
                    try refuse(id, book)
                    continue
                }
                try log.append(.cancelRequested(id), at: now)
                send(.cancel(id, of: order.request.instrument))
            case .amend(let id, let quantity, let type):
                guard isTradingAllowed, let order = orders[id], order.strategy == book else {
                    try refuse(id, book)
                    continue
                }
                var request = order.request
                request.quantity = quantity
                request.type = type
                try log.append(.amendRequested(id, quantity: quantity, type: type), at: now)
                if let reason = RiskGate.malformed(request, terms[request.instrument.position]) {
                    try apply(.refused(id, reason), knownAt: now)
                } else {
                    send(.amend(id, of: request.instrument, quantity: quantity, type: type))
                }
            }
        }
        asks.removeAll()
    }

    /// A cancel or amend of an order that does not work: recorded, not sent.
    private func refuse(_ id: OrderID, _ book: Int) throws {
        if isTradingAllowed { try log.append(.requestRefused(id, .notWorking), at: now) }
    }

    private func submit(_ id: OrderID, _ request: OrderRequest, _ book: Int) throws {
        guard isTradingAllowed else {
            desks[book].changeWorking(of: request.instrument, by: -request.signedQuantity)
            return
        }
        var order = Order(id: id, strategy: book, request: request, decidedAt: now)
        try log.append(.orderSubmitted(id, request, strategy: book), at: now)
        let instrument = terms[request.instrument.position]
        let place = book * instrumentCount + request.instrument.position
        let situation = RiskSituation(
            position: positions[place].quantity, workingSells: Quantity(mantissa: workingSells[place]),
            workingOrders: workingCount[book],
            lastPrice: try marks.lastPrice(request.instrument.position),
            quoteBalance: ledger.balance(of: quoteAccounts[place]),
            allowsShortSpot: setup.allowsShortSpot, allowsOverdraft: setup.allowsOverdraft)
        if let reason = gate.refusal(of: request, instrument: instrument, in: situation) {
            try order.move(to: .rejected, reason: reason)
            try log.append(.orderMoved(id, .rejected, reason), at: now)
            refusals[Int(reason.rawValue)] += 1
            enqueue(
                OrderUpdate(order: order, reason: reason), book, now, workingChange: -request.signedQuantity)
            return
        }
        try order.move(to: .submitting)
        try order.move(to: .submitted)
        orders.insert(order)
        workingCount[book] += 1
        if request.side == .sell { changeWorkingSells(place, by: request.quantity.mantissa) }
        send(.submit(id, request, strategy: book))
    }
}

/// What a fill changed, for results.
public struct AppliedFill: Hashable, Sendable, BitwiseCopyable {
    /// The order after the fill.
    public let order: Order
    /// The fill.
    public let fill: FillReport
    /// What it did to the position.
    public let change: Position.Change
    /// The position after it.
    public let position: Position
}
