/// A place where instruments trade or balances live: an exchange, a protocol, a wallet. Lower case.
public struct Venue: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name, as in an instrument key: `binance`, `aave-v3`.
    public let name: String

    /// A name of lower-case letters, digits and hyphens, at most 32 long; nil for others.
    public init?(_ name: some StringProtocol) {
        let allowed = name.utf8.allSatisfy {
            ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
        }
        guard allowed, !name.isEmpty, name.utf8.count <= 32 else { return nil }
        self.name = String(name)
    }

    /// The owner's own wallet: where capital arrives in a run with contracts, and from where strategies send
    /// it to venues.
    public static let wallet = Venue(valid: "wallet")

    /// Between venues: what was sent and has not arrived.
    public static let transit = Venue(valid: "transit")

    /// Whether it is an exchange on a chain: what is traded there lies in the wallet.
    public var isDecentralised: Bool { ["uniswap-v3", "curve", "balancer"].contains(name) }

    private init(valid name: String) { self.name = name }

    public static func < (a: Venue, b: Venue) -> Bool { a.name < b.name }
    public var description: String { name }
}
