internal import Accounting
package import Markets
package import Trading
package import TradingEngine
package import Units

/// The chain side of a run: protocols over recorded series, as the engine's strategies meet them.
///
/// It translates between two worlds. On one side ``ChainModel`` and its values: pure arithmetic of protocols
/// in units of tokens, which knows no run, ledger or strategy. On the other the engine, which knows
/// instruments, books and postings and nothing of protocols. Nothing is kept twice: wallets are read from the
/// ledger before each group, deposits and debts are scaled balances here and token balances there, and every
/// effect of the model is posted.
///
/// A step has two moments. ``settle()`` comes after the market data of the step: ratios of staking tokens,
/// interest up to the indices that became known, rewards, liquidation, then capital that comes or is asked
/// for. ``execute()`` comes after the decisions: groups in the order in which they were asked for, then
/// payments of capital.
package final class SimulatedChain: ChainView {
    let engine: Engine
    let books: ProtocolBooks
    let instruments: [Instrument]
    let model: ChainModel
    var market: ChainMarket
    var states: [ChainState]
    /// What the series said since the last step.
    var news = ChainNews()
    /// Rewards that were announced and not yet credited.
    var rewards = PendingRewards()
    /// Indices that were told, by instrument.
    var indices: [Ray?]
    /// Tokens whose price an oracle tells in dollars.
    var pricedTokens: [Bool]
    /// The staking protocol, pool and reward token of each instrument that is one.
    let keys: ChainInstrumentKeys
    private var flows: ArraySlice<CapitalFlow>
    /// Withdrawals of capital that wait to be paid, oldest first.
    private var owed: [Amount] = []

    /// The chain of a run; nil when it holds no tokens of protocols. Throws ``ChainModelError``.
    ///
    /// - Parameters:
    ///   - paysGas: whether groups pay gas: where the run holds a series of its price.
    ///   - rules: what the run decides about its protocols.
    package init?(engine: Engine, paysGas: Bool, rules: ChainRules = ChainRules()) throws {
        guard let books = engine.protocols else { return nil }
        (self.engine, self.books) = (engine, books)
        instruments = engine.setup.instruments
        model = try ChainModel(
            assets: books.walletAssets, instruments: instruments, shareClass: engine.setup.shareClass,
            paysGas: paysGas, rules: rules)
        market = ChainMarket(model: model, time: engine.now)
        market.stakingRatios = Array(repeating: .zero, count: model.staking.count)
        states = engine.setup.books.map { [model] _ in ChainState(model: model) }
        indices = Array(repeating: nil, count: instruments.count)
        pricedTokens = Array(repeating: false, count: model.tokens.count)
        keys = ChainInstrumentKeys(model, instruments)
        flows = engine.setup.flows[...]
        books.view = self
        for impact in rules.impacts where !impact.isRecorded {
            guard let token = model.tokens.firstIndex(where: { $0.asset == impact.asset }) else { continue }
            try learnTotal(impact.supplied, of: TokenKey(token), isSupply: true)
            try learnTotal(impact.borrowed, of: TokenKey(token), isSupply: false)
        }
    }

    // MARK: Settlement

    /// Posts what the new values of the series change, then takes up capital that is due.
    package func settle() throws {
        market.time = engine.now
        if news.hasRatio { try settleRatios() }
        if news.hasIndex {
            news.hasIndex = false
            for book in states.indices {
                let effects = try model.settle(&states[book], market: market)
                try engine.settle(try postings(effects), book: book)
            }
        }
        if news.hasReward { announceRewards() }
        try creditRewards()
        if news.mayLiquidate { try liquidate() }
        guard engine.isTradingAllowed else { return }
        while let flow = flows.first, flow.time <= engine.now {
            flows.removeFirst()
            try take(flow)
        }
    }

    private func take(_ flow: CapitalFlow) throws {
        let scale = engine.setup.shareClass.ledgerScale
        let signed = try flow.amount.mantissa(at: scale, rounding: .towardZero)
        if signed > 0 {
            try engine.moveCapital(Amount(units: signed), isWithdrawal: false, book: 0)
        } else if signed < 0 {
            let amount = Amount(units: 0 - signed)
            owed.append(amount)
            books.record.unpaidWithdrawals += 1
            engine.requestWithdrawal(amount, book: 0)
        }
    }

    /// Pays capital that was asked for, oldest first, once the wallet holds it.
    private func payCapital() throws {
        while let amount = owed.first,
            let held = books.wallet(of: engine.setup.shareClass, book: 0), held >= amount
        {
            owed.removeFirst()
            books.record.unpaidWithdrawals -= 1
            try engine.moveCapital(amount, isWithdrawal: true, book: 0)
        }
    }

    // MARK: Groups

    /// Carries out the groups that wait, then pays capital.
    package func execute() throws {
        for group in engine.takeGroups() { try execute(group) }
        if !owed.isEmpty { try payCapital() }
        try noteHealth()
    }

    private func execute(_ asked: SubmittedGroup) throws {
        var group = asked
        var operations: [ChainOperation] = []
        for (place, operation) in asked.group.operations.enumerated() {
            switch try translate(operation, in: asked.group) {
            case .success(let translated): operations.append(translated)
            case .failure(let failure):
                try group.move(to: .reverted, failure: failure.reason, operation: place + 1)
                return try engine.finish(group, [], moved: [], gas: .zero)
            }
        }
        let book = asked.strategy
        try readWallet(of: book)
        let result = try model.execute(
            AtomicGroup(operations, deadline: asked.deadline), on: states[book], market: market)
        states[book] = result.state
        let postings = try postings(result.effects, of: operations)
        switch result.outcome {
        case .done: try group.move(to: .executed)
        case .reverted(let refusal, let place):
            try group.move(to: .reverted, failure: refusal.reason, operation: place.map { $0 + 1 } ?? 0)
        case .notSent(let refusal):
            try group.move(to: refusal.isLate ? .expired : .reverted, failure: refusal.unsentReason)
        }
        let isDone = group.status == .executed
        if isDone { news.mayLiquidate = true }
        try engine.finish(
            group, postings,
            moved: isDone ? try moved(result.effects, operations: operations.count) : [],
            gas: try gas(result.effects))
    }

    /// The wallet as the ledger knows it: exchanges and capital move it, too.
    func readWallet(of book: Int) throws {
        for (place, token) in model.tokens.enumerated() {
            guard let held = books.wallet(of: token.asset, book: book) else { continue }
            states[book].wallet[place] = max(
                0, try token.asset.ledgerScale.convert(held.units, to: token.scale, rounding: .down))
        }
    }

    // MARK: What strategies see

    package func growthIndex(of instrument: InstrumentIndex) -> Ray? {
        indices.indices.contains(instrument.position) ? indices[instrument.position] : nil
    }

    package func healthFactor(book: Int) -> ExactDecimal? {
        do throws(ArithmeticOverflow) {
            return try model.lendingStanding(states[book], market: market).healthFactor?.decimal
        } catch { return nil }
    }

    package func loan(book: Int) -> LoanView? {
        guard states[book].hasDebt else { return nil }
        // What does not fit ends the run where health is noted.
        do throws(ArithmeticOverflow) {
            let standing = try model.lendingStanding(states[book], market: market)
            guard let factor = standing.healthFactor?.decimal else { return nil }
            return LoanView(
                collateral: Amount(units: standing.collateral), debt: Amount(units: standing.debt),
                threshold: standing.liquidationThreshold, healthFactor: factor)
        } catch { return nil }
    }

    package func stakingRatio(of instrument: InstrumentIndex) -> Wad? {
        guard let key = keys.staking(of: instrument), market.stakingRatios[key.index] > .zero else {
            return nil
        }
        return market.stakingRatios[key.index]
    }

    package func swapRate(of pool: InstrumentIndex) -> Wad? {
        guard let key = keys.pair(of: pool), market.rates[key.index] > .zero else { return nil }
        return market.rates[key.index]
    }

    package func claimable(of instrument: InstrumentIndex, book: Int) -> Amount {
        guard let key = keys.staking(of: instrument) else { return .zero }
        var sum: Int128 = 0
        for entry in states[book].pending where entry.staking == key && entry.due <= engine.now {
            let (next, overflow) = sum.addingReportingOverflow(entry.amount)
            if !overflow { sum = next }
        }
        return Amount(units: sum)
    }

    private func noteHealth() throws {
        for book in states.indices where states[book].hasDebt {
            guard let factor = try model.lendingStanding(states[book], market: market).healthFactor?.decimal
            else { continue }
            books.record.worstHealthFactor = min(books.record.worstHealthFactor ?? factor, factor)
        }
    }
}

/// Which kinds of values became known since the last step.
struct ChainNews {
    /// An index moved.
    var hasIndex = false
    /// A price or ratio moved.
    var hasRatio = false
    /// A reward was announced.
    var hasReward = false
    /// Anything moved that the health of a loan depends on.
    var mayLiquidate = false
}

extension ChainState {
    /// Whether anything is owed to the lending pool.
    var hasDebt: Bool { lending.contains { $0.scaledDebt != 0 } }
}

/// The keys of a run's instruments in the model.
struct ChainInstrumentKeys {
    private let stakings: [StakingKey?]
    private let pairs: [PairKey?]

    init(_ model: ChainModel, _ instruments: [Instrument]) {
        stakings = instruments.map { one in
            guard one.id.type == .lst, let token = model.token(of: one.base) else { return nil }
            return model.staking(of: token)
        }
        // Pairs are made in the order of the instruments that are pools.
        var next = 0
        pairs = instruments.map { one in
            guard one.isPool, next < model.pairs.count, let base = model.token(of: one.base),
                let quote = model.token(of: one.quote), model.pairs[next].base == base,
                model.pairs[next].quote == quote
            else { return nil }
            next += 1
            return PairKey(next - 1)
        }
    }

    func staking(of instrument: InstrumentIndex) -> StakingKey? {
        stakings.indices.contains(instrument.position) ? stakings[instrument.position] : nil
    }

    func pair(of instrument: InstrumentIndex) -> PairKey? {
        pairs.indices.contains(instrument.position) ? pairs[instrument.position] : nil
    }

    /// The first instrument that a staking protocol is met through.
    func instrument(of key: StakingKey) -> InstrumentIndex? {
        stakings.firstIndex(of: key).map { InstrumentIndex($0) }
    }
}
