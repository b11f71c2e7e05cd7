internal import Accounting
internal import Markets
internal import Simulation
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// Worst figures of risk; nothing in runs without contracts.
    func riskSummary() -> RiskSummary {
        var risk = RiskSummary()
        guard let record = engine.contracts?.record else { return risk }
        risk.worstMarginRatio = record.worstRatio.map { $0.decimal.approximateDouble }
        risk.maxAbsDelta = exposure?.largest
        risk.liquidations = record.liquidations + (engine.protocols?.record.liquidations ?? 0)
        risk.worstHealthFactor = engine.protocols?.record.worstHealthFactor?.approximateDouble
        return risk
    }

    /// What strategies changed and why, as they said.
    func rebalances() -> [RebalanceLine] {
        (engine.monitors?.rebalances ?? []).map { record in
            func reading(_ measure: RiskMeasure) -> Double? {
                record.readings.first { $0.measure == measure }?.value.approximateDouble
            }
            return RebalanceLine(
                time: record.time, account: plan.strategies[record.book].account,
                action: record.action.name, reason: record.reason.name,
                netDelta: ExactDecimal(
                    mantissa: record.netDelta.units, scale: plan.shareClass.ledgerScale
                ).approximateDouble,
                marginRatio: reading(.marginRatio), healthFactor: reading(.healthFactor))
        }
    }

    /// Positions of a run with contracts: each contract with its unrealised profit as its value, as its
    /// notional is not equity; then every balance by venue, and what is on its way.
    func contractPositions() -> [FinalPosition] {
        var positions: [FinalPosition] = []
        let books = plan.strategies.indices
        for (index, instrument) in run.instruments.enumerated() where instrument.contract != nil {
            let own = InstrumentIndex(index)
            let accounts = books.map { engine.accounts(of: own, book: $0).base }
            let costs = books.compactMap { engine.cost(of: own, book: $0) }
            let held = accounts.reduce(Int128(0)) { $0 + engine.ledger.balance(of: $1).units }
            if held == 0 { continue }
            let value = (accounts + costs).reduce(Int128(0)) { $0 + engine.ledger.value(of: $1) }
            positions.append(
                FinalPosition(
                    instrument: instrument.id.description,
                    quantity: ExactDecimal(mantissa: held, scale: instrument.quantityScale).normalized,
                    mark: engine.mark(of: accounts[0]).normalized, value: decimal(value).normalized))
        }
        var shown: [(name: String, accounts: [AccountIndex])] = []
        for book in books {
            for balance in engine.venueBalances(book: book) {
                let name = "\(balance.venue):base:\(balance.asset)"
                if let place = shown.firstIndex(where: { $0.name == name }) {
                    shown[place].accounts.append(balance.account)
                } else {
                    shown.append((name, [balance.account]))
                }
            }
        }
        for book in books {
            for position in engine.protocolPositions(book: book) {
                let name = position.name
                if let place = shown.firstIndex(where: { $0.name == name }) {
                    shown[place].accounts.append(position.account)
                } else {
                    shown.append((name, [position.account]))
                }
            }
        }
        for one in shown { append(one.name, one.accounts, to: &positions) }
        return positions
    }

    /// What a run with protocols has to say beside its figures.
    private func protocolWarnings() -> [String] {
        guard let record = engine.protocols?.record else { return [] }
        var warnings: [String] = []
        for (failure, count) in zip(GroupFailure.allCases, record.failures) where count > 0 {
            warnings.append("\(count) groups of operations did not happen: \(failure.name)")
        }
        if record.liquidations > 0 {
            warnings.append("\(record.liquidations) times the lending pool liquidated a part of the loan")
        }
        if record.unpaidWithdrawals > 0 {
            warnings.append("\(record.unpaidWithdrawals) withdrawals were asked for and not paid by the end")
        }
        if !run.kinds.contains(where: { $0.contains(.gas) }) {
            warnings.append("operations cost no gas: the run holds no series of its price")
        }
        return warnings
    }

    /// What a run with contracts has to say beside its figures.
    func contractWarnings() -> [String] {
        guard let record = engine.contracts?.record else { return [] }
        var warnings = protocolWarnings()
        func add(_ count: Int, _ text: (Int) -> String) { if count > 0 { warnings.append(text(count)) } }
        add(record.repeatedStamps) { "\($0) rows of funding repeat a stamp and were settled once" }
        add(record.staleMarks) {
            "\($0) settlements of funding used a mark price older than an hour, as the data have none closer"
        }
        add(record.waits) { "\($0) settlements of funding waited for a first price of their contract" }
        add(record.marginCalls) {
            "\($0) margin calls: equity fell below \(plan.execution.contracts.marginCall) of the notional"
        }
        add(record.liquidations) { "\($0) positions were closed by force" }
        add(record.bankruptcies) { "\($0) accounts lost more than backed them; the venues' insurance paid" }
        add(record.uncovered) {
            "\($0) accounts lost more than the insurance fund held and were closed where nothing was left"
        }
        add(record.deleveragings) { "\($0) profitable positions were reduced to cover them" }
        add(record.indexMarks) {
            "\($0) times the index price stood in for a mark older than an hour, or for none"
        }
        add(record.staleIndices) { "\($0) settlements of funding came with an index older than an hour" }
        add(record.staleRolls) { "\($0) positions were rolled at a price older than an hour" }
        add(record.refusedRolls) { "\($0) rolls were refused, as margin did not carry the next contract" }
        add(record.missedRolls) { "\($0) positions that were to be rolled were settled at the expiry" }
        add(record.refusedTransfers) { "\($0) transfers were refused" }
        for (index, instrument) in run.instruments.enumerated() {
            guard instrument.id.type == .perp, !run.kinds[index].contains(.funding) else { continue }
            let isTraded = plan.strategies.indices.contains {
                let position = engine.position(of: InstrumentIndex(index), book: $0)
                return position.quantity.mantissa != 0 || position.realized != 0
            }
            if isTraded {
                warnings.append(
                    "\(instrument.id) was traded without a series of funding: none was paid or received")
            }
        }
        return warnings
    }
}
