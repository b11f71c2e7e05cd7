internal import Accounting
internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The accounts of one book in a run with contracts: a balance for each venue and asset.
final class VenueAccounts: AccountBook {
    private let ledger: Ledger
    private let marks: MarkBook
    private let contracts: ContractBooks
    private let book: Int
    private let shareClass: Asset
    private let terms: [InstrumentTerms]

    init(_ setup: EngineSetup, _ contracts: ContractBooks, _ ledger: Ledger, _ marks: MarkBook, book: Int) {
        (self.ledger, self.marks, self.contracts, self.book) = (ledger, marks, contracts, book)
        shareClass = setup.shareClass
        terms = setup.instruments.map(\.terms)
    }

    func balance(of asset: Asset, at venue: Venue) -> Amount {
        guard let slot = contracts.plan.slot(of: asset, at: venue) else { return .zero }
        return ledger.balance(of: contracts.plan.balances[book][slot])
    }

    func equity() -> Amount { ledger.equity(of: book, in: shareClass) }

    func margin(at venue: Venue) -> MarginView? {
        var worst: MarginView?
        for account in contracts.accounts[book]
        where contracts.plan.slots[account.slot].venue == venue && contracts.hasPositions(account) {
            // What does not fit ends the run where the venue looks at the same account.
            do throws(ArithmeticOverflow) {
                let view = contracts.view(of: account, try contracts.state(of: account))
                guard let ratio = view.ratio else { continue }
                if let known = worst?.ratio, known <= ratio { continue }
                worst = view
            } catch { continue }
        }
        return worst
    }

    func markPrice(of index: InstrumentIndex) -> Price? {
        marks.markPrice(index.position, terms[index.position])
    }

    func indexPrice(of index: InstrumentIndex) -> IndexPrice? { contracts.indexPrices[index.position] }
}
