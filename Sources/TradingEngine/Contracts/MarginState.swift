internal import Accounting
internal import Markets
package import Trading
internal import Units

/// What backs some positions of one book: the balance of a venue (cross), or the margin of one position
/// (isolated).
package struct MarginAccount: Hashable, Sendable {
    /// Whose it is.
    package let book: Int
    /// The balance in which it settles.
    package let slot: Int
    /// The contracts that it backs.
    package let instruments: [Int]
    /// What backs them.
    let collateral: AccountIndex
}

/// Where a margin account stands, in units of its settlement asset.
package struct MarginState: Hashable, Sendable, BitwiseCopyable {
    /// Collateral and unrealised profit.
    package var equity: Int128
    /// What opening the positions would need.
    package var initial: Int128 = 0
    /// What keeping them needs.
    package var maintenance: Int128 = 0
    /// Sum of their absolute values.
    package var notional: Int128 = 0

    /// equity / notional; nil without a position.
    package var ratio: MarginRatio? {
        notional > 0
            ? MarginRatio(equity: Amount(units: equity), notional: Amount(units: notional)) : nil
    }
}
