import Foundation
import Testing
import TradewindCommands

/// Sweeps in processes of their own, which are stopped in the middle.
@Suite struct SweepProcessTests {
    @Test(.leftToRelease, arguments: ["KILL", "INT"], ["grid", "model"])
    func aStoppedSweepGoesOnAndGivesTheIdenticalTable(_ signal: String, _ search: String) throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 700)
        let budget = search == "grid" ? "" : " --search model --budget 120"
        let command =
            "$T sweep '\(run)' --grid fast=1..24 --grid slow=20..60 --cores 2\(budget) "
            + "--output '\(folder.path)/"
        #expect(try CommandShell.run(command + "whole'").status == 0)
        let whole = try folder.text("whole/results.csv")
        #expect(whole.split(separator: "\n").count > 100)
        var (stops, sizes) = (0, [Int]())
        for round in 1...12 {
            // Longer each time, so that some stops come early, some late, and some after the end.
            let (status, text) = try CommandShell.run(
                command + "cut' --resume > /dev/null & P=$!\n"
                    + "sleep \(Double(round) * 0.07); kill -\(signal) $P 2> /dev/null; wait $P")
            if status == 0 { break }
            #expect(status == (signal == "KILL" ? 137 : 130), "\(status) \(text)")
            stops += 1
            let file = folder.path + "/cut/sweep.checkpoint"
            let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
            #expect(size >= sizes.last ?? 0, "finished points are kept")
            sizes.append(size)
        }
        #expect(stops >= 1)
        let refused = try CommandShell.run(command + "cut'")
        if !folder.exists("cut/summary.json") {
            #expect(sizes.last == 0 || refused.status == 64 || refused.status == 0, "\(refused)")
        }
        let (status, text) = try CommandShell.run(command + "cut' --resume")
        #expect(status == 0, "\(text)")
        #expect(try folder.text("cut/results.csv") == whole)
        #expect(try folder.names() == ["btc.csv", "cut", "run.yaml", "whole"])
    }

    @Test func ctrlCEndsTidilyWithAWordOnHowToGoOn() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 700)
        let (status, text) = try CommandShell.run(
            "$T sweep '\(run)' --grid fast=1..200 --grid slow=201..400 --output '\(folder.path)/out' & P=$!\n"
                + "for i in {1..100}; do [ -s '\(folder.path)/out/sweep.checkpoint' ] && break; "
                + "sleep 0.05; done\n"
                + "sleep 0.3; kill -INT $P; wait $P")
        #expect(status == 130 && text.contains("points are kept") && text.contains("--resume"), "\(text)")
        #expect(!text.contains("runs/s"), "no bar without a terminal")
        let two = try CommandShell.run(
            "$T sweep '\(run)' --grid fast=1..200 --grid slow=201..400 --output '\(folder.path)/out'")
        #expect(two.status == 64 && two.text.contains("--resume"), "\(two)")
    }
}
