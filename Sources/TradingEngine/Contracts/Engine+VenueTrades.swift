internal import Accounting
internal import Events
package import Markets
internal import StrategyKit
package import Trading
package import Units

/// A trade that a venue makes with a position of its own accord, or by the terms of its contract.
package struct VenueTrade {
    package let instrument: InstrumentIndex
    package let book: Int
    package let side: Side
    /// Positive; of a closing trade at most the position.
    package let quantity: Quantity
    /// At the instrument's fill price scale.
    package let price: Price
    /// What the price is held against: the mark, or the market's last price.
    package let reference: Price
    package let fee: Amount
    package let reason: OrderReason

    /// A trade; at its reference price and without a fee unless given.
    package init(
        _ side: Side, _ quantity: Quantity, of instrument: InstrumentIndex, book: Int, at price: Price,
        reference: Price? = nil, fee: Amount = .zero, reason: OrderReason
    ) {
        (self.instrument, self.book, self.side, self.quantity) = (instrument, book, side, quantity)
        (self.price, self.reference, self.fee, self.reason) = (price, reference ?? price, fee, reason)
    }
}

extension Engine {
    /// Books that a venue closed a position, or part of one: a fill of an order of its own.
    ///
    /// - Parameter trade: against the position, with the reason ``OrderReason/liquidated``, which costs the
    ///   liquidation fee as far as the account reaches, ``OrderReason/deleveraged`` or
    ///   ``OrderReason/expired``.
    package func close(_ trade: VenueTrade) throws -> AppliedFill? {
        guard let contracts, trade.quantity.mantissa > 0 else { return nil }
        let applied = try book(trade, contracts)
        let isForced = trade.reason == .liquidated
        let penalty = isForced ? try takePenalty(applied.fill, applied.order, contracts) : .zero
        if isForced { contracts.record.liquidations += 1 }
        try log.append(
            .positionClosed(
                applied.fill, instrument: trade.instrument, side: trade.side, strategy: trade.book,
                reason: trade.reason, penalty: penalty), at: now)
        switch trade.reason {
        case .liquidated: tell(.liquidated(trade.instrument), to: trade.book)
        case .deleveraged: tell(.deleveraged(trade.instrument), to: trade.book)
        default: tell(.expired(trade.instrument), to: trade.book)
        }
        return applied
    }

    /// Books that a position goes on in another contract: both trades in one step, or neither.
    ///
    /// - Returns: both fills; nil when the account does not carry the next contract.
    package func roll(closing: VenueTrade, opening: VenueTrade) throws -> [AppliedFill]? {
        guard let contracts, try carries(closing, opening, contracts) else { return nil }
        let fills = [try book(closing, contracts), try book(opening, contracts)]
        contracts.record.rolls += 1
        try log.append(
            .positionRolled(
                closing: fills[0].fill, of: closing.instrument, opening: fills[1].fill,
                into: opening.instrument, side: closing.side, strategy: closing.book), at: now)
        tell(.rolled(closing.instrument, into: opening.instrument), to: closing.book)
        return fills
    }

    /// A position was to go on in another contract, and its account does not carry that.
    package func refuseRoll(of instrument: InstrumentIndex, book: Int) {
        contracts?.record.refusedRolls += 1
        tell(.rollRefused(instrument), to: book)
    }

    /// Whether equity, less what the roll costs, covers the initial margin of all positions with the one in
    /// its new contract; with isolated margin, whether what the old position frees and the balance cover it.
    private func carries(
        _ closing: VenueTrade, _ opening: VenueTrade, _ contracts: ContractBooks
    ) throws(ArithmeticOverflow) -> Bool {
        let (old, next, book) = (closing.instrument.position, opening.instrument.position, closing.book)
        guard let account = contracts.account(of: old, book: book) else { return false }
        let added = Int128(opening.side.sign) * Int128(opening.quantity.mantissa)
        let after = contracts.position(of: next, book: book) + added
        let costs = closing.fee.units + opening.fee.units
        let equity = try contracts.state(of: account).equity - costs
        if contracts.rules.marginMode == .isolated {
            var (with, without) = (MarginState(equity: 0), MarginState(equity: 0))
            try contracts.add(next, book, quantity: after, to: &with)
            try contracts.add(next, book, quantity: nil, to: &without)
            let free = try free(of: account.slot, book, contracts)
            return with.initial - without.initial <= free + equity
        }
        var state = MarginState(equity: 0)
        for other in account.instruments where other != old {
            let size =
                other == next
                ? max(after < 0 ? -after : after, exposure(of: next, book, contracts, adding: 0))
                : exposure(of: other, book, contracts, adding: 0)
            try contracts.add(other, book, quantity: size, to: &state)
        }
        return state.initial <= equity - (try spotBuys(from: account.slot, book, contracts))
    }

    /// Books a venue's own trade as a fill of an order of its own, and tells its strategy.
    private func book(_ trade: VenueTrade, _ contracts: ContractBooks) throws -> AppliedFill {
        let held = contracts.position(of: trade.instrument.position, book: trade.book)
        let reduces = held != 0 && (held > 0) == (trade.side == .sell)
        var order = Order(
            id: OrderID(orderCounter.pointee), strategy: trade.book,
            request: OrderRequest(
                trade.side, trade.quantity, of: trade.instrument, isReduceOnly: reduces), decidedAt: now)
        orderCounter.pointee += 1
        try order.move(to: .submitting)
        try order.move(to: .submitted)
        try order.fill(trade.quantity)
        let fill = FillReport(
            order: order.id, time: now, quantity: trade.quantity, price: trade.price,
            referencePrice: trade.reference, fee: trade.fee, liquidity: .taker)
        let signed = trade.side == .buy ? trade.quantity : -trade.quantity
        let place = trade.book * instrumentCount + trade.instrument.position
        let change = try positions.pointer[place].fill(signed, at: trade.price)
        let isLoss = trade.reason == .liquidated || trade.reason == .deleveraged
        let realized = try postContract(
            fill, order, contracts, isForced: trade.reason == .liquidated,
            difference: isLoss ? .liquidation : .slippage)
        withUnsafePointer(to: order) { place in
            let item = enqueue(place, due: now, reason: trade.reason)
            item.pointee.update.fill = fill
            item.pointee.positionChange = signed.mantissa
        }
        return AppliedFill(
            order: order, fill: fill, change: change, position: positions[place], realized: realized,
            reason: trade.reason)
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
        try contracts.changeFund(contracts.plan.settlementSlots[index], by: penalty.units)
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
            try contracts.changeFund(account.slot, by: -missing)
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
}
