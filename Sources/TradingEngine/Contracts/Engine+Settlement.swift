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

    /// The index price of a contract became known now. It stands in for the mark where that is older than an
    /// hour, or not known at all, until a mark is known again.
    package func observe(index price: ExactDecimal, of instrument: InstrumentIndex) throws {
        let place = instrument.position
        guard let contracts, contracts.numbers[place] != nil, price > .zero else { return }
        contracts.indexPrices[place] = IndexPrice(price: price, time: now)
        if let mark = contracts.mark(of: place), !contracts.isIndexMark[place],
            now.since(mark.time) <= IndexPrice.staleAge
        {
            return
        }
        if contracts.accounts.indices.contains(where: { contracts.position(of: place, book: $0) != 0 }) {
            contracts.record.indexMarks += 1
        }
        try marks.standIn(price, for: place, ledger)
        contracts.priced(place, at: now, isIndex: true)
    }

    /// Moves the mark of a contract to a price at its own scale, to look at its margin there.
    package func move(mark price: Int64, of instrument: InstrumentIndex) throws(LedgerError) {
        try marks.set(marks.states.pointer + instrument.position, instrument.position, price, ledger)
    }

    /// The last index price of a contract at its fill price scale; nil where it is stale at a moment, or
    /// none is known.
    package func freshIndex(
        of instrument: InstrumentIndex, at moment: Instant
    ) throws(ArithmeticOverflow) -> Price? {
        guard let index = contracts?.indexPrices[instrument.position], !index.isStale(at: moment) else {
            return nil
        }
        let scale = terms[instrument.position].fillPriceScale
        let mantissa = try index.price.mantissa(at: scale, rounding: .halfEven)
        return Int64(exactly: mantissa).map { Price(mantissa: $0) }
    }

    /// The mark price of a contract at its fill price scale, at which it is closed; nil before the first.
    package func closingPrice(of instrument: InstrumentIndex) throws(ArithmeticOverflow) -> Price? {
        try marks.lastPrice(instrument.position)
    }

    /// The positions of a dated future went on in the next: from now on it takes only orders that reduce.
    package func markRolled(_ instrument: InstrumentIndex) {
        contracts?.isRolled[instrument.position] = true
    }

    /// A dated future is settled and takes no more orders.
    package func markExpired(_ instrument: InstrumentIndex) {
        contracts?.isExpired[instrument.position] = true
    }
}
