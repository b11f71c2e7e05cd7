internal import Accounting
internal import Events
internal import Markets
internal import Risk
internal import StrategyKit
public import Trading
public import Units

extension Engine {
    /// Books a report of the venue: order, position, ledger, log. The strategy hears of it at the first
    /// decision at or after `knownAt`. What a fill changed is given, in place until the next report.
    @discardableResult
    public func apply(_ report: VenueReport, knownAt: Instant) throws -> UnsafePointer<AppliedFill>? {
        switch report {
        case .accepted(let id): try move(id, to: .accepted, .none, knownAt)
        case .rejected(let id, let reason): try move(id, to: .rejected, reason, knownAt)
        case .cancelled(let id, let reason): try move(id, to: .cancelled, reason, knownAt)
        case .expired(let id, let reason): try move(id, to: .expired, reason, knownAt)
        case .refused(let id, let reason):
            try log.append(.requestRefused(id, reason), at: now)
            if let order = orders.place(of: id) { enqueue(order, due: knownAt, reason: reason) }
        case .amended(let id, let quantity, let type):
            guard let order = orders.place(of: id) else { throw EngineError.unknownOrder(id.number) }
            let change = quantity.mantissa - order.pointee.request.quantity.mantissa
            try order.pointee.amend(quantity: quantity, type: type)
            try log.append(.orderAmended(id, quantity: quantity, type: type), at: now)
            changeWorking(order.pointee, by: change)
            enqueue(order, due: knownAt).pointee.workingChange = order.pointee.request.side.sign * change
        case .filled(let fill): return try book(fill, knownAt: knownAt)
        }
        return nil
    }

    func move(
        _ id: OrderID, to status: OrderStatus, _ reason: OrderReason, _ knownAt: Instant
    ) throws {
        guard let order = orders.place(of: id) else { throw EngineError.unknownOrder(id.number) }
        try order.pointee.move(to: status, reason: reason)
        try log.append(.orderMoved(id, status, reason), at: now)
        let item = enqueue(order, due: knownAt, reason: reason)
        guard status.isTerminal else { return }
        let leaves = order.pointee.leaves.mantissa
        changeWorking(order.pointee, by: -leaves)
        workingCount[order.pointee.strategy] -= 1
        item.pointee.workingChange = -order.pointee.request.side.sign * leaves
        orders.remove(id)
    }

    /// Quantity of working buys or sells, for the risk gate.
    func changeWorking(_ order: Order, by change: Int64) {
        let index = order.strategy * instrumentCount + order.request.instrument.position
        let place = (order.request.side == .buy ? workingBuys.pointer : workingSells.pointer) + index
        let (sum, overflow) = place.pointee.addingReportingOverflow(change)
        if !overflow { place.pointee = sum }
    }

    func book(_ fill: FillReport, knownAt: Instant) throws -> UnsafePointer<AppliedFill> {
        guard let working = orders.place(of: fill.order) else {
            throw EngineError.unknownOrder(fill.order.number)
        }
        try working.pointee.fill(fill.quantity)
        let order = working.pointee
        let index = order.request.instrument
        let place = order.strategy * instrumentCount + index.position
        let signed = order.request.side == .buy ? fill.quantity : -fill.quantity
        let change = try positions.pointer[place].fill(signed, at: fill.price)
        changeWorking(order, by: -fill.quantity.mantissa)
        let realized = try post(fill, order)
        // Where venues have balances of their own, what is there may have come by a transfer.
        if positions[place].quantity.mantissa < 0, terms[index.position].isSpot,
            contracts == nil || ledger.balance(of: baseAccounts[place]).units < 0
        {
            shortSpotFlag.value = true
        }
        try log.append(.orderFilled(fill), at: now)
        let item = enqueue(working, due: knownAt)
        item.pointee.update.fill = fill
        item.pointee.positionChange = signed.mantissa
        item.pointee.workingChange = -signed.mantissa
        if order.status.isTerminal {
            workingCount[order.strategy] -= 1
            orders.remove(order.id)
        }
        applied.initialize(
            to: AppliedFill(
                order: order, fill: fill, change: change, position: positions[place], realized: realized,
                reason: .none))
        return UnsafePointer(applied)
    }

    /// The postings of a spot fill: base against quote at the reference price, slippage and fee apart. Those
    /// of a contract stand apart; what they realise is returned.
    func post(_ fill: FillReport, _ order: Order) throws -> Amount? {
        let index = order.request.instrument.position
        let instrument = terms[index]
        if instrument.isContract, let contracts { return try postContract(fill, order, contracts) }
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
        return nil
    }

    /// News of an order as it stands, for its strategy, written in place; what else the news tells is set on
    /// the place that it gives, before the next news.
    @discardableResult
    func enqueue(
        _ order: UnsafePointer<Order>, due: Instant, reason: OrderReason = .none
    ) -> UnsafeMutablePointer<StrategyNews> {
        let item = news.claim()
        hasMore.value = true
        item.pointee.due = due
        item.pointee.book = Int32(truncatingIfNeeded: order.pointee.strategy)
        item.pointee.update.order = order.pointee
        item.pointee.update.fill = nil
        item.pointee.update.reason = reason
        item.pointee.positionChange = 0
        item.pointee.workingChange = 0
        return item
    }

    func deliverNews(to book: Int) {
        let desk = desks + book
        var (index, kept) = (0, 0)
        while index < news.count {
            let item = news.place(index)
            if Int(item.pointee.book) != book || item.pointee.due > now {
                if kept != index { news.place(kept).pointee = item.pointee }
                kept += 1
            } else {
                let place = item.pointee.update.order.request.instrument
                desk.pointee.changePosition(of: place, by: item.pointee.positionChange)
                desk.pointee.changeWorking(of: place, by: item.pointee.workingChange)
                strategies[book].updated(&item.pointee.update, desk)
            }
            index += 1
        }
        news.truncate(to: kept)
    }
}

extension Engine {
    /// What the sink of the log was not handed yet: whole records, the beginning of the next block.
    public var logTail: [UInt8] { log.tail }
}
