import Strategies
import StrategyKit
import Testing

/// Names of earlier systems.
@Suite struct StrategyAliasTests {
    private static let registry = StrategyRegistry(BuiltInStrategies.all)
    /// Strategies that are no modes of an earlier system.
    private static let own: Set<String> = ["quoter"]

    @Test func everyModeHasItsEarlierNames() {
        for name in Self.registry.names where !Self.own.contains(name) {
            #expect(!StrategyAliases.aliases(of: name).isEmpty, "\(name) has no earlier name in the table")
        }
        for (earlier, ours) in StrategyAliases.table where Self.registry.names.contains(ours) {
            #expect(Self.registry.canonicalName(of: earlier) == ours)
            #expect(Self.registry.strategy(named: earlier)?.descriptor.name == ours)
        }
        let earlier = StrategyAliases.table.map(\.earlier)
        #expect(Set(earlier).count == earlier.count, "each earlier name means one thing")
    }

    @Test func theNamesOfTheSevenModesAreInTheTable() {
        let modes = [
            "usdt_pure_lending": "pure-lending", "pure_lending": "pure-lending", "btc_basis": "btc-basis",
            "eth_basis": "eth-basis", "eth_staking_only": "eth-staking",
            "eth_leveraged": "eth-leveraged-staking", "eth_leveraged_staking": "eth-leveraged-staking",
            "usdt_market_neutral_no_leverage": "usdt-market-neutral-unlevered",
            "usdt_market_neutral": "usdt-market-neutral",
            "ml_btc_directional_usdt_margin": "ml-directional-usdt",
            "ml_btc_directional_btc_margin": "ml-directional-btc",
        ]
        let all = Set(modes.values).sorted()
        for (earlier, ours) in modes {
            #expect(StrategyAliases.name(of: earlier, among: all) == ours, "\(earlier)")
            // A name of which there is no such mode means nothing.
            #expect(StrategyAliases.name(of: earlier, among: ["sma-cross"]) == nil)
        }
    }

    @Test func ownNamesWinAndSpellingDoesNotMatter() {
        #expect(StrategyAliases.name(of: "sample", among: ["sample", "mean-reversion"]) == "sample")
        #expect(Self.registry.canonicalName(of: "SMA_Cross") == "sma-cross")
        #expect(Self.registry.canonicalName(of: "Pure_Lending") == "pure-lending")
        #expect(Self.registry.canonicalName(of: "") == nil)
    }

    @Test func anUnknownNameIsAnsweredWithTheNearest() {
        #expect(Self.registry.nearestName(to: "btc-bassis") == "btc-basis")
        #expect(Self.registry.nearestName(to: "usdt_pure_lendin") == "usdt_pure_lending")
        #expect(Self.registry.nearestName(to: "entirely different") == nil)
    }
}
