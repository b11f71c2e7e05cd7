/// What kind of thing an instrument key names.
public enum InstrumentType: String, Hashable, Sendable, CaseIterable {
    /// A pair or share that settles at once: base against quote.
    case spot
    /// A perpetual future.
    case perp
    /// A dated future.
    case future
    /// An option.
    case option
    /// A plain balance in a wallet or account.
    case base
    /// An interest-bearing deposit of a lending protocol.
    case aToken
    /// A debt at a lending protocol.
    case debtToken
    /// A liquid staking token.
    case lst

    /// Whether it is a token that a protocol issues: a deposit, a debt or a staked asset.
    public var isProtocolToken: Bool { self == .aToken || self == .debtToken || self == .lst }

    /// Whether it is a contract on margin: a perpetual or dated future.
    public var isContract: Bool { self == .perp || self == .future }
}

/// The key of an instrument: `venue:type:symbol`, as `binance:perp:ETHUSDT`.
public struct InstrumentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where it trades.
    public let venue: Venue
    /// What it is.
    public let type: InstrumentType
    /// Its symbol at the venue. No colon, no white space.
    public let symbol: String

    /// A key from its parts; nil when the symbol is empty, longer than 64 bytes or holds a colon, a comma,
    /// a quote, white space or control characters.
    public init?(venue: Venue, type: InstrumentType, symbol: some StringProtocol) {
        let refused = symbol.utf8.contains {
            $0 <= 0x20 || $0 == 0x3A || $0 == 0x2C || $0 == 0x22 || $0 == 0x7F
        }
        guard !symbol.isEmpty, symbol.utf8.count <= 64, !refused else { return nil }
        (self.venue, self.type, self.symbol) = (venue, type, String(symbol))
    }

    /// Reads `venue:type:symbol`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let venue = Venue(parts[0]),
            let type = InstrumentType(rawValue: String(parts[1]))
        else { return nil }
        self.init(venue: venue, type: type, symbol: parts[2])
    }

    public static func < (a: InstrumentID, b: InstrumentID) -> Bool { a.description < b.description }
    public var description: String { "\(venue):\(type.rawValue):\(symbol)" }
}
