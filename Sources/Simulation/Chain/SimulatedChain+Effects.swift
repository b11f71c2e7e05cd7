internal import Accounting
internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Between operations of the engine and those of the model, and from effects to postings.
extension SimulatedChain {
    /// An operation as the model knows it.
    func translate(
        _ operation: DeFiOperation, in group: OperationGroup
    ) throws -> Result<ChainOperation, Untranslated> {
        let instrument = instruments[operation.instrument.position]
        let isBuying = operation.kind == .swap && operation.side == .buy
        guard let token = model.token(of: isBuying ? instrument.quote : instrument.base) else {
            return .failure(.unsupported)
        }
        let quantity: ChainQuantity
        switch operation.amount {
        case .all: quantity = .all
        case .produced: quantity = .produced
        case .exact(let amount):
            let asset = model.tokens[token.index].asset
            let units = try asset.ledgerScale.convert(
                amount.units, to: model.tokens[token.index].scale, rounding: .towardZero)
            if units <= 0 { return .failure(Untranslated(reason: .badAmount)) }
            quantity = .exact(units)
        }
        let exact: Int128? = if case .exact(let units) = quantity { units } else { nil }
        switch (operation.kind, instrument.id.type, exact) {
        case (.flashBorrow, .base, let units?): return .success(.flashBorrow(token, units))
        case (.flashRepay, .base, _): return .success(.flashRepay(token))
        case (.stake, .lst, _), (.unstake, .lst, _), (.claim, .lst, _):
            return translateStaking(operation, quantity)
        case (.swap, .spot, _):
            guard let pair = keys.pair(of: operation.instrument) else { return .failure(.unsupported) }
            let limit = SlippageLimit(
                rate: market.rates[pair.index], maximum: group.slippageLimit)
            return .success(.swap(pair, isBuying ? .buyBase : .sellBase, quantity, limit: limit))
        case (.enterEfficiencyMode, .aToken, _), (.enterEfficiencyMode, .debtToken, _):
            return .success(.setEfficiencyMode(true))
        default: return translateLending(operation, quantity, exact, token, instrument.id.type)
        }
    }

    private func translateLending(
        _ operation: DeFiOperation, _ quantity: ChainQuantity, _ exact: Int128?, _ token: TokenKey,
        _ type: InstrumentType
    ) -> Result<ChainOperation, Untranslated> {
        guard let reserve = model.reserve(of: token) else { return .failure(.unsupported) }
        switch (operation.kind, type, exact) {
        case (.supply, .aToken, _): return .success(.supply(reserve, quantity))
        case (.withdraw, .aToken, _): return .success(.withdraw(reserve, quantity))
        case (.borrow, .debtToken, let units?): return .success(.borrow(reserve, units))
        case (.repay, .debtToken, _): return .success(.repay(reserve, quantity))
        default: return .failure(.unsupported)
        }
    }

    private func translateStaking(
        _ operation: DeFiOperation, _ quantity: ChainQuantity
    ) -> Result<ChainOperation, Untranslated> {
        guard let key = keys.staking(of: operation.instrument) else { return .failure(.unsupported) }
        switch operation.kind {
        case .stake: return .success(.stake(key, quantity))
        case .unstake: return .success(.unstake(key, quantity))
        default: return .success(.claim(key))
        }
    }

    // MARK: Effects

    /// Effects as postings. The two sides of an exchange have one cause: what they differ by in value is
    /// rounding where tokens are exchanged at their ratio, and the distance from market to mark in a swap.
    func postings(
        _ effects: [ChainEffect], of operations: [ChainOperation] = [], exchanges: Cause = .price
    ) throws -> [ProtocolPosting] {
        var postings: [ProtocolPosting] = []
        for effect in effects {
            guard let place = place(of: effect.account) else { continue }
            let change = try amount(effect)
            if change.units == 0 { continue }
            let cause: Cause
            switch effect.kind {
            case .moved: cause = .price
            case .caused(let own): cause = own
            case .exchanged:
                let isStaking =
                    operations.indices.contains(effect.operation)
                    && operations[effect.operation].isStaking
                cause = isStaking ? .dust : exchanges
            }
            postings.append(ProtocolPosting(place, change, cause))
        }
        return postings
    }

    /// Where the ledger keeps an account of the model; nil for what is nothing after a group.
    func place(of account: ChainAccount) -> ProtocolPosting.Place? {
        let asset = model.tokens[account.token(model).index].asset
        switch account {
        case .wallet: return .wallet(asset)
        case .deposit: return instrument(.aToken, of: asset).map { .position($0) }
        case .debt: return instrument(.debtToken, of: asset).map { .position($0) }
        case .unstaking(let key): return keys.instrument(of: key).map { .unstaking($0) }
        case .flashLoan: return nil
        }
    }

    /// The deposit or debt of an asset.
    func instrument(_ type: InstrumentType, of asset: Asset) -> InstrumentIndex? {
        instruments.firstIndex { $0.id.type == type && $0.base == asset }.map { InstrumentIndex($0) }
    }

    func amount(_ effect: ChainEffect) throws -> Amount {
        try amount(effect.change, of: effect.account.token(model))
    }

    /// Units of a token at its asset's ledger scale.
    func amount(_ units: Int128, of token: TokenKey) throws(ArithmeticOverflow) -> Amount {
        let one = model.tokens[token.index]
        return Amount(
            units: try one.scale.convert(units, to: one.asset.ledgerScale, rounding: .towardZero))
    }

    /// By operation, what went into the wallet or out of it, by the first change.
    func moved(_ effects: [ChainEffect], operations: Int) throws -> [Amount] {
        var moved = [Amount](repeating: .zero, count: operations)
        for effect in effects.reversed() where moved.indices.contains(effect.operation) {
            guard case .wallet = effect.account else { continue }
            if case .caused = effect.kind { continue }
            let units = try amount(effect).units
            moved[effect.operation] = Amount(units: units < 0 ? 0 - units : units)
        }
        return moved
    }

    func gas(_ effects: [ChainEffect]) throws -> Amount {
        var sum: Int128 = 0
        for effect in effects where effect.kind == .caused(.gas) {
            sum = try WideArithmetic.add(sum, 0 - (try amount(effect).units), "gas")
        }
        return Amount(units: sum)
    }

    // MARK: Liquidation

    /// Liquidates the loans whose health factor fell below 1, as often as the protocol allows it: each time
    /// at most the close factor, until they are healthy or nothing is left to take.
    func liquidate() throws {
        news.mayLiquidate = false
        for book in states.indices where states[book].hasDebt {
            var rounds = 0
            while rounds < 64, let taken = try model.liquidate(&states[book], market: market) {
                rounds += 1
                let (debt, collateral) = (
                    model.reserves[taken.debtReserve.index].token,
                    model.reserves[taken.collateralReserve.index].token
                )
                guard let owed = instrument(.debtToken, of: model.tokens[debt.index].asset),
                    let held = instrument(.aToken, of: model.tokens[collateral.index].asset)
                else { return }
                let report = LoanLiquidation(
                    debt: owed, repaid: try amount(taken.repaid, of: debt), collateral: held,
                    seized: try amount(taken.seized, of: collateral),
                    penalty: try amount(taken.penalty, of: collateral),
                    healthFactor: taken.healthFactor.decimal)
                let lowest = books.record.worstHealthFactor ?? report.healthFactor
                books.record.worstHealthFactor = min(lowest, report.healthFactor)
                try engine.liquidate(
                    report, try postings(taken.effects, exchanges: .liquidation), book: book)
            }
        }
    }
}

extension ChainOperation {
    /// Whether it exchanges ETH and a token for it at the protocol's ratio.
    fileprivate var isStaking: Bool {
        switch self {
        case .stake, .unstake: true
        default: false
        }
    }
}

/// Why an operation has no counterpart in the model.
struct Untranslated: Error {
    let reason: GroupFailure

    static let unsupported = Untranslated(reason: .notSupported)
}
