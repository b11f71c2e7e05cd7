public import Units

/// One posting, as the journal records it.
public struct JournalEntry: Hashable, Sendable {
    /// Instant of the transaction.
    public let time: Instant
    /// Number of the transaction within the run, from 1 up.
    public let transaction: UInt64
    /// Which account.
    public let account: AccountIndex
    /// Signed amount at the account's scale.
    public let amount: Amount
    /// Why.
    public let cause: Cause
    /// Number of the order behind it; 0 without one.
    public let order: UInt64
}

/// The books of a run: double entry, valued in the share class, with exact attribution.
///
/// Every change is a transfer of one unit between two accounts, so each unit sums to zero over all
/// accounts at all times. An account's value is amount x mark, an exact product: marks are integers at
/// ``valueScale`` less the account's own scale, fixed once a step. Equity of a book is kept from balances
/// and marks alone; attribution is kept from postings and mark changes alone; ``verify()`` compares the
/// two, exactly, after every step.
public struct Ledger: ~Copyable {
    /// Decimals of values, equity and attribution.
    public let valueScale: Scale
    /// The accounts, by index.
    public let accounts: [LedgerAccount]
    /// Number of books.
    public let bookCount: Int
    /// Every posting since the start; stays empty unless asked for.
    public private(set) var journal: [JournalEntry] = []

    private let recordsJournal: Bool
    private let balances: FixedArray<Int128>
    private let values: FixedArray<Int128>
    private let marks: FixedArray<Int128>
    private let markOf: FixedArray<Int32>
    private let bookOf: FixedArray<Int32>
    private let cashFlags: FixedArray<Bool>
    /// Accounts by mark: those of mark m are `holders[firstHolder[m] ..< firstHolder[m + 1]]`.
    private let holders: FixedArray<Int32>
    private let firstHolder: FixedArray<Int32>
    private let bookValues: FixedArray<Int128>
    private let bookCash: FixedArray<Int128>
    /// Sum by book and cause, `book * causeCount + cause`.
    private let causes: FixedArray<Int128>
    private var transactions: UInt64 = 0
    /// A cause whose attribution is left out, so that a test can see ``verify()`` notice.
    package var omittedCause: Cause?

    private static let causeCount = Cause.attributedCount + 1

    /// Empty books.
    ///
    /// - Parameters:
    ///   - valueScale: decimals of values; at least the scale of every valued account.
    ///   - markCount: number of marks; all begin at 0, not known.
    ///   - recordsJournal: whether to keep every posting in memory.
    public init(
        accounts: [LedgerAccount], bookCount: Int, markCount: Int, valueScale: Scale, recordsJournal: Bool
    ) {
        self.accounts = accounts
        self.bookCount = bookCount
        self.valueScale = valueScale
        self.recordsJournal = recordsJournal
        balances = FixedArray(repeating: 0, count: accounts.count)
        values = FixedArray(repeating: 0, count: accounts.count)
        marks = FixedArray(repeating: 0, count: markCount)
        markOf = FixedArray(repeating: 0, count: accounts.count)
        bookOf = FixedArray(repeating: -1, count: accounts.count)
        cashFlags = FixedArray(repeating: false, count: accounts.count)
        bookValues = FixedArray(repeating: 0, count: bookCount)
        bookCash = FixedArray(repeating: 0, count: bookCount)
        causes = FixedArray(repeating: 0, count: bookCount * Ledger.causeCount)
        var owned: [[Int32]] = Array(repeating: [], count: markCount)
        for (index, account) in accounts.enumerated() {
            markOf[index] = Int32(account.mark.position)
            guard case .book(let book) = account.holder else { continue }
            bookOf[index] = Int32(book)
            cashFlags[index] = account.isCash
            owned[account.mark.position].append(Int32(index))
        }
        holders = FixedArray(repeating: 0, count: owned.reduce(0) { $0 + $1.count })
        firstHolder = FixedArray(repeating: 0, count: markCount + 1)
        var next: Int32 = 0
        for (mark, indices) in owned.enumerated() {
            firstHolder[mark] = next
            for index in indices {
                holders[Int(next)] = index
                next += 1
            }
        }
        firstHolder[markCount] = next
    }

    /// The balance of an account.
    public func balance(of account: AccountIndex) -> Amount { Amount(units: balances[account.position]) }

    /// The value of an account in the share class, at ``valueScale``.
    public func value(of account: AccountIndex) -> Int128 { values[account.position] }

    /// The mark of a unit: its value in the share class at ``valueScale`` less the unit's own scale.
    public func mark(_ index: MarkIndex) -> Int128 { marks[index.position] }

    /// Equity of a book, at ``valueScale``.
    public func equity(of book: Int) -> Int128 { bookValues[book] }

    /// The part of a book's equity that is a balance of the share class asset.
    public func cash(of book: Int) -> Int128 { bookCash[book] }

    /// Change of a book's equity by a cause since the start.
    public func attribution(of book: Int, _ cause: Cause) -> Int128 {
        causes[book * Ledger.causeCount + Int(cause.rawValue)]
    }

    /// Fixes a mark and books the change of value of what is held to a cause.
    public mutating func setMark(
        _ index: MarkIndex, to mark: Int128, cause: Cause = .price
    ) throws(LedgerError) {
        let old = marks[index.position]
        if mark == old { return }
        marks[index.position] = mark
        var place = firstHolder[index.position]
        let end = firstHolder[index.position + 1]
        while place < end {
            let account = Int(holders[Int(place)])
            let balance = balances[account]
            if balance != 0 {
                let change = try Ledger.product(balance, mark - old)
                try attribute(change, to: cause, book: Int(bookOf[account]))
                try revalue(account, to: try Ledger.product(balance, mark))
            }
            place += 1
        }
    }

    /// Begins a transaction; transfers that follow share its number. Returns the number.
    @discardableResult
    public mutating func beginTransaction() -> UInt64 {
        transactions += 1
        return transactions
    }

    /// Moves an amount of one unit from one account to another: two postings that sum to zero.
    ///
    /// A negative amount moves the other way. Throws, and the run ends, when anything overflows.
    public mutating func transfer(
        _ amount: Amount, from source: AccountIndex, to target: AccountIndex, cause: Cause, at time: Instant,
        order: UInt64 = 0
    ) throws(LedgerError) {
        guard markOf[source.position] == markOf[target.position] else {
            throw .unitMismatch(from: accounts[source.position].name, to: accounts[target.position].name)
        }
        if amount.units == 0 { return }
        guard amount.units != Int128.min else { throw .overflow(ArithmeticOverflow("a transfer")) }
        try post(-amount.units, to: source.position, cause: cause)
        try post(amount.units, to: target.position, cause: cause)
        if recordsJournal {
            journal.append(
                JournalEntry(
                    time: time, transaction: transactions, account: source,
                    amount: Amount(units: -amount.units), cause: cause, order: order))
            journal.append(
                JournalEntry(
                    time: time, transaction: transactions, account: target, amount: amount, cause: cause,
                    order: order))
        }
    }

    private mutating func post(_ amount: Int128, to account: Int, cause: Cause) throws(LedgerError) {
        let (balance, overflow) = balances[account].addingReportingOverflow(amount)
        if overflow { throw .overflow(ArithmeticOverflow("the balance of \(accounts[account].name)")) }
        balances[account] = balance
        let book = bookOf[account]
        if book < 0 { return }
        let mark = marks[Int(markOf[account])]
        try attribute(try Ledger.product(amount, mark), to: cause, book: Int(book))
        try revalue(account, to: try Ledger.product(balance, mark))
    }

    private mutating func attribute(_ value: Int128, to cause: Cause, book: Int) throws(LedgerError) {
        if cause == omittedCause { return }
        let place = book * Ledger.causeCount + Int(cause.rawValue)
        let (sum, overflow) = causes[place].addingReportingOverflow(value)
        if overflow { throw .overflow(ArithmeticOverflow("attribution to \(cause.key)")) }
        causes[place] = sum
    }

    private mutating func revalue(_ account: Int, to value: Int128) throws(LedgerError) {
        let book = Int(bookOf[account])
        let (change, one) = value.subtractingReportingOverflow(values[account])
        let (equity, two) = bookValues[book].addingReportingOverflow(change)
        if one || two { throw .overflow(ArithmeticOverflow("equity")) }
        values[account] = value
        bookValues[book] = equity
        if cashFlags[account] { bookCash[book] += change }
    }

    @inline(__always)
    private static func product(_ amount: Int128, _ mark: Int128) throws(LedgerError) -> Int128 {
        if let a = Int64(exactly: amount), let b = Int64(exactly: mark) {
            let wide = a.multipliedFullWidth(by: b)
            return Int128(wide.high) << 64 | Int128(wide.low)
        }
        let (result, overflow) = amount.multipliedReportingOverflow(by: mark)
        if overflow { throw .overflow(ArithmeticOverflow("a value, amount x mark")) }
        return result
    }

    /// Checks that the equity of each book is the sum of its causes, exactly.
    public func verify() throws(LedgerError) {
        for book in 0..<bookCount {
            let attributed = try attributed(book)
            if attributed != bookValues[book] {
                throw .unexplainedChange(book: book, equity: bookValues[book], attributed: attributed)
            }
        }
    }

    /// The sum of all causes of a book, flows included.
    public func attributed(_ book: Int) throws(LedgerError) -> Int128 {
        var sum: Int128 = 0
        let base = causes.pointer + book * Ledger.causeCount
        for cause in 0..<Ledger.causeCount {
            let (next, overflow) = sum.addingReportingOverflow(base[cause])
            if overflow { throw .overflow(ArithmeticOverflow("a sum of causes")) }
            sum = next
        }
        return sum
    }

    /// Recomputes every book's equity from its balances and compares it with the kept one. Linear in the
    /// number of accounts: called once a day of the run and at its end.
    public func verifyValuation() throws(LedgerError) {
        for book in 0..<bookCount {
            var sum: Int128 = 0
            for account in 0..<accounts.count where Int(bookOf[account]) == book {
                let value = try Ledger.product(balances[account], marks[Int(markOf[account])])
                let (next, overflow) = sum.addingReportingOverflow(value)
                if overflow { throw .overflow(ArithmeticOverflow("equity")) }
                sum = next
            }
            if sum != bookValues[book] {
                throw .staleValuation(book: book, kept: bookValues[book], recomputed: sum)
            }
        }
    }
}
