public import Markets
public import Trading
public import Units

/// What a strategy asked for, waiting for the risk gate.
@usableFromInline package enum StrategyAsk: Hashable, Sendable, BitwiseCopyable {
    case submit(OrderID, OrderRequest)
    case cancel(OrderID)
    case amend(OrderID, quantity: Quantity, type: OrderType)
    /// A transfer, by its place among the desk's ``StrategyDesk/transfers``.
    case transfer(Int)
    /// An atomic group, by its place among the desk's ``StrategyDesk/groups``.
    case operate(Int)
    /// What is changed and why, for the log.
    case explain(PositionAction, RebalanceReason)
}

/// The state behind a ``StrategyContext``, owned and written by the engine.
@usableFromInline package struct StrategyDesk: ~Copyable {
    @usableFromInline package var now = Instant.distantPast
    @usableFromInline package let asks = EventQueue<StrategyAsk>()
    package var nextOrder: UnsafeMutablePointer<UInt64>
    package let instruments: [Instrument]
    @usableFromInline package let positions: FixedArray<Int64>
    @usableFromInline package let working: FixedArray<Int64>
    package var history: [BarHistory]
    /// Transfers asked for and not yet taken up.
    package var transfers: [TransferAsk] = []
    package var nextTransfer: UInt64 = 1
    /// The strategy's accounts; nil before the run begins.
    package var accounts: (any AccountBook)?
    /// Atomic groups asked for and not yet taken up.
    package var groups: [GroupAsk] = []
    package var nextGroup: UInt64 = 1
    /// What the strategy sees of protocols; nil in runs without.
    package var protocols: (any ProtocolBook)?
    /// What monitors say of the strategy's account; nil in runs without contracts and protocols.
    package var monitors: (any MonitorBook)?

    package init(
        instruments: [Instrument], barHistory: Int, nextOrder: UnsafeMutablePointer<UInt64>
    ) {
        self.instruments = instruments
        self.nextOrder = nextOrder
        positions = FixedArray(repeating: 0, count: instruments.count)
        working = FixedArray(repeating: 0, count: instruments.count)
        history = barHistory == 0 ? [] : instruments.map { _ in BarHistory(capacity: barHistory) }
    }

    /// Changes the working quantity of an instrument; what does not fit changes nothing, and ends the run
    /// where it reaches the ledger.
    package func changeWorking(of instrument: InstrumentIndex, by change: Int64) {
        let (sum, overflow) = working[instrument.position].addingReportingOverflow(change)
        if !overflow { working[instrument.position] = sum }
    }

    /// Changes the known position of an instrument.
    package func changePosition(of instrument: InstrumentIndex, by change: Int64) {
        let (sum, overflow) = positions[instrument.position].addingReportingOverflow(change)
        if !overflow { positions[instrument.position] = sum }
    }
}

/// What a strategy sees and may ask for during one call. Not to be kept after the call.
public struct StrategyContext: ~Copyable {
    @usableFromInline let desk: UnsafeMutablePointer<StrategyDesk>

    @inlinable package init(desk: UnsafeMutablePointer<StrategyDesk>) { self.desk = desk }

    /// The time of this step; the only clock a strategy has.
    public var now: Instant { desk.pointee.now }

    /// Number of instruments in the run.
    public var instrumentCount: Int { desk.pointee.instruments.count }

    /// An instrument's units and steps.
    public func instrument(_ index: InstrumentIndex) -> Instrument {
        desk.pointee.instruments[index.position]
    }

    /// The strategy's signed position of an instrument, by the fills that were reported to it.
    @inlinable public func position(of index: InstrumentIndex) -> Quantity {
        Quantity(mantissa: desk.pointee.positions[index.position])
    }

    /// Signed quantity of its orders of an instrument that are still to fill, as far as it was told.
    @inlinable public func working(of index: InstrumentIndex) -> Quantity {
        Quantity(mantissa: desk.pointee.working[index.position])
    }

    /// Closed bars of an instrument, oldest first, at most as many as the descriptor's `barHistory`.
    public func bars(of index: InstrumentIndex) -> BarWindow {
        guard index.position < desk.pointee.history.count else { return BarWindow(bars: [][...]) }
        return BarWindow(bars: desk.pointee.history[index.position].window)
    }

    /// Asks for an order. Its number is valid at once, for ``cancel(_:)`` and in later updates; whether it
    /// is accepted comes as an update.
    @discardableResult
    public mutating func submit(_ request: OrderRequest) -> OrderID {
        let id = OrderID(desk.pointee.nextOrder.pointee)
        desk.pointee.nextOrder.pointee += 1
        desk.pointee.asks.append(.submit(id, request))
        desk.pointee.changeWorking(of: request.instrument, by: request.signedQuantity)
        return id
    }

    /// Asks to move an amount of an asset (at its ledger scale) between two venues, or a venue and
    /// ``Venue/wallet``. It leaves at once, and arrives after the run's `execution.transfer.delay`, less its
    /// cost; what becomes of it comes as ``Strategy/receive(account:_:)``. With no delay it has arrived
    /// before the orders that are asked for after it are looked at.
    @discardableResult
    public mutating func transfer(
        _ amount: Amount, of asset: Asset, from source: Venue, to target: Venue
    ) -> TransferID {
        let id = TransferID(desk.pointee.nextTransfer)
        desk.pointee.nextTransfer += 1
        desk.pointee.asks.append(.transfer(desk.pointee.transfers.count))
        desk.pointee.transfers.append(
            TransferAsk(id: id, amount: amount, asset: asset, source: source, target: target))
        return id
    }

    /// Asks for operations on a chain that happen together or not at all. They are carried out at this
    /// moment, on the state that the strategy sees, after all strategies decided; what became of them comes
    /// as ``AccountUpdate/groupEnded(_:)`` before the next decision.
    @discardableResult
    public mutating func operate(_ group: OperationGroup) -> GroupID {
        let id = GroupID(desk.pointee.nextGroup)
        desk.pointee.nextGroup += 1
        desk.pointee.asks.append(.operate(desk.pointee.groups.count))
        desk.pointee.groups.append(GroupAsk(id: id, group: group))
        return id
    }

    /// The strategy's accounts.
    package var accounts: (any AccountBook)? { desk.pointee.accounts }
    /// What it sees of protocols.
    package var protocols: (any ProtocolBook)? { desk.pointee.protocols }
    /// What monitors say of its account.
    package var monitors: (any MonitorBook)? { desk.pointee.monitors }

    /// Asks for something that changes no account.
    mutating func note(_ ask: StrategyAsk) { desk.pointee.asks.append(ask) }

    /// Asks to withdraw an order.
    public mutating func cancel(_ order: OrderID) { desk.pointee.asks.append(.cancel(order)) }

    /// Asks to change quantity and prices of a working order.
    public mutating func amend(_ order: OrderID, quantity: Quantity, type: OrderType) {
        desk.pointee.asks.append(.amend(order, quantity: quantity, type: type))
    }

    /// Asks for one market order that brings position and working orders to a target; nil when they are
    /// already there.
    @discardableResult
    @inlinable @inline(__always)
    public mutating func target(_ target: Quantity, of index: InstrumentIndex) -> OrderID? {
        let (held, open) = (position(of: index).mantissa, working(of: index).mantissa)
        let (expected, one) = held.addingReportingOverflow(open)
        let (difference, two) = target.mantissa.subtractingReportingOverflow(expected)
        if one || two || difference == 0 { return nil }
        return trade(difference, of: index)
    }

    /// Asks for a market order of a signed quantity.
    @usableFromInline @inline(never)
    mutating func trade(_ signed: Int64, of index: InstrumentIndex) -> OrderID {
        let quantity = Quantity(mantissa: Int64(clamping: signed.magnitude))
        return submit(OrderRequest(signed > 0 ? .buy : .sell, quantity, of: index))
    }
}
