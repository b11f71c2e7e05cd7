internal import Accounting
internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// Takes up a transfer that a strategy asked for.
    func transfer(_ ask: TransferAsk, _ book: Int) throws {
        let report = TransferReport(
            id: ask.id, asset: ask.asset, amount: ask.amount, received: .zero, source: ask.source,
            target: ask.target)
        tell(.transferRefused(report, .unknownAccount), to: book)
    }

    /// News of a strategy's accounts, for its next decision.
    func tell(_ update: AccountUpdate, to book: Int) {
        accountNews.append((book, update))
        hasAccountNews.value = true
    }

    /// Hands over news of accounts.
    @inline(never)
    func deliverAccountNews(to book: Int) {
        let own = accountNews.filter { $0.book == book }
        accountNews.removeAll { $0.book == book }
        hasAccountNews.value = !accountNews.isEmpty
        for item in own { strategies[book].accountUpdated(item.update, desks + book) }
    }
}
