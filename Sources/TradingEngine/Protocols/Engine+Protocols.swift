package import Accounting
internal import Events
package import Markets
internal import Risk
internal import StrategyKit
package import Trading
package import Units

extension Engine {
    /// Takes up a group that a strategy asked for: it waits for the chain, or is refused.
    func operate(_ place: Int, _ book: Int) throws {
        let ask = desks[book].groups[place]
        if place == desks[book].groups.count - 1 { desks[book].groups.removeAll() }
        var group = SubmittedGroup(id: ask.id, strategy: book, group: ask.group, askedAt: now)
        if isTradingAllowed { try log.append(.groupSubmitted(ask.id, ask.group, strategy: book), at: now) }
        let reason = refusal(of: ask.group, book)
        guard reason == .none, let protocols else {
            try group.move(to: .refused, failure: reason == .none ? .notSupported : reason)
            return try end(group)
        }
        try group.move(to: .submitted)
        protocols.pending.append(group)
    }

    private func refusal(of group: OperationGroup, _ book: Int) -> GroupFailure {
        guard isTradingAllowed else { return .notTrading }
        guard (1...OperationGroup.longest).contains(group.operations.count) else { return .badGroup }
        let isEntry = group.action == .entryFull || group.action == .entryPartial
        if killSwitch.isEngaged && isEntry { return .killSwitch }
        if isEntry, let monitors, monitors.isOverridden(book) { return .riskOverride }
        for operation in group.operations {
            guard setup.instruments.indices.contains(operation.instrument.position) else { return .badGroup }
            if isOut(setup.instruments[operation.instrument.position].id.venue) { return .venueUnavailable }
            if case .exact(let amount) = operation.amount, amount.units <= 0 { return .badAmount }
        }
        return .none
    }

    /// Hands over the groups that wait for the chain and forgets them.
    package func takeGroups() -> [SubmittedGroup] {
        guard let protocols, !protocols.pending.isEmpty else { return [] }
        defer { protocols.pending.removeAll() }
        return protocols.pending
    }

    /// Books what became of a group, and tells its strategy.
    ///
    /// - Parameters:
    ///   - group: as it ended.
    ///   - postings: every change of a balance, gas included.
    ///   - moved: what each operation moved.
    ///   - gas: what was paid.
    package func finish(
        _ group: SubmittedGroup, _ postings: [ProtocolPosting], moved: [Amount], gas: Amount
    ) throws {
        ledger.beginTransaction()
        for posting in postings { try post(posting, book: group.strategy, reference: group.id.number) }
        try end(group, moved: moved, gas: gas)
    }

    private func end(_ group: SubmittedGroup, moved: [Amount] = [], gas: Amount = .zero) throws {
        if let protocols {
            if group.status == .executed {
                protocols.record.executed += 1
            } else if group.failure != .notTrading {
                protocols.record.failures[Int(group.failure.rawValue)] += 1
            }
        }
        if isTradingAllowed {
            try log.append(
                .groupEnded(
                    group.id, group.status, group.failure, operation: group.failedOperation,
                    strategy: group.strategy, moved: moved, gas: gas), at: now)
        }
        tell(.groupEnded(GroupReport(group: group, moved: moved, gas: gas)), to: group.strategy)
    }

    /// Books interest up to an index, in one transaction.
    package func settle(_ postings: [ProtocolPosting], book: Int) throws {
        if postings.isEmpty { return }
        ledger.beginTransaction()
        for posting in postings {
            try post(posting, book: book, reference: 0)
            if case .position(let instrument) = posting.place {
                try log.append(
                    .interestSettled(instrument, strategy: book, amount: posting.change), at: now)
            }
        }
    }

    /// What a token for staked ETH is worth in ETH became known now: what is held of it grows by staking.
    package func observe(stakingRatio ratio: Wad, of asset: Asset) throws(LedgerError) {
        for (index, unit) in plan.units.enumerated() where unit.isStaked && unit.asset == asset {
            try marks.ratio(ratio, of: index, ledger)
        }
    }

    /// Books what a liquidation of a loan took, and tells the strategy.
    package func liquidate(
        _ liquidation: LoanLiquidation, _ postings: [ProtocolPosting], book: Int
    ) throws {
        ledger.beginTransaction()
        for posting in postings { try post(posting, book: book, reference: 0) }
        protocols?.record.liquidations += 1
        try log.append(.loanLiquidated(liquidation, strategy: book), at: now)
        tell(.loanLiquidated(liquidation), to: book)
    }

    /// Books a reward, and tells the strategy.
    package func creditReward(
        of instrument: InstrumentIndex, _ amount: Amount, _ postings: [ProtocolPosting], book: Int
    ) throws {
        ledger.beginTransaction()
        for posting in postings { try post(posting, book: book, reference: 0) }
        try log.append(.rewardReceived(instrument, strategy: book, amount: amount), at: now)
        tell(.rewardReceived(instrument, amount), to: book)
    }

    /// A change of one balance against the protocols' side of its unit.
    private func post(_ posting: ProtocolPosting, book: Int, reference: UInt64) throws {
        guard let protocols else { return }
        let account: AccountIndex?
        var isDebt = false
        switch posting.place {
        case .wallet(let asset):
            let slot = protocols.contracts.slot(of: asset, at: .wallet)
            account = slot.map { protocols.contracts.balances[book][$0] }
        case .unstaking(let instrument):
            account = protocols.plan.unstaking[book][instrument.position]
        case .position(let instrument):
            account = protocols.plan.positions[book][instrument.position]
            isDebt = setup.instruments[instrument.position].id.type == .debtToken
        }
        guard let account,
            let outside = protocols.plan.outside[ledger.accounts[account.position].mark.position]
        else { throw EngineError.noChainAccount("\(posting.place)") }
        try ledger.transfer(
            posting.change, from: isDebt ? account : outside, to: isDebt ? outside : account,
            cause: posting.cause, at: now, order: reference)
    }

    /// Capital comes into the wallet, or is paid out of it: a positive amount of the share class.
    ///
    /// - Precondition: what is paid out is there.
    package func moveCapital(_ amount: Amount, isWithdrawal: Bool, book: Int) throws {
        guard let protocols, let slot = protocols.contracts.slot(of: setup.shareClass, at: .wallet) else {
            return
        }
        ledger.beginTransaction()
        let (owner, wallet) = (plan.capitalSource, protocols.contracts.balances[book][slot])
        try ledger.transfer(
            amount, from: isWithdrawal ? wallet : owner, to: isWithdrawal ? owner : wallet, cause: .netFlow,
            at: now)
        let signed = Amount(units: isWithdrawal ? 0 - amount.units : amount.units)
        try log.append(.capitalMoved(strategy: book, amount: signed), at: now)
        tell(isWithdrawal ? .capitalWithdrawn(amount) : .capitalDeposited(amount), to: book)
    }

    /// A strategy is to hold an amount of the share class ready, to be paid out.
    package func requestWithdrawal(_ amount: Amount, book: Int) {
        tell(.withdrawalRequested(amount), to: book)
    }

    /// The deposits, debts and waiting withdrawals of a book, by what they are called.
    package func protocolPositions(book: Int) -> [(name: String, account: AccountIndex)] {
        guard let protocols else { return [] }
        return setup.instruments.indices.compactMap { index in
            let id = setup.instruments[index].id
            if id.type == .lst {
                return protocols.plan.unstaking[book][index].map { ("\(id.venue):base:\(Asset.ether)", $0) }
            }
            return protocols.plan.positions[book][index].map { (id.description, $0) }
        }
    }
}
