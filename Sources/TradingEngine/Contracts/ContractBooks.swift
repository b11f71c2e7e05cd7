internal import Accounting
package import Markets
package import Trading
package import Units

/// Positions of contracts and the accounts that back them, read from the ledger. One for each run that holds
/// perpetuals or dated futures; runs without never touch it.
package final class ContractBooks {
    let plan: ContractPlan
    let rules: ContractRules
    let instruments: [Instrument]
    let numbers: [ContractNumbers?]
    let rates: [MarginRates?]
    /// Margin accounts by book.
    package let accounts: [[MarginAccount]]
    /// Contract accounts by book, then instrument.
    let contractAccounts: [[AccountIndex]]
    /// When each instrument was last priced.
    private(set) var markTimes: [Instant]
    /// Whether the last price of each instrument's mark was its index price.
    private(set) var isIndexMark: [Bool]
    /// The last index price of each instrument; nil before the first.
    package internal(set) var indexPrices: [IndexPrice?]
    /// What the insurance funds hold, by slot; counted where the rules deleverage.
    package internal(set) var funds: [Int128]
    /// Dated futures that were settled.
    package internal(set) var isExpired: [Bool]
    /// Dated futures whose positions went on in the next: from then on they take only what reduces.
    package internal(set) var isRolled: [Bool]
    /// Transfers on their way, in the order in which they were sent.
    var transit: [SentTransfer] = []
    /// Margin accounts whose holder was warned and has not recovered, by book, then account.
    var isCalled: [[Bool]]
    /// What happened so far, for results.
    package var record = ContractRecord()
    let ledger: Ledger
    private let marks: MarkBook

    init(
        _ setup: EngineSetup, _ plan: AccountPlan, _ contracts: ContractPlan, _ ledger: Ledger,
        _ marks: MarkBook
    ) throws(ArithmeticOverflow) {
        (self.plan, rules, instruments) = (contracts, setup.contractRules, setup.instruments)
        (self.ledger, self.marks) = (ledger, marks)
        numbers = setup.instruments.map { ContractNumbers($0) }
        var rates: [MarginRates?] = []
        for instrument in setup.instruments {
            guard let contract = instrument.contract else {
                rates.append(nil)
                continue
            }
            rates.append(try MarginRates(contract, settlement: instrument.settlementAsset))
        }
        self.rates = rates
        contractAccounts = plan.baseAccounts
        markTimes = Array(repeating: .distantPast, count: setup.instruments.count)
        isExpired = Array(repeating: false, count: setup.instruments.count)
        isRolled = Array(repeating: false, count: setup.instruments.count)
        isIndexMark = Array(repeating: false, count: setup.instruments.count)
        indexPrices = Array(repeating: nil, count: setup.instruments.count)
        funds = try contracts.slots.map { (slot) throws(ArithmeticOverflow) in
            let fund = setup.contractRules.insuranceFunds.first { $0.asset == slot.asset }?.amount ?? .zero
            return try fund.scale.convert(fund.mantissa, to: slot.asset.ledgerScale, rounding: .down)
        }
        accounts = setup.books.indices.map { ContractBooks.accounts(of: $0, setup, contracts) }
        isCalled = accounts.map { $0.map { _ in false } }
    }

    private static func accounts(
        of book: Int, _ setup: EngineSetup, _ plan: ContractPlan
    ) -> [MarginAccount] {
        let contracts = setup.instruments.indices.filter { setup.instruments[$0].contract != nil }
        if setup.contractRules.marginMode == .isolated {
            return contracts.compactMap { index in
                plan.isolated[book][index].map {
                    MarginAccount(
                        book: book, slot: plan.settlementSlots[index], instruments: [index], collateral: $0)
                }
            }
        }
        return plan.slots.indices.compactMap { slot in
            let own = contracts.filter { plan.settlementSlots[$0] == slot }
            if own.isEmpty { return nil }
            return MarginAccount(
                book: book, slot: slot, instruments: own, collateral: plan.balances[book][slot])
        }
    }

    /// A price of an instrument moved its mark.
    ///
    /// - Parameter isIndex: whether it is the index price that stands in for a mark.
    package func priced(_ instrument: Int, at time: Instant, isIndex: Bool = false) {
        markTimes[instrument] = time
        isIndexMark[instrument] = isIndex
    }

    /// The mark price of an instrument and when it was known; nil before the first.
    package func mark(of instrument: Int) -> (price: Int64, scale: Scale, time: Instant)? {
        marks.rawPrice(instrument).map { ($0.price, $0.scale, markTimes[instrument]) }
    }

    /// A book's signed position of a contract, in units of its quantity.
    package func position(of instrument: Int, book: Int) -> Int128 {
        ledger.balance(of: contractAccounts[book][instrument]).units
    }

    /// What backs a position, and where its funding is paid.
    func collateral(of instrument: Int, book: Int) -> AccountIndex {
        plan.isolated[book][instrument] ?? plan.balances[book][plan.settlementSlots[instrument]]
    }

    /// Whether a margin account backs any position now.
    package func hasPositions(_ account: MarginAccount) -> Bool {
        account.instruments.contains { position(of: $0, book: account.book) != 0 }
    }

    /// Where a margin account stands at the present marks.
    package func state(of account: MarginAccount) throws(ArithmeticOverflow) -> MarginState {
        var state = MarginState(equity: ledger.balance(of: account.collateral).units)
        for index in account.instruments {
            try add(index, account.book, quantity: nil, to: &state)
        }
        return state
    }

    /// Adds a position to a margin account's state.
    ///
    /// - Parameter quantity: what is margined; nil for the position itself.
    func add(
        _ index: Int, _ book: Int, quantity: Int128?, to state: inout MarginState
    ) throws(ArithmeticOverflow) {
        let held = position(of: index, book: book)
        guard held != 0 || (quantity ?? 0) != 0, let numbers = numbers[index], let rates = rates[index],
            let (price, scale) = marks.rawPrice(index)
        else { return }
        if held != 0 {
            state.equity = try WideArithmetic.add(
                state.equity, try profit(of: index, book), "a margin account's equity")
        }
        let margined = quantity ?? held
        let size = try numbers.notional(
            margined < 0 ? -margined : margined, at: price, scale)
        state.notional = try WideArithmetic.add(state.notional, size, "a margin account's notional")
        state.initial = try WideArithmetic.add(
            state.initial, try rates.initial(size), "an initial margin")
        state.maintenance = try WideArithmetic.add(
            state.maintenance, try rates.maintenance(size), "a maintenance margin")
    }

    /// The unrealised profit of a position at the present mark; 0 before the first.
    package func profit(of index: Int, _ book: Int) throws(ArithmeticOverflow) -> Int128 {
        guard let numbers = numbers[index], let (price, scale) = marks.rawPrice(index),
            let cost = plan.costs[book][index]
        else { return 0 }
        let value = try numbers.notional(position(of: index, book: book), at: price, scale)
        return try WideArithmetic.add(
            numbers.isInverse ? -value : value, ledger.balance(of: cost).units, "unrealised profit")
    }

    /// Pays into the insurance fund of a balance's venue and asset, or out of it.
    func changeFund(_ slot: Int, by amount: Int128) throws(ArithmeticOverflow) {
        funds[slot] = try WideArithmetic.add(funds[slot], amount, "an insurance fund")
    }

    /// The notional of a quantity at the present mark, and the maintenance margin that it needs; nil before
    /// the first mark.
    package func worth(
        of quantity: Int128, _ index: Int
    ) throws(ArithmeticOverflow) -> (notional: Int128, maintenance: Int128)? {
        guard let numbers = numbers[index], let rates = rates[index],
            let (price, scale) = marks.rawPrice(index)
        else { return nil }
        let notional = try numbers.notional(quantity < 0 ? -quantity : quantity, at: price, scale)
        return (notional, try rates.maintenance(notional))
    }

    /// The floor of the margin tier of a notional.
    package func tierFloor(of notional: Int128, _ index: Int) -> Int128 {
        guard let rates = rates[index] else { return 0 }
        return rates.steps[rates.place(of: notional)].floor
    }

    /// The balance in which each instrument settles, by instrument.
    package var settlementSlots: [Int] { plan.settlementSlots }

    /// The margin account of a position.
    func account(of instrument: Int, book: Int) -> MarginAccount? {
        accounts[book].first { $0.instruments.contains(instrument) }
    }

    /// A margin account's state as the venue reports it.
    func view(of account: MarginAccount, _ state: MarginState) -> MarginView {
        let slot = plan.slots[account.slot]
        return MarginView(
            venue: slot.venue, asset: slot.asset, equity: Amount(units: state.equity),
            initial: Amount(units: state.initial), maintenance: Amount(units: state.maintenance),
            notional: Amount(units: state.notional))
    }
}

/// A transfer that left and has not arrived.
struct SentTransfer {
    let book: Int
    let arrival: Instant
    let source: Int
    let target: Int
    let report: TransferReport
}

/// What happened to the contracts of a run, for its results.
package struct ContractRecord: Hashable, Sendable {
    /// Positions, or parts of one, that venues closed by force.
    package var liquidations = 0
    /// Warnings of venues.
    package var marginCalls = 0
    /// Payments of funding.
    package var fundingPayments = 0
    /// Rows of funding whose stamp was settled before.
    package var repeatedStamps = 0
    /// Settlements at a mark older than an hour.
    package var staleMarks = 0
    /// Settlements that waited, as nothing had priced their contract.
    package var waits = 0
    /// Accounts whose loss exceeded what backed them.
    package var bankruptcies = 0
    /// Accounts whose loss was beyond the insurance fund, so that the other side bore it.
    package var uncovered = 0
    /// Positions of the other side that were reduced for them.
    package var deleveragings = 0
    /// Positions that went on in another contract.
    package var rolls = 0
    /// Positions that the next contract's margin did not let go on.
    package var refusedRolls = 0
    /// Positions that were to be rolled and were settled instead.
    package var missedRolls = 0
    /// Rolls at a price older than an hour.
    package var staleRolls = 0
    /// Settlements of funding with an index price older than an hour.
    package var staleIndices = 0
    /// Index prices that stood in for a mark older than an hour, or for none.
    package var indexMarks = 0
    /// Transfers that were refused.
    package var refusedTransfers = 0
    /// Lowest ratio of equity to notional.
    package var worstRatio: MarginRatio?

    package init() {}
}
