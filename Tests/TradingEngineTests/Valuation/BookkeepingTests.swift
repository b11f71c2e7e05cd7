import Accounting
import Markets
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

@Suite("Books of the engine")
struct BookkeepingTests {
    private static let bitcoin = InstrumentIndex(0)

    @Test("a fill posts base, quote at the reference price, slippage and fee, and its cause each")
    func postings() throws {
        let script = Script { call, context in
            if case .bar = call, context.now == EngineFixture.time(1) {
                context.submit(OrderRequest(.buy, Quantity(mantissa: 200_000_000), of: Self.bitcoin))
            }
        }
        let engine = try EngineFixture.engine(books: [script.book(capital: ExactDecimal(1_000))])
        try engine.step(1, bars: [(10_000, 0)])
        // Two at 101 against a reference of 100.50, fee 0.202; the mark is 100, later 110.
        let fill = EngineFixture.fill(
            1, 200_000_000, 10_100, reference: 10_050, fee: 20_200_000, at: EngineFixture.time(2))
        try engine.step(2, reports: [(fill, EngineFixture.time(2))])
        let ledger = engine.ledger
        let accounts = engine.accounts(of: Self.bitcoin, book: 0)
        #expect(ledger.balance(of: accounts.base).units == 200_000_000)
        #expect(ledger.balance(of: accounts.quote).units == 1_000_0000_0000 - 202_0000_0000 - 2020_0000)
        func cause(_ cause: Cause) -> String {
            ExactDecimal(mantissa: ledger.attribution(of: 0, cause), scale: ledger.valueScale).description
        }
        // Bought at 100.50 what is marked at 100; slippage 0.50 each.
        #expect(cause(.price) == "-1" && cause(.slippage) == "-1" && cause(.fees) == "-0.202")
        #expect(cause(.netFlow) == "1000")
        try engine.step(3, bars: [(11_000, 0)])
        #expect(cause(.price) == "19")
        let equity = ExactDecimal(mantissa: engine.totals.equity, scale: ledger.valueScale)
        #expect(equity.description == "1017.798")
        let postings = ledger.journal.filter { $0.order == 1 }
        #expect(postings.count == 8)
        #expect(
            postings.map(\.cause) == [.price, .price, .price, .price, .slippage, .slippage, .fees, .fees])
        #expect(Set(postings.map(\.transaction)).count == 1)
        #expect(!engine.usedOverdraft && !engine.usedShortSpot)
    }

    @Test("sub-accounts of strategies sum exactly to the whole, through random fills of random runs")
    func subAccounts() throws {
        var random = SplitMix64(seed: 131)
        for _ in 0..<30 {
            let sizes = Views()
            let books = (0..<2).map { book in
                Script { call, context in
                    guard case .bar(let bar, let index) = call, bar.close.mantissa % 3 != Int64(book) else {
                        return
                    }
                    let side: Side = bar.close.mantissa % 2 == 0 ? .buy : .sell
                    sizes.append(Int64(index.position))
                    context.submit(
                        OrderRequest(side, Quantity(mantissa: bar.close.mantissa * 1_001), of: index))
                }.book("book \(book)")
            }
            let engine = try EngineFixture.engine(
                ["BTCUSDT", "ETHBTC", "ETHUSDT"].map { EngineFixture.instrument($0) }, books: books)
            var pending: [VenueCommand] = []
            for minute in 1...25 {
                let bars = (0..<3).map { (random.integer(in: 50...20_000), $0) }
                var reports: [(VenueReport, Instant)] = []
                for case .submit(let id, let request, strategy: _) in pending {
                    let price = random.integer(in: 50...20_000)
                    let half = request.quantity.mantissa / 2
                    for size in [half, request.quantity.mantissa - half] {
                        reports.append(
                            (
                                EngineFixture.fill(
                                    id.number, size, price, reference: price + random.integer(in: -9...9),
                                    fee: Int128(random.integer(in: -500...5_000)),
                                    at: EngineFixture.time(minute)),
                                EngineFixture.time(minute)
                            ))
                    }
                }
                pending = try engine.step(minute, bars: bars, reports: reports)
                let ledger = engine.ledger
                #expect(engine.totals.equity == ledger.equity(of: 0) + ledger.equity(of: 1))
                #expect(engine.totals.cash == ledger.cash(of: 0) + ledger.cash(of: 1))
            }
            #expect(sizes.take().count > 10)
            try check(engine)
        }
    }

    /// Every unit sums to zero; equity is the naive sum; causes explain it; positions are the balances.
    private func check(_ engine: Engine) throws {
        let ledger = engine.ledger
        try ledger.verifyValuation()
        var sums: [Int: Int128] = [:]
        var equity: [Int128] = [0, 0]
        for (index, account) in ledger.accounts.enumerated() {
            let balance = ledger.balance(of: AccountIndex(index)).units
            sums[account.mark.position, default: 0] += balance
            if case .book(let book) = account.holder { equity[book] += balance * ledger.mark(account.mark) }
        }
        #expect(sums.values.allSatisfy { $0 == 0 })
        for book in 0..<2 {
            #expect(equity[book] == ledger.equity(of: book))
            let explained = Cause.attributed.reduce(Int128(0)) { $0 + ledger.attribution(of: book, $1) }
            #expect(explained == ledger.equity(of: book) - ledger.attribution(of: book, .netFlow))
            #expect(ledger.attribution(of: book, .fees) != 0 && ledger.attribution(of: book, .slippage) != 0)
            // Bitcoin is base of one and quote of another: only ether's balance is a sum of positions.
            let ether = (1...2).map { engine.position(of: InstrumentIndex($0), book: book).quantity.mantissa }
            let balance = ledger.balance(of: engine.accounts(of: InstrumentIndex(1), book: book).base).units
            #expect(Int128(ether[0] + ether[1]) * Scale.power(10) == balance)
        }
    }
}
