import Accounting
import Testing
import Units

/// A small set of books: `books` books and one external account in each of `units` units.
struct LedgerFixture {
    let books: Int
    let units: Int

    func ledger(recordsJournal: Bool = false, omitting cause: Cause? = nil) -> Ledger {
        var accounts: [LedgerAccount] = []
        for unit in 0..<units {
            for book in 0...books {
                accounts.append(
                    LedgerAccount(
                        name: "\(book)/\(unit)", holder: book < books ? .book(book) : .external,
                        unit: "U\(unit)", scale: Scale(2), mark: MarkIndex(unit),
                        isCash: unit == 0 && book < books))
            }
        }
        return Ledger(
            accounts: accounts, bookCount: books, markCount: units, valueScale: Scale(6),
            recordsJournal: recordsJournal, omittedCause: cause)
    }

    func account(_ holder: Int, _ unit: Int) -> AccountIndex { AccountIndex(unit * (books + 1) + holder) }
    var outside: Int { books }
}

@Suite("The ledger")
struct LedgerTests {
    /// A second set of books, kept as simply as possible.
    private struct Model {
        var balances: [[Int128]]
        var marks: [Int128]
        var causes: [[Int128]]

        func equity(_ book: Int) -> Int128 { zip(balances[book], marks).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    @Test("thousands of random transfers and marks keep every sum, exactly")
    func randomTransactions() throws {
        var random = SplitMix64(seed: 101)
        for round in 0..<20 {
            let fixture = LedgerFixture(books: 1 + round % 4, units: 1 + round % 5)
            let ledger = fixture.ledger()
            var model = Model(
                balances: Array(
                    repeating: Array(repeating: 0, count: fixture.units), count: fixture.books + 1),
                marks: Array(repeating: 0, count: fixture.units),
                causes: Array(
                    repeating: Array(repeating: 0, count: Cause.allCases.count), count: fixture.books))
            for _ in 0..<300 {
                let unit = Int(random.next() % UInt64(fixture.units))
                if random.next() % 3 == 0 {
                    let mark = random.integer(in: -1_000...(1 << 40))
                    let cause = random.next() % 4 == 0 ? Cause.staking : .price
                    for book in 0..<fixture.books {
                        model.causes[book][Int(cause.rawValue)] +=
                            model.balances[book][unit] * (Int128(mark) - model.marks[unit])
                    }
                    model.marks[unit] = Int128(mark)
                    try ledger.setMark(MarkIndex(unit), to: Int128(mark), cause: cause)
                } else {
                    let source = Int(random.next() % UInt64(fixture.books + 1))
                    let target = Int(random.next() % UInt64(fixture.books + 1))
                    let amount = Int128(random.integer(in: -(1 << 62)...(1 << 62)))
                    let cause = Cause.allCases[Int(random.next() % 13)]
                    try ledger.transfer(
                        Amount(units: amount), from: fixture.account(source, unit),
                        to: fixture.account(target, unit), cause: cause, at: .epoch)
                    for (holder, change) in [(source, -amount), (target, amount)] {
                        model.balances[holder][unit] += change
                        if holder < fixture.books {
                            model.causes[holder][Int(cause.rawValue)] += change * model.marks[unit]
                        }
                    }
                }
                try ledger.verify()
            }
            try ledger.verifyValuation()
            check(ledger, model, fixture)
        }
    }

    private func check(_ ledger: Ledger, _ model: Model, _ fixture: LedgerFixture) {
        for unit in 0..<fixture.units {
            let all = (0...fixture.books).map { ledger.balance(of: fixture.account($0, unit)).units }
            #expect(all.reduce(0, +) == 0, "each unit sums to zero over all accounts")
            #expect(all == (0...fixture.books).map { model.balances[$0][unit] })
            #expect(ledger.mark(MarkIndex(unit)) == model.marks[unit])
        }
        for book in 0..<fixture.books {
            #expect(ledger.equity(of: book) == model.equity(book))
            #expect(ledger.cash(of: book) == model.balances[book][0] * model.marks[0])
            for cause in Cause.allCases {
                #expect(ledger.attribution(of: book, cause) == model.causes[book][Int(cause.rawValue)])
            }
            let explained = Cause.allCases.reduce(Int128(0)) { $0 + ledger.attribution(of: book, $1) }
            #expect(explained - ledger.equity(of: book) == 0, "nothing unexplained")
            for unit in 0..<fixture.units {
                #expect(
                    ledger.value(of: fixture.account(book, unit)) == model.balances[book][unit]
                        * model.marks[unit])
            }
        }
        let books = 0..<fixture.books
        #expect(ledger.totals.equity == books.reduce(0) { $0 + model.equity($1) })
        #expect(ledger.totals.cash == books.reduce(0) { $0 + ledger.cash(of: $1) })
        #expect(
            ledger.totals.netFlows
                == books.reduce(0) { $0 + model.causes[$1][Int(Cause.netFlow.rawValue)] })
    }

    @Test("leaving out the postings of any one cause is noticed")
    func omittedCauses() throws {
        for cause in Cause.allCases {
            let fixture = LedgerFixture(books: 2, units: 2)
            for omitted in [cause, nil] {
                let ledger = fixture.ledger(omitting: omitted)
                try ledger.setMark(MarkIndex(1), to: 3)
                try ledger.verify()
                try ledger.transfer(
                    Amount(units: 5), from: fixture.account(fixture.outside, 1), to: fixture.account(1, 1),
                    cause: cause, at: .epoch)
                if omitted == nil {
                    try ledger.verify()
                } else {
                    #expect(
                        throws: LedgerError.unexplainedChange(book: 1, equity: 15, attributed: 0)
                    ) { try ledger.verify() }
                    #expect(throws: LedgerError.self) { try ledger.verifyValuation() }
                }
            }
        }
        // The change of a mark is attributed, too.
        let fixture = LedgerFixture(books: 1, units: 1)
        let ledger = fixture.ledger(omitting: .price)
        try ledger.transfer(
            Amount(units: 5), from: fixture.account(1, 0), to: fixture.account(0, 0), cause: .netFlow,
            at: .epoch)
        try ledger.verify()
        try ledger.setMark(MarkIndex(0), to: 2)
        #expect(throws: LedgerError.self) { try ledger.verify() }
    }

    @Test("a transfer between accounts of different units is refused with nothing changed")
    func unitMismatch() throws {
        let fixture = LedgerFixture(books: 1, units: 2)
        let ledger = fixture.ledger(recordsJournal: true)
        #expect(throws: LedgerError.unitMismatch(from: "1/0", to: "0/1")) {
            try ledger.transfer(
                Amount(units: 5), from: fixture.account(1, 0), to: fixture.account(0, 1), cause: .price,
                at: .epoch)
        }
        for index in 0..<4 { #expect(ledger.balance(of: AccountIndex(index)) == .zero) }
        #expect(ledger.journal.isEmpty)
    }

    @Test("the journal holds every posting, in pairs that sum to zero, and explains every balance")
    func journal() throws {
        let fixture = LedgerFixture(books: 2, units: 3)
        let ledger = fixture.ledger(recordsJournal: true)
        var random = SplitMix64(seed: 102)
        var posted = 0
        for step in 0..<400 {
            if step % 3 == 0 { #expect(ledger.beginTransaction() == UInt64(step / 3 + 1)) }
            let (unit, source, target) = (
                Int(random.next() % 3), Int(random.next() % 3), Int(random.next() % 3)
            )
            let amount = random.integer(in: -3...9)
            if amount != 0 { posted += 2 }
            try ledger.transfer(
                Amount(units: Int128(amount)), from: fixture.account(source, unit),
                to: fixture.account(target, unit), cause: Cause.allCases[step % 13],
                at: Instant(nanoseconds: Int64(step)), order: UInt64(step))
        }
        #expect(ledger.journal.count == posted)
        for (first, second) in zip(ledger.journal, ledger.journal.dropFirst()).enumerated()
            .filter({ $0.offset % 2 == 0 }).map(\.element)
        {
            #expect(first.amount.units + second.amount.units == 0)
            #expect(first.cause == second.cause && first.time == second.time && first.order == second.order)
            #expect(first.transaction == second.transaction && first.transaction == first.order / 3 + 1)
            #expect(
                ledger.accounts[first.account.position].unit == ledger.accounts[second.account.position].unit)
        }
        for index in ledger.accounts.indices {
            let own = ledger.journal.filter { $0.account.position == index }
            #expect(own.reduce(0) { $0 + $1.amount.units } == ledger.balance(of: AccountIndex(index)).units)
        }
        #expect(fixture.ledger().journal.isEmpty)
    }
}

@Suite("Causes")
struct CauseTests {
    @Test("the keys are those of results, in their order, without net flows among the attributed")
    func keys() {
        #expect(
            Cause.attributed.map(\.key) == [
                "price", "basis", "funding", "supply_interest", "borrow_interest", "staking", "rewards",
                "fees",
                "slippage", "gas", "liquidation", "dust",
            ])
        #expect(Cause.netFlow.key == "net_flows" && Cause.attributedCount == 12)
        #expect(Cause.allCases.map { Int($0.rawValue) } == Array(0..<13))
    }
}
