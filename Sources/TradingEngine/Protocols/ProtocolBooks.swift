package import Accounting
package import Markets
internal import StrategyKit
package import Trading
package import Units

/// What the chain side of a run tells strategies: what the series say and how loans stand.
package protocol ChainView: AnyObject {
    /// The index by which a deposit or debt grows, as last known.
    func growthIndex(of instrument: InstrumentIndex) -> Ray?
    /// Collateral times threshold over debt of a book; nil without debt.
    func healthFactor(book: Int) -> ExactDecimal?
    /// The loan of a book at oracle prices; nil without debt.
    func loan(book: Int) -> LoanView?
    /// ETH for one staking token at its protocol.
    func stakingRatio(of instrument: InstrumentIndex) -> Wad?
    /// Quote for one base in a pool, before costs.
    func swapRate(of pool: InstrumentIndex) -> Wad?
    /// What a protocol's queue has ready for a book.
    func claimable(of instrument: InstrumentIndex, book: Int) -> Amount
}

/// What strategies own and owe at protocols, read from the ledger, and their groups under way. One for each
/// run that holds tokens of protocols; runs without never touch it.
package final class ProtocolBooks {
    let plan: ProtocolPlan
    let contracts: ContractPlan
    let instruments: [Instrument]
    let ledger: Ledger
    /// The chain side; nil before it is set up.
    package weak var view: (any ChainView)?
    /// Groups that wait for the chain, in the order in which they were asked for.
    var pending: [SubmittedGroup] = []
    /// What happened so far, for results.
    package var record = ProtocolRecord()

    init?(_ setup: EngineSetup, _ plan: AccountPlan, _ ledger: Ledger) {
        guard let protocols = plan.protocols, let contracts = plan.contracts else { return nil }
        (self.plan, self.contracts, self.ledger) = (protocols, contracts, ledger)
        instruments = setup.instruments
    }

    /// What a book's strategy sees.
    func book(_ book: Int) -> any ProtocolBook { BookView(books: self, book: book) }

    /// What stands at a protocol's token, of a debt what is owed.
    package func position(of instrument: InstrumentIndex, book: Int) -> Amount {
        guard plan.positions.indices.contains(book),
            plan.positions[book].indices.contains(instrument.position),
            let account = plan.positions[book][instrument.position]
        else { return .zero }
        let units = ledger.balance(of: account).units
        return Amount(units: instruments[instrument.position].id.type == .debtToken ? -units : units)
    }

    /// What waits in the queue of a staking token's protocol, in ETH.
    package func unstaking(of instrument: InstrumentIndex, book: Int) -> Amount {
        guard plan.unstaking.indices.contains(book),
            plan.unstaking[book].indices.contains(instrument.position),
            let account = plan.unstaking[book][instrument.position]
        else { return .zero }
        return ledger.balance(of: account)
    }

    /// What the wallet holds of an instrument's base asset.
    package func wallet(of instrument: InstrumentIndex, book: Int) -> Amount {
        guard let slot = plan.walletSlots[instrument.position] else { return .zero }
        return ledger.balance(of: contracts.balances[book][slot])
    }

    /// What the wallet holds of an asset; nil where it has no account of it.
    package func wallet(of asset: Asset, book: Int) -> Amount? {
        contracts.slot(of: asset, at: .wallet).map { ledger.balance(of: contracts.balances[book][$0]) }
    }

    /// The assets that the wallet has accounts of, in the order of the slots.
    package var walletAssets: [Asset] { contracts.slots.filter { $0.venue == .wallet }.map(\.asset) }

    private final class BookView: ProtocolBook {
        let books: ProtocolBooks
        let book: Int

        init(books: ProtocolBooks, book: Int) { (self.books, self.book) = (books, book) }

        func position(of index: InstrumentIndex) -> Amount { books.position(of: index, book: book) }
        func growthIndex(of index: InstrumentIndex) -> Ray? { books.view?.growthIndex(of: index) }
        func healthFactor() -> ExactDecimal? { books.view?.healthFactor(book: book) }
        func stakingRatio(of index: InstrumentIndex) -> Wad? { books.view?.stakingRatio(of: index) }
        func swapRate(of pool: InstrumentIndex) -> Wad? { books.view?.swapRate(of: pool) }
        func unstaking(of index: InstrumentIndex) -> (waiting: Amount, claimable: Amount) {
            (
                books.unstaking(of: index, book: book),
                books.view?.claimable(of: index, book: book) ?? .zero
            )
        }
    }
}

/// A change of one balance of a strategy by a protocol.
package struct ProtocolPosting: Hashable, Sendable {
    /// Which balance.
    package enum Place: Hashable, Sendable {
        /// The wallet's balance of an asset.
        case wallet(Asset)
        /// A deposit or debt.
        case position(InstrumentIndex)
        /// What waits in the queue of the protocol of a staking token, in ETH.
        case unstaking(InstrumentIndex)
    }

    package let place: Place
    /// By how much, at the asset's ledger scale. Of a debt, positive is more debt.
    package let change: Amount
    package let cause: Cause

    package init(_ place: Place, _ change: Amount, _ cause: Cause) {
        (self.place, self.change, self.cause) = (place, change, cause)
    }
}

/// What happened to the protocols of a run, for its results.
package struct ProtocolRecord: Hashable, Sendable {
    /// Groups that executed.
    package var executed = 0
    /// Groups that did not, by reason, in the order of ``GroupFailure``.
    package var failures = [Int](repeating: 0, count: GroupFailure.allCases.count)
    /// Liquidations at lending pools.
    package var liquidations = 0
    /// Lowest health factor.
    package var worstHealthFactor: ExactDecimal?
    /// Withdrawals of capital that were asked for and not yet paid.
    package var unpaidWithdrawals = 0

    package init() {}
}
