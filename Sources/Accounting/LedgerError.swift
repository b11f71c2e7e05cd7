public import Units

/// What ends a run because its books no longer hold.
public enum LedgerError: Error, Hashable, CustomStringConvertible {
    /// A balance, value or sum left the range of its type.
    case overflow(ArithmeticOverflow)
    /// A transfer between accounts that count different units.
    case unitMismatch(from: String, to: String)
    /// Equity and the sum of causes differ: a defect of Tradewind, never of the data.
    case unexplainedChange(book: Int, equity: Int128, attributed: Int128)
    /// Kept and recomputed equity differ: a defect of Tradewind, never of the data.
    case staleValuation(book: Int, kept: Int128, recomputed: Int128)
    /// Kept and recomputed sums of causes differ: a defect of Tradewind, never of the data.
    case staleCauses(book: Int, kept: Int128, recomputed: Int128)

    public var description: String {
        switch self {
        case .overflow(let overflow): overflow.description
        case .unitMismatch(let from, let to): "a transfer from \(from) to \(to), which count different units"
        case .unexplainedChange(let book, let equity, let attributed):
            "book \(book): equity \(equity) is not the sum of its causes \(attributed)"
        case .staleValuation(let book, let kept, let recomputed):
            "book \(book): kept equity \(kept) is not the sum over its balances \(recomputed)"
        case .staleCauses(let book, let kept, let recomputed):
            "book \(book): the kept sum of causes \(kept) is not \(recomputed)"
        }
    }
}
