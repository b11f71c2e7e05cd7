/// The names that requests and run files of earlier systems use, and the modes that they mean. The only table
/// of them: run files, commands and services go by it.
public enum StrategyAliases {
    /// Earlier name and ours; a mode of which a registry has none is refused by the nearest names.
    public static let table: [(earlier: String, ours: String)] = [
        ("sample", "mean-reversion"), ("sma-crossover", "sma-cross"),
        ("usdt_pure_lending", "pure-lending"), ("pure_lending_usdt", "pure-lending"),
        ("pure_lending_eth", "pure-lending"), ("eth_pure_lending", "pure-lending"),
        ("btc_basis", "btc-basis"), ("eth_basis", "eth-basis"),
        ("eth_staking_only", "eth-staking"), ("eth_staking", "eth-staking"),
        ("eth_leveraged", "eth-leveraged-staking"), ("eth_leveraged_staking", "eth-leveraged-staking"),
        ("usdt_market_neutral_no_leverage", "usdt-market-neutral-unlevered"),
        ("usdt_eth_staking_hedged_simple", "usdt-market-neutral-unlevered"),
        ("usdt_market_neutral", "usdt-market-neutral"),
        ("usdt_eth_staking_hedged_leveraged", "usdt-market-neutral"),
        ("ml_btc_directional_usdt_margin", "ml-directional-usdt"),
        ("ml_btc_directional", "ml-directional-usdt"),
        ("ml_btc_directional_btc_margin", "ml-directional-btc"),
    ]

    /// The earlier names of a strategy, in the order of the table.
    public static func aliases(of name: String) -> [String] {
        table.filter { $0.ours == name }.map(\.earlier)
    }

    /// The name among known ones that a name means: itself; itself in our spelling, with hyphens and in lower
    /// case; or by the table. Nil for a name that means none of them.
    public static func name(of name: String, among known: [String]) -> String? {
        if known.contains(name) { return name }
        let spelt = spelling(name)
        if let own = known.first(where: { spelling($0) == spelt }) { return own }
        guard let ours = table.first(where: { spelling($0.earlier) == spelt })?.ours else { return nil }
        return known.contains(ours) ? ours : nil
    }

    /// The nearest to a name that means nothing: one of the known names, or an earlier name of one; nil when
    /// none is near.
    public static func nearest(to name: String, among known: [String]) -> String? {
        let earlier = table.filter { known.contains($0.ours) }.map(\.earlier)
        return NearestName.find(name, among: known) ?? NearestName.find(name, among: earlier)
            ?? NearestName.find(spelling(name), among: (known + earlier).map(spelling))
    }

    private static func spelling(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    }
}
