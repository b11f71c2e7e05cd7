import Accounting
import Testing
import Units

@Suite("Numbers too large for the ledger")
struct LedgerOverflowTests {
    private let fixture = LedgerFixture(books: 2, units: 2)

    private func move(_ ledger: Ledger, _ amount: Int128, to book: Int, unit: Int = 0) throws(LedgerError) {
        try ledger.transfer(
            Amount(units: amount), from: fixture.account(fixture.outside, unit),
            to: fixture.account(book, unit), cause: .rewards, at: .epoch)
    }

    private func expectOverflow(
        _ phrase: String, _ body: (Ledger) throws -> Void, line: Int = #line
    ) {
        let ledger = fixture.ledger()
        do {
            try body(ledger)
            Issue.record("line \(line): no error")
        } catch LedgerError.overflow(let overflow) {
            #expect(overflow.operation.contains(phrase), "line \(line): \(overflow)")
        } catch { Issue.record("line \(line): \(error)") }
    }

    @Test("each place that can overflow throws an error that names it")
    func places() {
        expectOverflow("transfer") { try move($0, Int128.min, to: 0) }
        expectOverflow("balance of 2/0") {
            try move($0, Int128.max, to: 0)
            try move($0, 2, to: 1)
        }
        expectOverflow("amount x mark") {
            try $0.setMark(MarkIndex(0), to: Int128.max)
            try move($0, 2, to: 0)
        }
        expectOverflow("amount x mark") {
            try move($0, Int128.max, to: 0)
            try $0.setMark(MarkIndex(0), to: 2)
        }
        expectOverflow("change of a mark") {
            try $0.setMark(MarkIndex(0), to: Int128.min)
            try move($0, 1, to: 0)
            try $0.setMark(MarkIndex(0), to: 1)
        }
        // One book in two units: the second raises the attribution beyond the range before the equity.
        expectOverflow("attribution to rewards") {
            try $0.setMark(MarkIndex(0), to: Int128.max)
            try $0.setMark(MarkIndex(1), to: Int128.max)
            try move($0, 1, to: 0)
            try move($0, 1, to: 0, unit: 1)
        }
        // Two books that are each within the range, but not together.
        expectOverflow("equity") {
            try $0.setMark(MarkIndex(0), to: Int128.max)
            try move($0, 1, to: 0)
            try move($0, 1, to: 1)
        }
    }

    @Test("random extremes throw or hold, and never crash")
    func extremes() {
        var random = SplitMix64(seed: 103)
        func extreme() -> Int128 {
            let near = Int128(random.integer(in: -2...2))
            switch random.next() % 5 {
            case 0: return near > 0 ? Int128.max - near : Int128.min - min(0, near)
            case 1: return near
            case 2: return (Int128(1) << Int128(random.integer(in: 60...126))) + near
            case 3: return -(Int128(1) << Int128(random.integer(in: 60...126))) + near
            default: return Int128(random.integer(in: Int64.min...Int64.max))
            }
        }
        var (thrown, held) = (0, 0)
        for _ in 0..<3_000 {
            let ledger = fixture.ledger()
            do throws(LedgerError) {
                for _ in 0..<8 {
                    let unit = Int(random.next() % 2)
                    if random.next() % 2 == 0 {
                        try ledger.setMark(MarkIndex(unit), to: extreme())
                    } else {
                        try ledger.transfer(
                            Amount(units: extreme()), from: fixture.account(Int(random.next() % 3), unit),
                            to: fixture.account(Int(random.next() % 3), unit),
                            cause: Cause.allCases[Int(random.next() % 13)], at: .epoch)
                    }
                    try ledger.verifyValuation()
                    held += 1
                }
            } catch {
                thrown += 1
                guard case .overflow = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
        #expect(thrown > 500 && held > 3_000, "\(thrown) thrown, \(held) held")
    }
}
