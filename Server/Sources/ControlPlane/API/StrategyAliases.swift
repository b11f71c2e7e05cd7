internal import Events
internal import Operations
internal import StrategyKit

/// Names of strategies in earlier systems, and ours.
enum StrategyAliases {
    /// Earlier name and ours; ours may not be built in (yet), and is then refused by its own name.
    static let table: [(earlier: String, ours: String)] = [
        ("sample", "mean-reversion"), ("sma-crossover", "sma-cross"), ("sma_crossover", "sma-cross"),
        ("btc_basis", "btc-basis"), ("eth_basis", "eth-basis"), ("pure_lending", "pure-lending"),
        ("usdt_pure_lending", "pure-lending"), ("pure_lending_usdt", "pure-lending"),
        ("pure_lending_eth", "pure-lending"), ("eth_staking_only", "eth-staking"),
        ("eth_leveraged", "eth-leveraged-staking"), ("eth_leveraged_staking", "eth-leveraged-staking"),
        ("usdt_market_neutral", "usdt-market-neutral"),
        ("usdt_eth_staking_hedged_leveraged", "usdt-market-neutral"),
        ("usdt_market_neutral_no_leverage", "usdt-market-neutral-unlevered"),
        ("usdt_eth_staking_hedged_simple", "usdt-market-neutral-unlevered"),
        ("ml_btc_directional_btc_margin", "ml-btc-directional"),
        ("ml_btc_directional_usdt_margin", "ml-btc-directional"), ("strangle", "strangle"),
    ]

    /// Earlier names of a strategy.
    static func aliases(of name: String) -> [String] {
        table.filter { $0.ours == name && $0.earlier != name }.map(\.earlier)
    }

    /// Our name of what a client calls a strategy.
    ///
    /// - Throws: ``APIError`` with the nearest names for one that is not there.
    static func resolve(_ name: String, among known: [String]) throws(APIError) -> String {
        if known.contains(name) { return name }
        let ours = table.first { $0.earlier == name }?.ours
        if let ours, known.contains(ours) { return ours }
        let near = NearestName.find(name, among: known + table.map(\.earlier))
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        throw APIError(
            .notFound,
            "no strategy is called \"\(name.prefix(64))\"\(hint) "
                + "(known are \(known.joined(separator: ", ")))",
            details: .object([JSONMember("known", .list(known.map { .string($0) }))]))
    }
}
