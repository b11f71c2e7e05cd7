internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

extension SimulatedClearing {
    /// Looks at every margin account with positions: notes the worst ratio, warns, liquidates.
    ///
    /// - Parameter clearsCalls: whether an account that has recovered may be warned again.
    func checkMargins(clearsCalls: Bool) throws {
        for accounts in contracts.accounts {
            for (place, account) in accounts.enumerated() where contracts.hasPositions(account) {
                let state = try contracts.state(of: account)
                guard let ratio = state.ratio else { continue }
                if let worst = contracts.record.worstRatio, worst <= ratio {
                } else {
                    contracts.record.worstRatio = ratio
                }
                if ratio < engine.setup.contractRules.marginCall {
                    if !engine.isCalled(account, place) { try engine.callMargin(account, place, state) }
                } else if clearsCalls {
                    engine.clearMarginCall(account, place)
                }
                if state.equity <= state.maintenance { try liquidate(account) }
            }
        }
    }

    /// Closes positions of an account until it is sound or nothing is left.
    private func liquidate(_ account: MarginAccount) throws {
        for (index, slot) in contracts.settlementSlots.enumerated() where slot == account.slot {
            exchange.cancelAll(
                of: InstrumentIndex(index), strategy: account.book, reason: .liquidated, at: engine.now)
        }
        let last = try deleveraged(of: account)
        // Each pass closes a position or takes it a tier down, so there are at most so many.
        let most = account.instruments.count * 64 + 1
        for _ in 0..<most {
            let state = try contracts.state(of: account)
            if state.equity > state.maintenance { break }
            if let index = try largest(of: account, except: last) {
                try reduce(index, account.book)
            } else if let last {
                try closeBankrupt(last, account, deficit: -state.equity)
                break
            } else {
                break
            }
        }
        try engine.finishLiquidation(of: account)
    }

    /// The position that needs the most maintenance margin.
    private func largest(of account: MarginAccount, except last: Int?) throws -> Int? {
        var found: (index: Int, maintenance: Int128)?
        for index in account.instruments where index != last {
            let held = contracts.position(of: index, book: account.book)
            guard held != 0, let (_, maintenance) = try contracts.worth(of: held, index) else { continue }
            if let known = found, known.maintenance >= maintenance { continue }
            found = (index, maintenance)
        }
        return found?.index
    }

    /// Closes a position down to the tier below its own, or whole in the first tier.
    private func reduce(_ index: Int, _ book: Int) throws {
        let instrument = InstrumentIndex(index)
        let held = contracts.position(of: index, book: book)
        guard let price = try engine.closingPrice(of: instrument),
            let (notional, _) = try contracts.worth(of: held, index)
        else { return }
        var closing = Int128(held.magnitude)
        let floor = contracts.tierFloor(of: notional, index)
        if floor > 0 {
            // The part above the floor and one unit, as much as puts it into the tier below, in whole lots.
            let lot = Int128(engine.setup.instruments[index].lotSize.mantissa)
            let above = try WideArithmetic.multiply(
                closing, by: notional - floor + 1, dividedBy: notional, rounding: .up)
            let lots = try WideArithmetic.divide(above, by: lot, rounding: .up) * lot
            closing = min(closing, lots)
        }
        try close(instrument, book, held > 0 ? closing : -closing, price, .liquidated)
    }
}
