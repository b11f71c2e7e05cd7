internal import Accounting
internal import Markets
internal import Risk
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// Why the accounts of a run with contracts do not carry an order; nil when they do.
    ///
    /// A contract's order passes when it cannot make the position larger, or when the equity of its margin
    /// account covers the initial margin of all positions and working orders, it included. A spot purchase
    /// needs its notional free in the venue's balance.
    func accountRefusal(
        of request: OrderRequest, _ book: Int, _ contracts: ContractBooks
    ) throws -> OrderReason? {
        let index = request.instrument.position
        if contracts.isExpired[index] { return .expired }
        if terms[index].isContract {
            return try marginRefusal(of: request, book, contracts)
        }
        guard terms[index].isSpot, request.side == .buy, !request.isReduceOnly,
            let price = try marks.lastPrice(index)
        else { return nil }
        let bound: Price =
            switch request.type {
            case .limit(let limit), .stop(let limit), .stopLimit(_, let limit):
                Price(mantissa: try scaled(limit, index))
            case .market, .trailingStop: price
            }
        let need = try terms[index].notional(request.quantity, bound, rounding: .up)
        let slot = contracts.plan.settlementSlots[index]
        return try need <= free(of: slot, book, contracts) ? nil : .insufficientFunds
    }

    /// Why the accounts do not carry an amended order: it is looked at as a new one of what it adds.
    func accountRefusal(
        ofAmending order: Order, _ quantity: Quantity, _ type: OrderType, _ contracts: ContractBooks
    ) throws -> OrderReason? {
        let added = quantity.mantissa - order.request.quantity.mantissa
        if added <= 0 { return nil }
        var request = order.request
        (request.quantity, request.type) = (Quantity(mantissa: added), type)
        return try accountRefusal(of: request, order.strategy, contracts)
    }

    private func scaled(_ price: Price, _ index: Int) throws(ArithmeticOverflow) -> Int64 {
        let (result, overflow) = price.mantissa.multipliedReportingOverflow(by: terms[index].fillPriceFactor)
        if overflow { throw ArithmeticOverflow("a limit price") }
        return result
    }

    private func marginRefusal(
        of request: OrderRequest, _ book: Int, _ contracts: ContractBooks
    ) throws(ArithmeticOverflow) -> OrderReason? {
        let index = request.instrument.position
        if request.isReduceOnly { return nil }
        let before = exposure(of: index, book, contracts, adding: 0)
        let after = exposure(of: index, book, contracts, adding: request.signedQuantity)
        if after <= before { return nil }
        if contracts.isRolled[index] { return .rolled }
        guard let account = contracts.account(of: index, book: book) else { return .insufficientMargin }
        if contracts.rules.marginMode == .isolated {
            // Only what the order adds is to be paid, and only by what is free.
            var (with, without) = (MarginState(equity: 0), MarginState(equity: 0))
            try contracts.add(index, book, quantity: after, to: &with)
            try contracts.add(index, book, quantity: before, to: &without)
            let free = try free(of: account.slot, book, contracts)
            return with.initial - without.initial <= free ? nil : .insufficientMargin
        }
        var state = MarginState(equity: ledger.balance(of: account.collateral).units)
        for other in account.instruments {
            let size = other == index ? after : exposure(of: other, book, contracts, adding: 0)
            try contracts.add(other, book, quantity: size, to: &state)
        }
        let reserved = try spotBuys(from: account.slot, book, contracts)
        return state.initial <= state.equity - reserved ? nil : .insufficientMargin
    }

    /// The largest position, by size, that working orders can make of one.
    func exposure(
        of index: Int, _ book: Int, _ contracts: ContractBooks, adding signed: Int64
    ) -> Int128 {
        let place = book * instrumentCount + index
        let held = contracts.position(of: index, book: book)
        let up = held + Int128(workingBuys[place]) + Int128(max(0, signed))
        let down = held - Int128(workingSells[place]) + Int128(min(0, signed))
        return max(abs(up), abs(down))
    }

    /// What may leave a balance: what is held, and no more than equity above the initial margin of positions
    /// and working orders; less what working spot purchases will pay.
    func free(of slot: Int, _ book: Int, _ contracts: ContractBooks) throws(ArithmeticOverflow) -> Int128 {
        let balance = ledger.balance(of: contracts.plan.balances[book][slot]).units
        let reserved = try spotBuys(from: slot, book, contracts)
        var free = balance - reserved
        for account in contracts.accounts[book] where account.slot == slot {
            if contracts.rules.marginMode == .isolated {
                let index = account.instruments[0]
                var (with, without) = (MarginState(equity: 0), MarginState(equity: 0))
                try contracts.add(
                    index, book, quantity: exposure(of: index, book, contracts, adding: 0), to: &with)
                try contracts.add(index, book, quantity: nil, to: &without)
                free -= max(0, with.initial - without.initial)
                continue
            }
            var state = MarginState(equity: balance)
            for index in account.instruments {
                try contracts.add(
                    index, book, quantity: exposure(of: index, book, contracts, adding: 0), to: &state)
            }
            if state.notional > 0 { free = min(free, state.equity - state.initial - reserved) }
        }
        return free
    }

    /// What working spot purchases will take out of a balance at the last prices.
    func spotBuys(
        from slot: Int, _ book: Int, _ contracts: ContractBooks
    ) throws(ArithmeticOverflow) -> Int128 {
        var sum: Int128 = 0
        for index in 0..<instrumentCount
        where terms[index].isSpot && contracts.plan.settlementSlots[index] == slot {
            let working = workingBuys[book * instrumentCount + index]
            guard working > 0, let price = try marks.lastPrice(index) else { continue }
            let notional = try terms[index].notional(Quantity(mantissa: working), price, rounding: .up)
            sum = try WideArithmetic.add(sum, notional, "working purchases")
        }
        return sum
    }

    /// What is held of a spot instrument's base at its venue, at its quantity scale.
    func heldSpot(_ index: Int, _ book: Int) -> Quantity {
        let units = ledger.balance(of: baseAccounts[book * instrumentCount + index]).units
        return Quantity(mantissa: Int64(clamping: units / terms[index].baseFactor))
    }
}
