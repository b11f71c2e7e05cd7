internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

extension SimulatedClearing {
    /// Whether the moment of a roll has come.
    package var hasRollDue: Bool { futures.contains { isRollDue($0, before: nil) } }

    /// Rolls the futures whose moment has come, at the prices of this step.
    package func rollDue() throws {
        for index in futures where isRollDue(index, before: nil) { try roll(index) }
    }

    /// Whether a future is to be rolled now, or before a time.
    func isRollDue(_ index: Int, before time: Instant?) -> Bool {
        if isRolled[index] || contracts.isExpired[index] { return false }
        guard let contract = engine.setup.instruments[index].contract, let roll = contract.roll,
            let expiry = contract.expiry
        else { return false }
        let (moment, overflow) = expiry.nanoseconds.subtractingReportingOverflow(roll.before.nanoseconds)
        if overflow { return true }
        return time.map { moment < $0.nanoseconds } ?? (moment <= engine.now.nanoseconds)
    }

    /// Lets every position of a future go on in the next contract, both trades in one step at what each
    /// market shows, with slippage and commission. What has no price yet, or no margin, waits for the next
    /// step, until the expiry.
    func roll(_ index: Int) throws {
        guard let roll = engine.setup.instruments[index].contract?.roll,
            let next = engine.setup.instruments.firstIndex(where: { $0.id == roll.into })
        else { return }
        var isDone = true
        for book in contracts.accounts.indices {
            let held = contracts.position(of: index, book: book)
            if held == 0 { continue }
            if try !self.roll(index, into: next, held, book) { isDone = false }
        }
        isRolled[index] = isDone
        if isDone { engine.markRolled(InstrumentIndex(index)) }
    }

    private func roll(_ index: Int, into next: Int, _ held: Int128, _ book: Int) throws -> Bool {
        let size = Int64(clamping: held.magnitude)
        let (out, back): (Side, Side) = held > 0 ? (.sell, .buy) : (.buy, .sell)
        guard let old = contracts.mark(of: index), let new = contracts.mark(of: next),
            let leaving = try exchange.takingNow(out, size, index),
            let entering = try exchange.takingNow(back, size, next)
        else { return false }
        func trade(
            _ side: Side, _ place: Int, _ terms: (reference: Price, price: Price, fee: Amount)
        ) -> VenueTrade {
            VenueTrade(
                side, Quantity(mantissa: size), of: InstrumentIndex(place), book: book, at: terms.price,
                reference: terms.reference, fee: terms.fee, reason: .rolled)
        }
        let closing = trade(out, index, leaving)
        guard let fills = try engine.roll(closing: closing, opening: trade(back, next, entering)) else {
            if !refusedRolls[index].contains(book) {
                refusedRolls[index].append(book)
                engine.refuseRoll(of: InstrumentIndex(index), book: book)
            }
            return false
        }
        if engine.now.since(min(old.time, new.time)) > IndexPrice.staleAge {
            contracts.record.staleRolls += 1
        }
        exchange.cancelAll(of: InstrumentIndex(index), strategy: book, reason: .rolled, at: engine.now)
        for fill in fills { take(fill) }
        return true
    }
}
