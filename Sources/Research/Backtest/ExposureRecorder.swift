internal import Accounting
internal import Markets
internal import TradingEngine
internal import Units

/// Follows the net exposure of a run with contracts to its assets, as a fraction of equity.
///
/// Exposure to an asset is the value of what is held of it, linear contracts on it included; an inverse
/// contract is as many units of the quote as it counts, and its cost is held in the base. Assets are those
/// that the run's instruments are on; where the share class is itself one of them (an ETH share class
/// trading ETHUSDT), the asset that it is priced in.
final class ExposureRecorder {
    private let ledger: Ledger
    /// Accounts by book and asset.
    private let accounts: [[[AccountIndex]]]
    /// The largest exposure so far; nil before the first step with equity.
    private(set) var largest: Double?
    /// The exposure furthest from zero after the last step, with its sign.
    private(set) var net = 0.0

    init(_ engine: Engine, _ instruments: [Instrument], books: Int, shareClass: Asset) {
        ledger = engine.ledger
        var assets: [Asset] = []
        for instrument in instruments {
            let asset = instrument.base == shareClass ? instrument.quote : instrument.base
            if asset != shareClass && !assets.contains(asset) { assets.append(asset) }
        }
        accounts = (0..<books).map { book in
            var contracts: [(account: AccountIndex, asset: Asset)] = []
            for (index, instrument) in instruments.enumerated() {
                guard let contract = instrument.contract else { continue }
                let account = engine.accounts(of: InstrumentIndex(index), book: book).base
                contracts.append(
                    (account, contract.settlement == .linear ? instrument.base : instrument.quote))
            }
            let all = engine.ledger.accounts.enumerated().filter { $0.element.holder == .book(book) }
            return assets.map { asset in
                all.compactMap { index, account in
                    let own = AccountIndex(index)
                    if let contract = contracts.first(where: { $0.account == own }) {
                        return contract.asset == asset ? own : nil
                    }
                    return account.unit == asset.symbol ? own : nil
                }
            }
        }
    }

    /// Looks at the exposure as a step leaves it.
    func append() {
        net = 0
        for (book, assets) in accounts.enumerated() {
            let equity = WideArithmetic.approximateDouble(ledger.equity(of: book))
            if equity <= 0 { continue }
            for own in assets {
                let value = own.reduce(0.0) {
                    $0 + WideArithmetic.approximateDouble(ledger.value(of: $1))
                }
                largest = max(largest ?? 0, abs(value) / equity)
                if abs(value) / equity > abs(net) { net = value / equity }
            }
        }
    }
}
