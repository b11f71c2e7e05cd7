public import Units

/// Something that can be owned and counted: a currency, a token, a share.
public struct Asset: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The symbol, as its venue spells it: `USDT`, `weETH`, `AAPL`.
    public let symbol: String

    /// A symbol of letters, digits and `. _ -`, at most 32 long; nil for others.
    public init?(_ symbol: some StringProtocol) {
        let allowed = symbol.utf8.allSatisfy {
            ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39)
                || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
        guard allowed, !symbol.isEmpty, symbol.utf8.count <= 32 else { return nil }
        self.symbol = String(symbol)
    }

    /// Decimals of ledger amounts of this asset: 18 for ETH and its tokens, 8 for all others, as on
    /// exchanges. On-chain venues declare their own (6 for USDT).
    public var ledgerScale: Scale {
        Asset.tokensOfEther.contains(symbol) ? Scale(18) : Scale(8)
    }

    /// Decimals that the token has on its chain: 6 for USDT and USDC, else as in the ledger. Never more than
    /// ``ledgerScale``, so that every amount of the token is an exact ledger amount.
    public var tokenScale: Scale {
        symbol == "USDT" || symbol == "USDC" ? Scale(6) : ledgerScale
    }

    /// The asset that is held in a wallet on a chain: ETH for WETH, which wraps it one to one.
    public var unwrapped: Asset { symbol == "WETH" ? Asset.ether : self }

    /// Whether it is a token for staked ETH that does not rebase: its value in ETH is a ratio that its
    /// protocol tells, and which grows.
    public var isStakedEther: Bool { symbol == "weETH" || symbol == "wstETH" }

    /// The chain's own token, in which gas is paid: ETH.
    public static let ether = Asset(valid: "ETH")

    private init(valid symbol: String) { self.symbol = symbol }

    private static let tokensOfEther: Set<String> = [
        "ETH", "WETH", "stETH", "wstETH", "eETH", "weETH", "rETH", "cbETH",
    ]

    public static func < (a: Asset, b: Asset) -> Bool { a.symbol < b.symbol }
    public var description: String { symbol }
}
