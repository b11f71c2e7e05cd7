public import Units

/// Dense number of a ledger account within one run.
public struct AccountIndex: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Place in the ledger's list of accounts.
    public let position: Int

    /// An index from its place.
    @inlinable public init(_ position: Int) { self.position = position }

    public static func < (a: AccountIndex, b: AccountIndex) -> Bool { a.position < b.position }
}

/// Dense number of a valued unit (an asset at a venue, a contract) within one run.
public struct MarkIndex: Hashable, Sendable {
    /// Place in the ledger's list of marks.
    public let position: Int

    /// An index from its place.
    @inlinable public init(_ position: Int) { self.position = position }
}

/// Who an account belongs to.
public enum AccountHolder: Hashable, Sendable {
    /// A strategy's sub-account: counts toward its equity.
    case book(Int)
    /// The other side: venues, the market, the owner of the capital.
    case external
}

/// One account of the ledger: one holder's amount of one unit.
public struct LedgerAccount: Hashable, Sendable {
    /// Name for people: `sma-cross/binance/BTC`.
    public let name: String
    /// Whose it is.
    public let holder: AccountHolder
    /// Symbol of what it counts.
    public let unit: String
    /// Decimals of its amounts.
    public let scale: Scale
    /// Which mark values it; external accounts are not valued.
    public let mark: MarkIndex
    /// Whether it counts the share class asset itself: the cash of a result.
    public let isCash: Bool

    /// An account.
    public init(
        name: String, holder: AccountHolder, unit: String, scale: Scale, mark: MarkIndex, isCash: Bool
    ) {
        (self.name, self.holder, self.unit) = (name, holder, unit)
        (self.scale, self.mark, self.isCash) = (scale, mark, isCash)
    }
}
