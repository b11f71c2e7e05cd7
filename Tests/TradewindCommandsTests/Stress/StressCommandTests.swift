import Foundation
import Strategies
import Testing
import TradewindCommands

@Suite struct StressCommandTests {
    @Test(.leftToRelease) func everySampleRunBearsEveryShockToTheLastUnit() throws {
        let folder = try CommandFolder()
        let made = folder.run(["data", "sample", "--output", folder.path + "/sample", "--days", "16"])
        #expect(made.status == 0, "\(made)")
        var ran: [String: Set<String>] = [:]
        for name in try folder.names("sample/runs") {
            let outcome = folder.run(["stress", folder.path + "/sample/runs/" + name, "--json"])
            #expect(outcome.status == 0, "\(name): \(outcome)")
            let unshocked = outcome.object["unshocked"] as? [String: Any] ?? [:]
            #expect(unshocked["attribution_residual"] as? String == "0", "\(name)")
            for shock in outcome.object["shocks"] as? [[String: Any]] ?? [] {
                let text = shock["shock"] as? String ?? ""
                #expect(shock["outcome"] as? String != "stopped", "\(name) \(text): \(shock)")
                guard let run = shock["run"] as? [String: Any] else {
                    #expect((shock["reason"] as? String)?.isEmpty == false, "\(name) \(text)")
                    continue
                }
                ran[shock["kind"] as? String ?? "", default: []].insert(name)
                #expect(run["attribution_residual"] as? String == "0", "\(name) \(text)")
                let change = (run["attribution_change"] as? [String: String] ?? [:]).values
                let sum = change.compactMap { Decimal(string: $0) }.reduce(0, +)
                let lost = Decimal(string: run["lost"] as? String ?? "") ?? .nan
                #expect(change.count == 12 && sum == -lost, "\(name) \(text): causes add up to what was lost")
            }
        }
        #expect(ran["price"]?.isSuperset(of: ["btc-basis.yaml", "sma-cross.yaml", "quoter.yaml"]) == true)
        #expect(ran["funding-flip"]?.contains("eth-basis.yaml") == true)
        #expect(ran["outage"]?.isSuperset(of: ["btc-basis.yaml", "pure-lending.yaml"]) == true)
    }

    @Test func aPersonIsToldWhatWasLostAndWhatWasDone() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let outcome = folder.run(["stress", run, "--shock", "price=-30%", "--shock", "gas=20"])
        #expect(outcome.status == 0 && outcome.remark.isEmpty, "\(outcome)")
        for words in ["Shocks begin at", "price=-30%", "Shocks that mean nothing to this run", "gas=20: "] {
            #expect(outcome.result.contains(words), "\(words): \(outcome.result)")
        }
        #expect(!outcome.result.contains("\u{1B}"), "colour only on a terminal")
        #expect(outcome.result.split(separator: "\n").allSatisfy { $0.count <= 100 })
        let again = folder.run(["stress", run, "--shock", "price=-30%", "--shock", "gas=20"])
        #expect(again.result == outcome.result)
    }

    @Test func aFolderHoldsTheReportAndIsReplacedByTheNext() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let output = folder.path + "/stress"
        for _ in 0..<2 {
            let outcome = folder.run(
                ["stress", run, "--shock", "price=-30%,outage=binance", "--output", output, "--json"])
            #expect(outcome.status == 0 && outcome.object["name"] as? String == "example", "\(outcome)")
            #expect(try folder.names("stress") == ["stress.html", "stress.json"])
            #expect(try folder.text("stress/stress.json") == outcome.result)
            let shocks = outcome.object["shocks"] as? [[String: Any]]
            #expect(shocks?.first?["kind"] as? String == "combined")
        }
        try folder.write("mine", to: "other")
        let refused = folder.run(["stress", run, "--output", folder.path + "/other"])
        #expect(refused.status == 74 && refused.result.isEmpty)
    }

    @Test func wrongOptionsAreAllSaidAtOnce() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 48)
        let outcome = folder.run(
            ["stress", run, "--shock", "price=0", "--shock", "hail", "--at", "noon", "--for", "1s", "--json"])
        #expect(outcome.status == 64, "\(outcome)")
        for words in ["changes nothing", "hail", "noon", "1s"] {
            #expect(outcome.result.contains(words), "\(words): \(outcome.result)")
        }
        let outside = folder.run(["stress", run, "--at", "2030-01-01T00:00:00Z"])
        #expect(outside.status == 64 && outside.remark.contains("outside the run"), "\(outside)")
    }

    @Test func earlierNamesOfModesAreReadInRunFiles() throws {
        let folder = try CommandFolder()
        let made = folder.run(["data", "sample", "--output", folder.path + "/sample", "--days", "3"])
        #expect(made.status == 0)
        let run = folder.path + "/sample/runs/pure-lending.yaml"
        for name in ["usdt_pure_lending", "pure_lending_usdt", "pure-lending", "Pure_Lending"] {
            let outcome = folder.run(["backtest", run, "--set", "strategy=\(name)", "--json"])
            #expect(
                outcome.status == 0 && outcome.object["strategy"] as? String == "pure-lending", "\(outcome)")
        }
        let wrong = folder.run(["backtest", run, "--set", "strategy=usdt_pure_lendin"])
        #expect(
            wrong.status == 78 && wrong.remark.contains("did you mean \"usdt_pure_lending\"?"), "\(wrong)")
    }
}
