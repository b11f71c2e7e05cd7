internal import Accounting
internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The accounts of one book in a run without contracts: one balance of the share class for all venues.
final class PooledAccounts: AccountBook {
    private let ledger: Ledger
    private let marks: MarkBook
    private let book: Int
    private let shareClass: Asset
    /// Accounts with their venue and asset; those of the share class belong to every venue.
    private let balances: [(venue: Venue, asset: Asset, account: AccountIndex)]
    private let terms: [InstrumentTerms]

    init(_ setup: EngineSetup, _ plan: AccountPlan, _ ledger: Ledger, _ marks: MarkBook, book: Int) {
        (self.ledger, self.marks, self.book) = (ledger, marks, book)
        shareClass = setup.shareClass
        terms = setup.instruments.map(\.terms)
        var balances = [
            (setup.instruments.first?.id.venue ?? .wallet, setup.shareClass, plan.capitalAccounts[book])
        ]
        for (index, instrument) in setup.instruments.enumerated() {
            balances.append((instrument.id.venue, instrument.base, plan.baseAccounts[book][index]))
            balances.append((instrument.id.venue, instrument.quote, plan.quoteAccounts[book][index]))
        }
        self.balances = balances.map { (venue: $0.0, asset: $0.1, account: $0.2) }
    }

    func balance(of asset: Asset, at venue: Venue) -> Amount {
        let found = balances.first { $0.asset == asset && ($0.venue == venue || asset == shareClass) }
        return found.map { ledger.balance(of: $0.account) } ?? .zero
    }

    func equity() -> Amount { ledger.equity(of: book, in: shareClass) }

    func margin(at venue: Venue) -> MarginView? { nil }

    func markPrice(of index: InstrumentIndex) -> Price? {
        marks.markPrice(index.position, terms[index.position])
    }

    func indexPrice(of index: InstrumentIndex) -> IndexPrice? { nil }
}

extension Ledger {
    /// Equity of a book, rounded half even at the ledger scale of the share class.
    func equity(of book: Int, in shareClass: Asset) -> Amount {
        // Lowering the scale of a value cannot overflow.
        do throws(ArithmeticOverflow) {
            return Amount(
                units: try valueScale.convert(
                    equity(of: book), to: shareClass.ledgerScale, rounding: .halfEven))
        } catch { return .zero }
    }
}

extension MarkBook {
    /// The mark price at the instrument's price scale, rounded half even; nil before the first.
    func markPrice(_ index: Int, _ terms: InstrumentTerms) -> Price? {
        guard let (price, scale) = rawPrice(index) else { return nil }
        do throws(ArithmeticOverflow) {
            let value = try scale.convert(Int128(price), to: terms.priceScale, rounding: .halfEven)
            return Int64(exactly: value).map { Price(mantissa: $0) }
        } catch { return nil }
    }
}

extension Engine {
    /// The contracts of a run; nil when it holds none.
    static func contracts(
        _ setup: EngineSetup, _ plan: AccountPlan, _ ledger: Ledger, _ marks: MarkBook
    ) throws(ArithmeticOverflow) -> ContractBooks? {
        guard let contracts = plan.contracts else { return nil }
        return try ContractBooks(setup, plan, contracts, ledger, marks)
    }

    /// The accounts that a strategy sees.
    static func accounts(
        _ setup: EngineSetup, _ plan: AccountPlan, _ contracts: ContractBooks?, _ ledger: Ledger,
        _ marks: MarkBook, book: Int
    ) -> any AccountBook {
        guard let contracts else { return PooledAccounts(setup, plan, ledger, marks, book: book) }
        return VenueAccounts(setup, contracts, ledger, marks, book: book)
    }
}
