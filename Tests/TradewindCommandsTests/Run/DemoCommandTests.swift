import Strategies
import StrategyKit
import Testing
import TradewindCommands

@Suite struct DemoCommandTests {
    @Test func theDemoRunsEveryBuiltInStrategyTwiceAlike() throws {
        let folder = try CommandFolder()
        var hashes: [[String]] = []
        for _ in 0..<2 {
            let outcome = folder.run(["demo", "--output", folder.path + "/demo", "--days", "3", "--json"])
            #expect(outcome.status == 0, "\(outcome.remark)")
            let runs = outcome.object["runs"] as? [[String: Any]] ?? []
            let summaries = runs.compactMap { $0["summary"] as? [String: Any] }
            let names = summaries.compactMap { $0["strategy"] as? String }
            #expect(names.sorted() == BuiltInStrategies.all.map { $0.descriptor.name }.sorted())
            hashes.append(summaries.compactMap { $0["log_hash"] as? String })
            for summary in summaries {
                #expect(summary["attribution_residual"] as? String == "0")
                // Lending and staking trade by operations on a chain, and earn interest and growth instead.
                let name = summary["strategy"] as? String ?? ""
                let isNeutral = name.hasPrefix("usdt-market-neutral")
                let (lends, stakes) = (name == "pure-lending", name.hasSuffix("-staking") || isNeutral)
                let trades = isNeutral || !(lends || stakes)
                #expect(((summary["fills"] as? Int ?? 0) > 0) == trades, "\(name)")
                let causes = summary["attribution"] as? [String: String] ?? [:]
                let earns = lends || ["eth-leveraged-staking", "usdt-market-neutral"].contains(name)
                #expect((causes["supply_interest"] != "0") == earns, "\(name)")
                #expect((causes["staking"] != "0") == stakes, "\(name)")
            }
        }
        #expect(hashes[0] == hashes[1] && hashes[0].count == BuiltInStrategies.all.count)
        #expect(folder.exists("demo/results/sma-cross/report.html"))
    }
}
