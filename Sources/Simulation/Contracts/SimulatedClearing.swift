internal import Markets
internal import Trading
package import TradingEngine
package import Units

/// The clearing side of all simulated venues: funding at the data's own stamps, dated futures at their
/// expiry or rolled before it, transfers that arrive, margin calls, liquidations and who bears their losses.
///
/// Settlements come after the market data of a step and before its resting orders are matched, each once.
/// Funding is position x mark x rate, where the mark is the contract's last price at or before the stamp;
/// one older than an hour is counted. A future is settled in cash at its index price where its data have one
/// that is no older than an hour, else at its mark. A margin account whose equity no longer exceeds its
/// maintenance margin is liquidated at the mark: its working orders are cancelled, then its positions are
/// closed, the one with the largest maintenance first, tier by tier, until the account is sound; what it
/// cannot pay in the end the venue's insurance pays, or under ``ContractRules/deleverages`` the other side.
package final class SimulatedClearing {
    let engine: Engine
    let exchange: SimulatedExchange
    let contracts: ContractBooks
    /// Rates that wait to be settled, in the order in which they became known.
    private var due: [DueFunding] = []
    /// The last stamp of each instrument that was settled.
    private var settled: [Instant]
    /// Fills that venues made to close positions, since they were last taken.
    var closings: [AppliedFill] = []
    /// The bars of this step by which margin is judged, under ``MarginPrice/extremes``.
    var ranges: [MarkRange] = []
    /// The dated futures, and which of them need not be rolled any more.
    let futures: [Int]
    var isRolled: [Bool]
    /// Books that were told that a roll was refused, by instrument.
    var refusedRolls: [[Int]]
    let judgesExtremes: Bool

    /// The clearing of a run; nil when it holds no contracts.
    package init?(engine: Engine, exchange: SimulatedExchange) {
        guard let contracts = engine.contracts else { return nil }
        (self.engine, self.exchange, self.contracts) = (engine, exchange, contracts)
        let instruments = engine.setup.instruments
        settled = Array(repeating: .distantPast, count: instruments.count)
        futures = instruments.indices.filter { instruments[$0].contract?.expiry != nil }
        isRolled = instruments.map { $0.contract?.roll == nil }
        refusedRolls = instruments.map { _ in [] }
        judgesExtremes = engine.setup.contractRules.marginPrice == .extremes
    }

    /// A rate of funding became known at its stamp. Stamps that were settled before are counted and dropped.
    package func fundingKnown(of instrument: Int, rate: ExactDecimal, at stamp: Instant) {
        guard engine.setup.instruments[instrument].contract != nil else { return }
        let waits = due.contains { $0.instrument == instrument && $0.stamp == stamp }
        if stamp <= settled[instrument] || waits {
            contracts.record.repeatedStamps += 1
        } else {
            due.append(DueFunding(instrument: instrument, stamp: stamp, rate: rate, hasWaited: false))
        }
    }

    /// Rolls and settles the dated futures whose moment came before a time, by the prices until then.
    package func settleExpired(before time: Instant) throws {
        for index in futures {
            if isRollDue(index, before: time) { try roll(index) }
            if let expiry = expiry(of: index), expiry < time { try settleExpiry(of: index) }
        }
    }

    func expiry(of index: Int) -> Instant? { engine.setup.instruments[index].contract?.expiry }

    /// Settles everything that is due at the engine's present moment.
    package func settle() throws {
        if !ranges.isEmpty { try judgeRanges() }
        if !due.isEmpty { try settleFunding() }
        for index in futures {
            if let expiry = expiry(of: index), expiry <= engine.now { try settleExpiry(of: index) }
        }
        try engine.arriveTransfers()
        try checkMargins(clearsCalls: true)
    }

    /// Hands over the fills that venues made.
    package func takeClosings() -> [AppliedFill] {
        defer { closings.removeAll() }
        return closings
    }

    private func settleFunding() throws {
        var waiting: [DueFunding] = []
        for var one in due {
            let held = contracts.accounts.indices.map { contracts.position(of: one.instrument, book: $0) }
            if held.allSatisfy({ $0 == 0 }) {
                settled[one.instrument] = max(settled[one.instrument], one.stamp)
                continue
            }
            guard let mark = contracts.mark(of: one.instrument) else {
                if !one.hasWaited { contracts.record.waits += 1 }
                one.hasWaited = true
                waiting.append(one)
                continue
            }
            settled[one.instrument] = max(settled[one.instrument], one.stamp)
            if one.stamp.since(mark.time) > IndexPrice.staleAge { contracts.record.staleMarks += 1 }
            if contracts.indexPrices[one.instrument]?.isStale(at: one.stamp) == true {
                contracts.record.staleIndices += 1
            }
            for (book, quantity) in held.enumerated() where quantity != 0 {
                try pay(one, quantity, mark.price, mark.scale, book)
            }
        }
        due = waiting
    }

    /// Pays position x mark x rate, rounded half even once: longs pay a positive rate.
    private func pay(
        _ one: DueFunding, _ quantity: Int128, _ price: Int64, _ scale: Scale, _ book: Int
    ) throws {
        guard let numbers = ContractNumbers(engine.setup.instruments[one.instrument]) else { return }
        let amount = try numbers.share(one.rate, of: quantity, at: price, scale)
        try engine.settle(
            FundingReport(
                instrument: InstrumentIndex(one.instrument), stamp: one.stamp,
                position: Quantity(mantissa: Int64(clamping: quantity)),
                mark: ExactDecimal(mantissa: Int128(price), scale: scale), rate: one.rate,
                amount: Amount(units: -amount)), book: book)
    }

    /// Cash settlement of a dated future at its mark, once.
    private func settleExpiry(of index: Int) throws {
        guard !contracts.isExpired[index], let expiry = expiry(of: index) else { return }
        let instrument = InstrumentIndex(index)
        for book in contracts.accounts.indices {
            exchange.cancelAll(of: instrument, strategy: book, reason: .expired, at: engine.now)
            let held = contracts.position(of: index, book: book)
            guard held != 0,
                let price = try engine.freshIndex(of: instrument, at: expiry)
                    ?? (try engine.closingPrice(of: instrument))
            else { continue }
            if engine.setup.instruments[index].contract?.roll != nil { contracts.record.missedRolls += 1 }
            try close(instrument, book, held, price, .expired)
        }
        engine.markExpired(instrument)
    }

    /// Closes a part of a position, by its signed size.
    func close(
        _ instrument: InstrumentIndex, _ book: Int, _ signed: Int128, _ price: Price, _ reason: OrderReason,
        reference: Price? = nil
    ) throws {
        let trade = VenueTrade(
            signed > 0 ? .sell : .buy, Quantity(mantissa: Int64(clamping: signed.magnitude)), of: instrument,
            book: book, at: price, reference: reference, reason: reason)
        if let applied = try engine.close(trade) { take(applied) }
    }

    /// The exchange and the run's records learn of a trade that a venue made.
    func take(_ applied: AppliedFill) {
        let request = applied.order.request
        exchange.positionClosed(
            of: request.instrument, strategy: applied.order.strategy, by: request.signedQuantity)
        closings.append(applied)
    }
}

/// A rate that waits to be settled.
private struct DueFunding {
    let instrument: Int
    let stamp: Instant
    let rate: ExactDecimal
    var hasWaited: Bool
}
