internal import Accounting
internal import Events
internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// Takes up a transfer that a strategy asked for: it leaves at once, or is refused.
    func transfer(_ ask: TransferAsk, _ book: Int) throws {
        let scale = ask.asset.ledgerScale
        let cost = try contracts.map { (contracts) throws(ArithmeticOverflow) in
            try contracts.rules.transferCost.scale.convert(
                contracts.rules.transferCost.mantissa, to: scale, rounding: .up)
        }
        let received = ask.amount.units > (cost ?? 0) ? ask.amount.units - (cost ?? 0) : 0
        let report = TransferReport(
            id: ask.id, asset: ask.asset, amount: ask.amount, received: Amount(units: received),
            source: ask.source, target: ask.target)
        if let reason = try refusal(of: report, book) {
            if isTradingAllowed {
                try log.append(.transferRefused(ask.id, strategy: book, reason), at: now)
                contracts?.record.refusedTransfers += 1
            }
            tell(.transferRefused(report, reason), to: book)
            return
        }
        guard let contracts, let source = contracts.plan.slot(of: ask.asset, at: ask.source),
            let target = contracts.plan.slot(of: ask.asset, at: ask.target)
        else { return }
        try send(
            SentTransfer(
                book: book, arrival: now + contracts.rules.transferDelay, source: source, target: target,
                report: report), contracts)
        if contracts.rules.transferDelay == .zero { try arriveTransfers() }
    }

    private func refusal(of report: TransferReport, _ book: Int) throws -> TransferRefusal? {
        guard isTradingAllowed else { return .notTrading }
        guard report.amount.units > 0, report.received.units > 0 else { return .badAmount }
        guard let contracts, report.source != report.target,
            let source = contracts.plan.slot(of: report.asset, at: report.source),
            contracts.plan.slot(of: report.asset, at: report.target) != nil
        else { return .unknownAccount }
        if isOut(report.source) { return .venueUnavailable }
        return try free(of: source, book, contracts) < report.amount.units ? .insufficientFunds : nil
    }

    /// Out of the source and into what is on its way; the cost is paid on leaving.
    private func send(_ sent: SentTransfer, _ contracts: ContractBooks) throws {
        let unit = contracts.plan.slots[sent.source].unit
        guard let transit = contracts.plan.transit[sent.book][unit], let fees = contracts.plan.fees[unit]
        else { return }
        let source = contracts.plan.balances[sent.book][sent.source]
        let cost = Amount(units: sent.report.amount.units - sent.report.received.units)
        ledger.beginTransaction()
        try ledger.transfer(sent.report.received, from: source, to: transit, cause: .price, at: now)
        try ledger.transfer(cost, from: source, to: fees, cause: .fees, at: now)
        try log.append(
            .transferSent(
                sent.report.id, strategy: sent.book, source: sent.source, target: sent.target,
                amount: sent.report.amount, received: sent.report.received), at: now)
        contracts.transit.append(sent)
        tell(.transferSent(sent.report), to: sent.book)
    }

    /// Books the transfers that arrived by now, in the order of their arrival.
    package func arriveTransfers() throws {
        guard let contracts, !contracts.transit.isEmpty else { return }
        let due = contracts.transit.enumerated().filter { hasArrived($0.element, contracts) }
            .sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }
        if due.isEmpty { return }
        contracts.transit.removeAll { hasArrived($0, contracts) }
        for (_, sent) in due { try arrive(sent, contracts) }
    }

    /// What is sent to a venue that is out arrives once it is back.
    private func hasArrived(_ sent: SentTransfer, _ contracts: ContractBooks) -> Bool {
        sent.arrival <= now && !isOut(contracts.plan.slots[sent.target].venue)
    }

    /// Into the target. Where the two venues value the asset apart, the amount changes its unit over outside
    /// accounts, and equity by the difference of the two marks.
    private func arrive(_ sent: SentTransfer, _ contracts: ContractBooks) throws {
        let plan = contracts.plan
        let (from, to) = (plan.slots[sent.source].unit, plan.slots[sent.target].unit)
        guard let transit = plan.transit[sent.book][from] else { return }
        let target = plan.balances[sent.book][sent.target]
        ledger.beginTransaction()
        if from == to {
            try ledger.transfer(sent.report.received, from: transit, to: target, cause: .price, at: now)
        } else if let left = plan.bridges[from], let right = plan.bridges[to] {
            try ledger.transfer(sent.report.received, from: transit, to: left, cause: .price, at: now)
            try ledger.transfer(sent.report.received, from: right, to: target, cause: .price, at: now)
        }
        try log.append(.transferArrived(sent.report.id, strategy: sent.book), at: now)
        tell(.transferArrived(sent.report), to: sent.book)
    }

    /// News of a strategy's accounts, for its next decision.
    func tell(_ update: AccountUpdate, to book: Int) {
        accountNews.append((book, update))
        hasAccountNews.value = true
        hasMore.value = true
    }

    /// Hands over news of accounts.
    @inline(never)
    func deliverAccountNews(to book: Int) {
        let own = accountNews.filter { $0.book == book }
        accountNews.removeAll { $0.book == book }
        hasAccountNews.value = !accountNews.isEmpty
        for item in own { strategies[book].accountUpdated(item.update, desks + book) }
    }
}
