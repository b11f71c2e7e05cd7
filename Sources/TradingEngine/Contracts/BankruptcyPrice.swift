internal import Accounting
internal import Markets
package import Units

extension ContractBooks {
    /// The price, at the fill price scale, at which closing a position leaves its account with nothing, or
    /// with less than a unit of that scale is worth; nil where no price does.
    ///
    /// With b the balance behind the position and c its cost, both signed, closing a long of linear
    /// contracts gives b + c + N and closing a short b + c - N, where N is the notional at the price; of
    /// inverse contracts the other way round. Rounded in favour of the account: up for longs, down for
    /// shorts.
    package func bankruptcyPrice(
        of index: Int, _ book: Int, _ fillScale: Scale
    ) throws(ArithmeticOverflow) -> Price? {
        let held = position(of: index, book: book)
        guard held != 0, let numbers = numbers[index], let cost = plan.costs[book][index] else { return nil }
        let behind = try WideArithmetic.add(
            ledger.balance(of: collateral(of: index, book: book)).units, ledger.balance(of: cost).units,
            "what is behind a position")
        let isPaid = (held > 0) != numbers.isInverse
        let mantissa = try numbers.price(
            of: held < 0 ? -held : held, worth: isPaid ? -behind : behind, fillScale,
            rounding: held > 0 ? .up : .down)
        return mantissa.map { Price(mantissa: $0) }
    }

    /// The books with a profitable position of an instrument against one of a sign, the first to be reduced
    /// first: by profit / cost x notional / equity, as venues rank them (return x leverage); equal ones in
    /// the order of the books.
    package func opponents(of index: Int, sign: Int128) throws(ArithmeticOverflow) -> [Int] {
        var ranked: [(book: Int, rank: Int128)] = []
        for book in accounts.indices {
            let held = position(of: index, book: book)
            guard held != 0, (held > 0) != (sign > 0) else { continue }
            let profit = try profit(of: index, book)
            guard profit > 0, let (notional, _) = try worth(of: held, index),
                let account = account(of: index, book: book), let cost = plan.costs[book][index]
            else { continue }
            let paid = ledger.balance(of: cost).units
            let gain = try WideArithmetic.multiply(
                profit, by: ContractBooks.rankUnit, dividedBy: max(1, paid < 0 ? -paid : paid),
                rounding: .down)
            let equity = max(1, try state(of: account).equity)
            let rank = try WideArithmetic.multiply(
                gain, by: notional, dividedBy: equity, rounding: .down)
            ranked.append((book, rank))
        }
        return ranked.enumerated()
            .sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }
            .map(\.element.book)
    }

    /// Ranks are compared in millionths.
    private static let rankUnit: Int128 = 1_000_000
}
