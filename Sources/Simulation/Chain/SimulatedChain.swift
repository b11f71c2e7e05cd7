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
/// A step has two moments. ``settle()`` comes after the market data of the step: interest up to the indices
/// that became known, then capital that comes or is asked for. ``execute()`` comes after the decisions:
/// groups in the order in which they were asked for, then payments of capital.
package final class SimulatedChain: ChainView {
    private let engine: Engine
    private let books: ProtocolBooks
    private let instruments: [Instrument]
    let model: ChainModel
    var market: ChainMarket
    private var states: [ChainState]
    /// Whether an index moved since interest was last posted.
    private var hasNewIndex = false
    /// Indices that were told, by instrument.
    private var indices: [Ray?]
    private var flows: ArraySlice<CapitalFlow>
    /// Withdrawals of capital that wait to be paid, oldest first.
    private var owed: [Amount] = []

    /// The chain of a run; nil when it holds no tokens of protocols. Throws ``ChainModelError``.
    ///
    /// - Parameter paysGas: whether groups pay gas: where the run holds a series of its price.
    package init?(engine: Engine, paysGas: Bool) throws {
        guard let books = engine.protocols else { return nil }
        (self.engine, self.books) = (engine, books)
        instruments = engine.setup.instruments
        model = try ChainModel(
            assets: books.walletAssets, instruments: instruments, shareClass: engine.setup.shareClass,
            paysGas: paysGas)
        market = ChainMarket(model: model, time: engine.now)
        states = engine.setup.books.map { [model] _ in ChainState(model: model) }
        indices = Array(repeating: nil, count: instruments.count)
        flows = engine.setup.flows[...]
        books.view = self
    }

    // MARK: What the series say

    /// A row of a value series became known.
    package func observe(
        _ kind: SeriesKind, of instrument: InstrumentIndex, _ name: String, _ value: ExactDecimal
    )
        throws
    {
        let one = instruments[instrument.position]
        switch kind {
        case .index where name == one.id.type.indexColumn: try learnIndex(value, one, instrument)
        case .ratio where one.isReference && name == "ratio" && one.quote.symbol == "USD":
            guard let token = model.token(of: one.base), value > .zero else { return }
            market.oraclePrices[token.index] = try value.mantissa(
                at: ChainMarket.priceScale, rounding: .halfUp)
        case .gas where name == "gas-price" && value >= .zero:
            market.gasPrice = try value.mantissa(at: Scale(9), rounding: .up)
        default: return
        }
    }

    private func learnIndex(
        _ value: ExactDecimal, _ one: Instrument, _ instrument: InstrumentIndex
    ) throws {
        guard let token = model.token(of: one.base), let reserve = model.reserve(of: token) else { return }
        guard let index = Ray(value), index >= .one else {
            throw ChainDataError(one.id, engine.now, "an index of \(value) is not at least 1")
        }
        if let known = indices[instrument.position], index < known {
            throw ChainDataError(
                one.id, engine.now, "the index fell from \(known.decimal) to \(value), and indices only grow")
        }
        indices[instrument.position] = index
        hasNewIndex = true
        if one.id.type == .aToken {
            market.reserves[reserve.index].liquidityIndex = index
        } else {
            market.reserves[reserve.index].borrowIndex = index
        }
    }

    // MARK: Settlement

    /// Posts interest up to the indices that became known, then takes up capital that is due.
    package func settle() throws {
        market.time = engine.now
        if hasNewIndex {
            hasNewIndex = false
            for book in states.indices {
                let effects = try model.settle(&states[book], market: market)
                try engine.settle(try postings(effects), book: book)
            }
        }
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
            switch try translate(operation) {
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
        let postings = try postings(result.effects)
        switch result.outcome {
        case .done: try group.move(to: .executed)
        case .reverted(let refusal, let place):
            try group.move(to: .reverted, failure: refusal.reason, operation: place.map { $0 + 1 } ?? 0)
        case .notSent(let refusal):
            try group.move(to: refusal.isLate ? .expired : .reverted, failure: refusal.unsentReason)
        }
        let isDone = group.status == .executed
        try engine.finish(
            group, postings,
            moved: isDone ? try moved(result.effects, operations: operations.count) : [],
            gas: try gas(result.effects))
    }

    /// The wallet as the ledger knows it: exchanges and capital move it, too.
    private func readWallet(of book: Int) throws {
        for (place, token) in model.tokens.enumerated() {
            guard let held = books.wallet(of: token.asset, book: book) else { continue }
            states[book].wallet[place] = max(
                0, try token.asset.ledgerScale.convert(held.units, to: token.scale, rounding: .down))
        }
    }

    private func translate(_ operation: DeFiOperation) throws -> Result<ChainOperation, Untranslated> {
        let instrument = instruments[operation.instrument.position]
        guard let token = model.token(of: instrument.base) else { return .failure(.unsupported) }
        let quantity: ChainQuantity
        switch operation.amount {
        case .all: quantity = .all
        case .exact(let amount):
            let units = try instrument.base.ledgerScale.convert(
                amount.units, to: model.tokens[token.index].scale, rounding: .towardZero)
            if units <= 0 { return .failure(Untranslated(reason: .badAmount)) }
            quantity = .exact(units)
        }
        let exact: Int128? = if case .exact(let units) = quantity { units } else { nil }
        let reserve = model.reserve(of: token)
        switch (operation.kind, instrument.id.type, reserve, exact) {
        case (.supply, .aToken, let reserve?, _): return .success(.supply(reserve, quantity))
        case (.withdraw, .aToken, let reserve?, _): return .success(.withdraw(reserve, quantity))
        case (.borrow, .debtToken, let reserve?, let units?): return .success(.borrow(reserve, units))
        case (.repay, .debtToken, let reserve?, _): return .success(.repay(reserve, quantity))
        case (.flashBorrow, .base, _, let units?): return .success(.flashBorrow(token, units))
        case (.flashRepay, .base, _, _): return .success(.flashRepay(token))
        default: return .failure(.unsupported)
        }
    }

    // MARK: Effects

    private func postings(_ effects: [ChainEffect]) throws -> [ProtocolPosting] {
        var postings: [ProtocolPosting] = []
        for effect in effects {
            guard let place = place(of: effect.account) else { continue }
            let change = try amount(effect)
            if change.units == 0 { continue }
            switch effect.kind {
            case .moved, .exchanged: postings.append(ProtocolPosting(place, change, .price))
            case .caused(let cause): postings.append(ProtocolPosting(place, change, cause))
            }
        }
        return postings
    }

    /// Where the ledger keeps an account of the model; nil for what is nothing after a group.
    private func place(of account: ChainAccount) -> ProtocolPosting.Place? {
        let asset = model.tokens[account.token(model).index].asset
        func position(_ type: InstrumentType) -> ProtocolPosting.Place? {
            instruments.firstIndex { $0.id.type == type && $0.base == asset }
                .map { .position(InstrumentIndex($0)) }
        }
        switch account {
        case .wallet: return .wallet(asset)
        case .deposit: return position(.aToken)
        case .debt: return position(.debtToken)
        case .unstaking, .flashLoan: return nil
        }
    }

    private func amount(_ effect: ChainEffect) throws -> Amount {
        let token = model.tokens[effect.account.token(model).index]
        return Amount(
            units: try token.scale.convert(effect.change, to: token.asset.ledgerScale, rounding: .towardZero))
    }

    /// By operation, what went into the wallet or out of it, by the first change.
    private func moved(_ effects: [ChainEffect], operations: Int) throws -> [Amount] {
        var moved = [Amount](repeating: .zero, count: operations)
        for effect in effects.reversed() where moved.indices.contains(effect.operation) {
            guard case .wallet = effect.account else { continue }
            if case .caused = effect.kind { continue }
            let units = try amount(effect).units
            moved[effect.operation] = Amount(units: units < 0 ? 0 - units : units)
        }
        return moved
    }

    private func gas(_ effects: [ChainEffect]) throws -> Amount {
        var sum: Int128 = 0
        for effect in effects where effect.kind == .caused(.gas) {
            sum = try WideArithmetic.add(sum, 0 - (try amount(effect).units), "gas")
        }
        return Amount(units: sum)
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
        guard states[book].lending.contains(where: { $0.scaledDebt != 0 }) else { return nil }
        // What does not fit ends the run where health is noted.
        do throws(ArithmeticOverflow) {
            let standing = try model.lendingStanding(states[book], market: market)
            guard let factor = standing.healthFactor?.decimal else { return nil }
            return LoanView(
                collateral: Amount(units: standing.collateral), debt: Amount(units: standing.debt),
                threshold: standing.liquidationThreshold, healthFactor: factor)
        } catch { return nil }
    }

    private func noteHealth() throws {
        for book in states.indices where states[book].lending.contains(where: { $0.scaledDebt != 0 }) {
            guard let factor = try model.lendingStanding(states[book], market: market).healthFactor?.decimal
            else { continue }
            books.record.worstHealthFactor = min(books.record.worstHealthFactor ?? factor, factor)
        }
    }
}

/// Why an operation has no counterpart in the model.
private struct Untranslated: Error {
    let reason: GroupFailure

    static let unsupported = Untranslated(reason: .notSupported)
}
