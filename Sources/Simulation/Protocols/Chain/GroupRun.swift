internal import Accounting
internal import Units

/// A group on its way: a value, so that forgetting it undoes it.
struct GroupRun {
    let model: ChainModel
    let market: ChainMarket
    var state: ChainState
    var effects: [ChainEffect] = []
    /// Owed to the flash lender, by ``TokenKey``.
    private(set) var flashLoans: [Int128]
    /// The operation's place; -1 before the first.
    private(set) var place = -1
    /// What the operation before put into the wallet.
    private var producedBefore: Int128 = 0
    /// What this operation put into the wallet.
    private var producedNow: Int128 = 0

    init(model: ChainModel, market: ChainMarket, state: ChainState) {
        (self.model, self.market, self.state) = (model, market, state)
        flashLoans = Array(repeating: 0, count: model.tokens.count)
    }

    mutating func begin(_ place: Int) {
        self.place = place
        (producedBefore, producedNow) = (producedNow, 0)
    }

    /// Changes a balance and writes down that it did.
    mutating func post(
        _ account: ChainAccount, _ change: Int128, _ kind: ChainEffectKind
    ) throws(ArithmeticOverflow) {
        if change == 0 { return }
        func sum(_ balance: Int128) throws(ArithmeticOverflow) -> Int128 {
            try WideArithmetic.add(balance, change, "a balance on the chain")
        }
        switch account {
        case .wallet(let token):
            state.wallet[token.index] = try sum(state.wallet[token.index])
            if place >= 0 {
                let gained = kind == .caused(.slippage) ? change : max(change, 0)
                producedNow = try WideArithmetic.add(producedNow, gained, "an operation's result")
            }
        case .deposit(let reserve):
            state.lending[reserve.index].deposit = try sum(state.lending[reserve.index].deposit)
        case .debt(let reserve):
            state.lending[reserve.index].debt = try sum(state.lending[reserve.index].debt)
        case .flashLoan(let token):
            flashLoans[token.index] = try sum(flashLoans[token.index])
        case .unstaking: break
        }
        effects.append(ChainEffect(account: account, change: change, kind: kind, operation: place))
    }

    /// How much a quantity is of what there is; a refusal where it is nothing or more.
    func taken(
        _ quantity: ChainQuantity, of token: TokenKey
    ) -> (amount: Int128, refusal: ChainRefusal?) {
        let has = state.wallet[token.index]
        let amount =
            switch quantity {
            case .exact(let amount): amount
            case .all: has
            case .produced: producedBefore
            }
        if amount <= 0 { return (0, .zeroAmount(model.name(token))) }
        if amount > has {
            return (0, .walletTooSmall(token: model.name(token), has: has, needs: amount))
        }
        return (amount, nil)
    }

    /// What a quantity means without the wallet; nil for all of it.
    func asked(_ quantity: ChainQuantity) -> Int128? {
        switch quantity {
        case .exact(let amount): amount
        case .all: nil
        case .produced: producedBefore
        }
    }

    mutating func apply(_ operation: ChainOperation) throws(ArithmeticOverflow) -> ChainRefusal? {
        switch operation {
        case .supply(let reserve, let quantity): try supply(reserve, quantity)
        case .withdraw(let reserve, let quantity): try withdraw(reserve, quantity)
        case .borrow(let reserve, let amount): try borrow(reserve, amount)
        case .repay(let reserve, let quantity): try repay(reserve, quantity)
        case .setEfficiencyMode(let isOn): try setEfficiencyMode(isOn)
        case .stake(let key, let quantity): try stake(key, quantity)
        case .unstake(let key, let quantity): try unstake(key, quantity)
        case .claim(let key): try claim(key)
        case .swap(let pair, let direction, let quantity, let limit):
            try swap(pair, direction, quantity, limit: limit)
        case .flashBorrow(let token, let amount): try flashBorrow(token, amount)
        case .flashRepay(let token): try flashRepay(token)
        }
    }
}
