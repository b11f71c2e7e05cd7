package import Accounting
internal import Events
package import Markets
internal import StrategyKit
package import Trading
package import Units

extension Engine {
    /// The mark of an instrument was fixed by data of a moment.
    package func priced(_ instrument: InstrumentIndex, at time: Instant) {
        contracts?.priced(instrument.position, at: time)
    }

    /// The book's balances of a run with contracts that are not nothing, those on their way last.
    package func venueBalances(book: Int) -> [(venue: Venue, asset: Asset, account: AccountIndex)] {
        guard let plan = contracts?.plan else { return [] }
        var balances = zip(plan.slots, plan.balances[book]).map {
            (venue: $0.venue, asset: $0.asset, account: $1)
        }
        for (index, account) in plan.isolated[book].enumerated() {
            guard let account else { continue }
            let slot = plan.slots[plan.settlementSlots[index]]
            balances.append((venue: slot.venue, asset: slot.asset, account: account))
        }
        for (unit, account) in plan.transit[book].enumerated() {
            guard let account else { continue }
            balances.append((venue: .transit, asset: self.plan.units[unit].asset, account: account))
        }
        return balances
    }

    /// The account of a contract's cost; nil for what is not a contract.
    package func cost(of instrument: InstrumentIndex, book: Int) -> AccountIndex? {
        contracts?.plan.costs[book][instrument.position]
    }

    /// Books funding that a venue settled.
    package func settle(_ funding: FundingReport, book: Int) throws {
        guard let contracts else { return }
        let index = funding.instrument.position
        let unit = contracts.plan.slots[contracts.plan.settlementSlots[index]].unit
        guard let outside = contracts.plan.funding[unit] else { return }
        ledger.beginTransaction()
        try ledger.transfer(
            funding.amount, from: outside, to: contracts.collateral(of: index, book: book),
            cause: .funding, at: now)
        try log.append(.fundingSettled(funding, strategy: book), at: now)
        contracts.record.fundingPayments += 1
        tell(.fundingSettled(funding), to: book)
    }

    /// A venue warns of a margin account.
    package func callMargin(_ account: MarginAccount, _ place: Int, _ state: MarginState) throws {
        guard let contracts else { return }
        contracts.isCalled[account.book][place] = true
        contracts.record.marginCalls += 1
        try log.append(
            .marginCalled(
                strategy: account.book, account: account.slot, equity: Amount(units: state.equity),
                notional: Amount(units: state.notional)), at: now)
        tell(.marginCalled(contracts.view(of: account, state)), to: account.book)
    }

    /// A venue no longer needs to warn of a margin account.
    package func clearMarginCall(_ account: MarginAccount, _ place: Int) {
        contracts?.isCalled[account.book][place] = false
    }

    /// Whether the holder of a margin account was warned and has not recovered.
    package func isCalled(_ account: MarginAccount, _ place: Int) -> Bool {
        contracts?.isCalled[account.book][place] ?? false
    }

    /// Books that a venue closed a position, or part of one, at a price: a fill of an order of its own.
    ///
    /// - Parameters:
    ///   - quantity: how much, positive, at most the position.
    ///   - price: at the instrument's fill price scale.
    ///   - reason: ``OrderReason/liquidated``, which costs the liquidation fee as far as the account reaches,
    ///     or ``OrderReason/expired``.
    package func close(
        _ instrument: InstrumentIndex, book: Int, quantity: Quantity, at price: Price, reason: OrderReason
    ) throws -> AppliedFill? {
        guard let contracts else { return nil }
        let index = instrument.position
        let held = contracts.position(of: index, book: book)
        if held == 0 || quantity.mantissa <= 0 { return nil }
        let side: Side = held > 0 ? .sell : .buy
        var order = Order(
            id: OrderID(orderCounter.pointee), strategy: book,
            request: OrderRequest(side, quantity, of: instrument, isReduceOnly: true), decidedAt: now)
        orderCounter.pointee += 1
        try order.move(to: .submitting)
        try order.move(to: .submitted)
        try order.fill(quantity)
        let fill = FillReport(
            order: order.id, time: now, quantity: quantity, price: price, referencePrice: price,
            fee: .zero, liquidity: .taker)
        let signed = side == .buy ? quantity : -quantity
        let place = book * instrumentCount + index
        let change = try positions.pointer[place].fill(signed, at: price)
        let isForced = reason == .liquidated
        let realized = try postContract(fill, order, contracts, isForced: isForced)
        let penalty = isForced ? try takePenalty(fill, order, contracts) : .zero
        if isForced { contracts.record.liquidations += 1 }
        try log.append(
            .positionClosed(
                fill, instrument: instrument, side: side, strategy: book, reason: reason, penalty: penalty),
            at: now)
        withUnsafePointer(to: order) { place in
            let item = enqueue(place, due: now, reason: reason)
            item.pointee.update.fill = fill
            item.pointee.positionChange = signed.mantissa
        }
        tell(isForced ? .liquidated(instrument) : .expired(instrument), to: book)
        return AppliedFill(
            order: order, fill: fill, change: change, position: positions[place], realized: realized,
            reason: reason)
    }

    /// The liquidation fee, as far as what backs the position reaches, to the venue's insurance.
    private func takePenalty(
        _ fill: FillReport, _ order: Order, _ contracts: ContractBooks
    ) throws -> Amount {
        let index = order.request.instrument.position
        let unit = contracts.plan.slots[contracts.plan.settlementSlots[index]].unit
        guard let numbers = contracts.numbers[index], let rates = contracts.rates[index],
            let insurance = contracts.plan.insurance[unit]
        else { return .zero }
        let notional = try numbers.notional(
            Int128(fill.quantity.mantissa), at: fill.price.mantissa, terms[index].fillPriceScale)
        let collateral = contracts.collateral(of: index, book: order.strategy)
        let free = max(0, ledger.balance(of: collateral).units)
        let penalty = Amount(units: min(try rates.closingFee(notional), free))
        try ledger.transfer(
            penalty, from: collateral, to: insurance, cause: .liquidation, at: now, order: order.id.number)
        return penalty
    }

    /// Ends a liquidation: once nothing is left open, the venue's insurance pays what the account cannot,
    /// and what is left of isolated margin returns to the balance.
    package func finishLiquidation(of account: MarginAccount) throws {
        guard let contracts, !contracts.hasPositions(account) else { return }
        let unit = contracts.plan.slots[account.slot].unit
        let missing = -ledger.balance(of: account.collateral).units
        if missing > 0, let insurance = contracts.plan.insurance[unit] {
            contracts.record.bankruptcies += 1
            ledger.beginTransaction()
            try ledger.transfer(
                Amount(units: missing), from: insurance, to: account.collateral, cause: .liquidation, at: now)
            try log.append(
                .insurancePaid(strategy: account.book, account: account.slot, amount: Amount(units: missing)),
                at: now)
        }
        let balance = contracts.plan.balances[account.book][account.slot]
        guard balance != account.collateral else { return }
        ledger.beginTransaction()
        try ledger.transfer(
            ledger.balance(of: account.collateral), from: account.collateral, to: balance, cause: .price,
            at: now)
    }

    /// The mark price of a contract at its fill price scale, at which it is closed; nil before the first.
    package func closingPrice(of instrument: InstrumentIndex) throws(ArithmeticOverflow) -> Price? {
        try marks.lastPrice(instrument.position)
    }

    /// A dated future is settled and takes no more orders.
    package func markExpired(_ instrument: InstrumentIndex) {
        contracts?.isExpired[instrument.position] = true
    }
}
