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

    /// A posting.
    public init(
        time: Instant, transaction: UInt64, account: AccountIndex, amount: Amount, cause: Cause, order: UInt64
    ) {
        (self.time, self.transaction, self.account) = (time, transaction, account)
        (self.amount, self.cause, self.order) = (amount, cause, order)
    }
}

/// The books of a run: double entry, valued in the share class, with exact attribution.
///
/// Every change is a transfer of one unit between two accounts, so each unit sums to zero over all
/// accounts at all times. An account's value is amount x mark, an exact product: marks are integers at
/// ``valueScale`` less the account's own scale, fixed once a step. Equity of a book is kept from balances
/// and marks alone; attribution is kept from postings and mark changes alone; ``verify()`` compares the
/// two, exactly, after every step.
public final class Ledger {
    /// Decimals of values, equity and attribution.
    public let valueScale: Scale
    /// The accounts, by index.
    public let accounts: [LedgerAccount]
    /// Number of books.
    public let bookCount: Int
    /// Every posting since the start; stays empty unless asked for.
    public private(set) var journal: [JournalEntry] = []

    private let recordsJournal: Bool
    @usableFromInline let states: FixedArray<AccountState>
    @usableFromInline let marks: FixedArray<Int128>
    /// By mark: where a change of it goes, when one valued account counts its unit and is no cash.
    @usableFromInline let lanes: FixedArray<PriceLane>
    /// Accounts by mark: those of mark m are `holders[firstHolder[m] ..< firstHolder[m + 1]]`.
    @usableFromInline let holders: FixedArray<Int32>
    @usableFromInline let firstHolder: FixedArray<Int32>
    @usableFromInline let books: FixedArray<BookState>
    /// Sum by book and cause, `book * causeCount + cause`.
    @usableFromInline let causes: FixedArray<Int128>
    /// Equity, cash and flows of all books together, where there are several.
    private let allBooks = Cell(BookState())
    /// The same, or the only book.
    @usableFromInline let total: UnsafeMutablePointer<BookState>
    @usableFromInline let hasSeveralBooks: Bool
    private let transactions = Cell<UInt64>(0)
    /// A cause whose attribution is left out, so that a test can see ``verify()`` notice.
    @usableFromInline let omittedCause: Cause?

    @usableFromInline static let causeCount = Cause.attributedCount + 1

    /// Empty books.
    ///
    /// - Parameters:
    ///   - valueScale: decimals of values; at least the scale of every valued account.
    ///   - markCount: number of marks; all begin at 0, not known.
    ///   - recordsJournal: whether to keep every posting in memory.
    public convenience init(
        accounts: [LedgerAccount], bookCount: Int, markCount: Int, valueScale: Scale, recordsJournal: Bool
    ) {
        self.init(
            accounts: accounts, bookCount: bookCount, markCount: markCount, valueScale: valueScale,
            recordsJournal: recordsJournal, omittedCause: nil)
    }

    package init(
        accounts: [LedgerAccount], bookCount: Int, markCount: Int, valueScale: Scale, recordsJournal: Bool,
        omittedCause: Cause?
    ) {
        self.omittedCause = omittedCause
        self.accounts = accounts
        self.bookCount = bookCount
        self.valueScale = valueScale
        self.recordsJournal = recordsJournal
        states = FixedArray(repeating: AccountState(), count: accounts.count)
        marks = FixedArray(repeating: 0, count: markCount)
        books = FixedArray(repeating: BookState(), count: bookCount)
        causes = FixedArray(repeating: 0, count: bookCount * Ledger.causeCount)
        var owned: [[Int32]] = Array(repeating: [], count: markCount)
        for (index, account) in accounts.enumerated() {
            states.pointer[index].mark = Int32(account.mark.position)
            guard case .book(let book) = account.holder else { continue }
            states.pointer[index].book = Int32(book)
            states.pointer[index].isCash = account.isCash
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
        hasSeveralBooks = bookCount > 1
        total = bookCount == 1 ? books.pointer : allBooks.base
        let (states, books, causes) = (states.pointer, books.pointer, causes.pointer)
        lanes = FixedArray(
            owned.map { holders in
                guard holders.count == 1, omittedCause == nil, !accounts[Int(holders[0])].isCash else {
                    return PriceLane()
                }
                let account = states + Int(holders[0])
                let book = Int(account.pointee.book)
                return PriceLane(
                    account: account, book: books + book, cause: causes + book * Ledger.causeCount)
            })
    }

    /// The balance of an account.
    public func balance(of account: AccountIndex) -> Amount {
        Amount(units: states[account.position].balance)
    }

    /// The value of an account in the share class, at ``valueScale``.
    public func value(of account: AccountIndex) -> Int128 { states[account.position].value }

    /// The mark of a unit: its value in the share class at ``valueScale`` less the unit's own scale.
    public func mark(_ index: MarkIndex) -> Int128 { marks[index.position] }

    /// Equity of a book, at ``valueScale``.
    public func equity(of book: Int) -> Int128 { books[book].equity }

    /// The part of a book's equity that is a balance of the share class asset.
    public func cash(of book: Int) -> Int128 { books[book].cash }

    /// Equity, cash and net flows of all books together, at ``valueScale``.
    @inlinable @inline(__always)
    public var totals: (equity: Int128, cash: Int128, netFlows: Int128) {
        (total.pointee.equity, total.pointee.cash, total.pointee.netFlows)
    }

    /// Change of a book's equity by a cause since the start.
    public func attribution(of book: Int, _ cause: Cause) -> Int128 {
        causes[book * Ledger.causeCount + Int(cause.rawValue)]
    }

    /// Fixes a mark and books the change of value of what is held to a cause.
    public func setMark(_ index: MarkIndex, to mark: Int128, cause: Cause = .price) throws(LedgerError) {
        let place = marks.pointer + index.position
        let old = place.pointee
        if mark == old { return }
        place.pointee = mark
        var next = Int(firstHolder.pointer[index.position])
        let end = Int(firstHolder.pointer[index.position + 1])
        while next < end {
            let state = states.pointer + Int(holders.pointer[next])
            if state.pointee.balance != 0 { try remark(state, from: old, to: mark, cause: cause) }
            next += 1
        }
    }

    /// Fixes a mark that fits 64 bits and books the change to the price: ``setMark(_:to:cause:)`` as nearly
    /// every step needs it, with one holder whose amount fits 64 bits too. Then no product is wide, and what
    /// can overflow is looked at once.
    @inlinable @inline(__always)
    public func setPriceMark(_ index: MarkIndex, to mark: Int64) throws(LedgerError) {
        let place = marks.pointer + index.position
        let lane = lanes.pointer + index.position
        let before = Int64(truncatingIfNeeded: place.pointee)
        let (move, isWide) = mark.subtractingReportingOverflow(before)
        guard let state = lane.pointee.account, Int128(before) == place.pointee, !isWide else {
            return try setMark(index, to: Int128(mark))
        }
        let amount = Int64(truncatingIfNeeded: state.pointee.balance)
        guard Int128(amount) == state.pointee.balance else {
            return try setMark(index, to: Int128(mark))
        }
        place.pointee = Int128(mark)
        if amount == 0 { return }
        let (book, cause) = (lane.pointee.book.unsafelyUnwrapped, lane.pointee.cause.unsafelyUnwrapped)
        let gain = amount.multipliedFullWidth(by: move)
        let (explained, one) = cause.pointee.addingReportingOverflow(
            Int128(gain.high) << 64 | Int128(gain.low))
        let worth = amount.multipliedFullWidth(by: mark)
        let value = Int128(worth.high) << 64 | Int128(worth.low)
        let (change, two) = value.subtractingReportingOverflow(state.pointee.value)
        let (equity, three) = book.pointee.equity.addingReportingOverflow(change)
        if one || two || three { throw Ledger.equityOverflow() }
        if hasSeveralBooks { try moveTotal(by: change) }
        cause.pointee = explained
        state.pointee.value = value
        book.pointee.equity = equity
    }

    /// Follows equity of all books, where there are several.
    @usableFromInline @inline(never)
    func moveTotal(by change: Int128) throws(LedgerError) {
        let (all, overflow) = total.pointee.equity.addingReportingOverflow(change)
        if overflow { throw Ledger.equityOverflow() }
        total.pointee.equity = all
    }

    @usableFromInline @inline(never)
    static func equityOverflow() -> LedgerError { .overflow(ArithmeticOverflow("equity")) }

    @inline(never)
    private func remark(
        _ state: UnsafeMutablePointer<AccountState>, from old: Int128, to mark: Int128, cause: Cause
    ) throws(LedgerError) {
        let (move, overflow) = mark.subtractingReportingOverflow(old)
        if overflow { throw .overflow(ArithmeticOverflow("the change of a mark")) }
        let balance = state.pointee.balance
        try attribute(try Ledger.product(balance, move), to: cause, book: Int(state.pointee.book))
        try revalue(state, to: try Ledger.product(balance, mark))
    }

    /// Begins a transaction; transfers that follow share its number. Returns the number.
    @discardableResult
    public func beginTransaction() -> UInt64 {
        transactions.value += 1
        return transactions.value
    }

    /// Moves an amount of one unit from one account to another: two postings that sum to zero.
    ///
    /// A negative amount moves the other way. Throws, and the run ends, when anything overflows.
    public func transfer(
        _ amount: Amount, from source: AccountIndex, to target: AccountIndex, cause: Cause, at time: Instant,
        order: UInt64 = 0
    ) throws(LedgerError) {
        guard states.pointer[source.position].mark == states.pointer[target.position].mark else {
            throw .unitMismatch(from: accounts[source.position].name, to: accounts[target.position].name)
        }
        if amount.units == 0 { return }
        guard amount.units != Int128.min else { throw .overflow(ArithmeticOverflow("a transfer")) }
        try post(-amount.units, to: source.position, cause: cause)
        try post(amount.units, to: target.position, cause: cause)
        if recordsJournal {
            journal.append(
                JournalEntry(
                    time: time, transaction: transactions.value, account: source,
                    amount: Amount(units: -amount.units), cause: cause, order: order))
            journal.append(
                JournalEntry(
                    time: time, transaction: transactions.value, account: target, amount: amount,
                    cause: cause,
                    order: order))
        }
    }

    private func post(_ amount: Int128, to account: Int, cause: Cause) throws(LedgerError) {
        let state = states.pointer + account
        let (balance, overflow) = state.pointee.balance.addingReportingOverflow(amount)
        if overflow { throw .overflow(ArithmeticOverflow("the balance of \(accounts[account].name)")) }
        state.pointee.balance = balance
        let book = state.pointee.book
        if book < 0 { return }
        let mark = marks.pointer[Int(state.pointee.mark)]
        try attribute(try Ledger.product(amount, mark), to: cause, book: Int(book))
        try revalue(state, to: try Ledger.product(balance, mark))
    }

    @inline(__always)
    private func attribute(_ value: Int128, to cause: Cause, book: Int) throws(LedgerError) {
        if cause == omittedCause { return }
        let place = causes.pointer + book * Ledger.causeCount + Int(cause.rawValue)
        let (sum, overflow) = place.pointee.addingReportingOverflow(value)
        if overflow { throw .overflow(ArithmeticOverflow("attribution to \(cause.key)")) }
        place.pointee = sum
        if cause != .price { try changeOthers(value, cause, book) }
    }

    /// Follows the sum of all causes but price, and flows.
    @inline(__always)
    private func changeOthers(_ value: Int128, _ cause: Cause, _ book: Int) throws(LedgerError) {
        let (others, overflow) = books.pointer[book].otherCauses.addingReportingOverflow(value)
        if overflow { throw .overflow(ArithmeticOverflow("a sum of causes")) }
        books.pointer[book].otherCauses = others
        guard cause == .netFlow else { return }
        let (own, one) = books[book].netFlows.addingReportingOverflow(value)
        let (all, two) = total.pointee.netFlows.addingReportingOverflow(value)
        if one || two { throw .overflow(ArithmeticOverflow("net flows")) }
        books.pointer[book].netFlows = own
        total.pointee.netFlows = all
    }

    @inline(__always)
    private func revalue(_ state: UnsafeMutablePointer<AccountState>, to value: Int128) throws(LedgerError) {
        let book = books.pointer + Int(state.pointee.book)
        let (change, one) = value.subtractingReportingOverflow(state.pointee.value)
        let (equity, two) = book.pointee.equity.addingReportingOverflow(change)
        let (all, three) = total.pointee.equity.addingReportingOverflow(change)
        if one || two || three { throw .overflow(ArithmeticOverflow("equity")) }
        state.pointee.value = value
        book.pointee.equity = equity
        total.pointee.equity = all
        guard state.pointee.isCash else { return }
        let (cash, four) = book.pointee.cash.addingReportingOverflow(change)
        let (allCash, five) = total.pointee.cash.addingReportingOverflow(change)
        if four || five { throw .overflow(ArithmeticOverflow("cash")) }
        book.pointee.cash = cash
        total.pointee.cash = allCash
    }

    /// amount x mark, exact. Most amounts and marks fit 64 bits, and their product always fits 128.
    @inline(__always)
    private static func product(_ amount: Int128, _ mark: Int128) throws(LedgerError) -> Int128 {
        let (a, b) = (Int64(truncatingIfNeeded: amount), Int64(truncatingIfNeeded: mark))
        if Int128(a) == amount && Int128(b) == mark {
            let wide = a.multipliedFullWidth(by: b)
            return Int128(wide.high) << 64 | Int128(wide.low)
        }
        return try wideProduct(amount, mark)
    }

    @inline(never)
    private static func wideProduct(_ amount: Int128, _ mark: Int128) throws(LedgerError) -> Int128 {
        let (result, overflow) = amount.multipliedReportingOverflow(by: mark)
        if overflow { throw .overflow(ArithmeticOverflow("a value, amount x mark")) }
        return result
    }

    /// Checks that the equity of each book is the sum of its causes, exactly. Called after every step.
    @inlinable @inline(__always)
    public func verify() throws(LedgerError) {
        try verify(books.pointer, causes.pointer)
        var book = 1
        while book < bookCount {
            try verify(books.pointer + book, causes.pointer + book * Ledger.causeCount)
            book += 1
        }
    }

    @inlinable @inline(__always)
    func verify(
        _ book: UnsafePointer<BookState>, _ causes: UnsafePointer<Int128>
    ) throws(LedgerError) {
        let (sum, overflow) = causes.pointee.addingReportingOverflow(book.pointee.otherCauses)
        if overflow || sum != book.pointee.equity { throw unexplained(book, attributed: sum) }
    }

    @usableFromInline @inline(never)
    func unexplained(_ book: UnsafePointer<BookState>, attributed: Int128) -> LedgerError {
        .unexplainedChange(
            book: book - UnsafePointer(books.pointer), equity: book.pointee.equity, attributed: attributed)
    }

    /// Compares the followed sum of all causes but price with the causes themselves.
    private func verifyOtherCauses(of book: Int) throws(LedgerError) {
        var others: Int128 = 0
        for code in 1..<Ledger.causeCount {
            let (sum, overflow) = others.addingReportingOverflow(causes[book * Ledger.causeCount + code])
            if overflow { throw .overflow(ArithmeticOverflow("a sum of causes")) }
            others = sum
        }
        if others != books[book].otherCauses {
            throw .staleCauses(book: book, kept: books[book].otherCauses, recomputed: others)
        }
    }

    /// Recomputes every book's equity from its balances, and the sum of its causes, and compares both with
    /// what was kept. Linear in the number of accounts: called now and then and at the end of a run.
    public func verifyValuation() throws(LedgerError) {
        try verify()
        var all: Int128 = 0
        for book in 0..<bookCount {
            var sum: Int128 = 0
            for account in 0..<accounts.count where Int(states[account].book) == book {
                let value = try Ledger.product(
                    states[account].balance, marks[Int(states[account].mark)])
                let (next, overflow) = sum.addingReportingOverflow(value)
                if overflow { throw .overflow(ArithmeticOverflow("equity")) }
                sum = next
            }
            try verifyOtherCauses(of: book)
            let kept = books[book].equity
            if sum != kept { throw .staleValuation(book: book, kept: kept, recomputed: sum) }
            let (next, overflow) = all.addingReportingOverflow(sum)
            if overflow { throw .overflow(ArithmeticOverflow("equity")) }
            all = next
        }
        if all != total.pointee.equity {
            throw .staleValuation(book: bookCount, kept: total.pointee.equity, recomputed: all)
        }
    }
}

/// One account's numbers.
@usableFromInline struct AccountState: BitwiseCopyable {
    @usableFromInline var balance: Int128 = 0
    @usableFromInline var value: Int128 = 0
    /// The book it belongs to; -1 for external accounts, which are not valued.
    @usableFromInline var book: Int32 = -1
    var mark: Int32 = 0
    var isCash = false
}

/// One book's numbers, or those of all books together.
@usableFromInline struct BookState: BitwiseCopyable {
    @usableFromInline var equity: Int128 = 0
    @usableFromInline var cash: Int128 = 0
    @usableFromInline var netFlows: Int128 = 0
    /// Sum of all causes but price, flows included.
    @usableFromInline var otherCauses: Int128 = 0
}

/// Where a change of a mark goes that one account counts: no value where the long way is needed.
@usableFromInline struct PriceLane: BitwiseCopyable {
    @usableFromInline var account: UnsafeMutablePointer<AccountState>?
    @usableFromInline var book: UnsafeMutablePointer<BookState>?
    /// The price's sum of that book.
    @usableFromInline var cause: UnsafeMutablePointer<Int128>?
}
