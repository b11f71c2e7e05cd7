/// Splits a venue's symbol of a pair into its base and quote assets.
public enum SymbolPair {
    /// Quote symbols recognised at the end of a symbol without separator, longest first.
    private static let quotes = [
        "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "WETH", "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD",
        "NZD", "BTC", "ETH", "BNB", "DAI", "INR",
    ]

    /// Base and quote of a symbol: `BTC/USDT`, `BTC-USDT`, `BTC_USDT`, `BTCUSDT`; a symbol with no known
    /// quote, as `AAPL`, is a share quoted in `fallbackQuote`. The date of a dated future, as in
    /// `BTCUSDT_240329`, is left out.
    public static func split(_ symbol: String, fallbackQuote: String = "USD") -> (base: String, quote: String)
    {
        let symbol = undated(symbol)
        for separator: Character in ["/", "-", "_"] {
            let parts = symbol.split(separator: separator)
            if parts.count >= 2 { return (String(parts[0]), String(parts[1])) }
        }
        for quote in quotes where symbol.hasSuffix(quote) && symbol.count > quote.count {
            return (String(symbol.dropLast(quote.count)), quote)
        }
        return (symbol, fallbackQuote)
    }

    /// A symbol without a last part of six or eight digits.
    private static func undated(_ symbol: String) -> String {
        guard let place = symbol.lastIndex(where: { $0 == "_" || $0 == "-" }) else { return symbol }
        let date = symbol[symbol.index(after: place)...].utf8
        let isDate = (date.count == 6 || date.count == 8) && date.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        return isDate ? String(symbol[..<place]) : symbol
    }
}
