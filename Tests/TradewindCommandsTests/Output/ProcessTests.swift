import Foundation
import Testing
import TradewindCommands

/// What only a process of its own shows: signals, pipes, full devices. Uses the binary built with the tests.
@Suite struct ProcessTests {
    @Test func aFullDeviceEndsWith74() throws {
        for command in ["version", "version --json", "--help", "config schema run"] {
            let (status, text) = try CommandShell.run("$T \(command) > /dev/full")
            #expect(status == 74 && text.contains("standard output cannot be written"), "\(text)")
        }
    }

    @Test func aReaderThatWentAwayEndsWith74() throws {
        let (_, text) = try CommandShell.run("{ sleep 0.2; $T version; echo \"code $?\" >&2; } | true")
        #expect(text.contains("code 74") && text.contains("Broken pipe"), "\(text)")
    }

    @Test func interruptionEndsWith130() throws {
        let folder = try CommandFolder()
        // A run file that is a pipe nobody writes to keeps the command waiting.
        let (status, text) = try CommandShell.run(
            "mkfifo '\(folder.path)/run.yaml'; $T backtest '\(folder.path)/run.yaml' & P=$!\n"
                + "sleep 0.5; kill -INT $P; for i in {1..50}; do\n"
                + "kill -0 $P 2> /dev/null || break; sleep 0.1; done; kill -KILL $P 2> /dev/null; wait $P")
        #expect(status == 130 && text.contains("interrupted"), "\(text)")
    }

    @Test func exitCodesReachTheShell() throws {
        #expect(try CommandShell.run("$T nonsense").status == 64)
        #expect(try CommandShell.run("$T backtest /nonexistent.yaml --json").status == 78)
        #expect(try CommandShell.run("$T version").status == 0)
    }

    @Test func theSchemaOfSettingsIsPrintedByTheOtherExecutable() throws {
        let folder = try CommandFolder()
        let (status, text) = try CommandShell.run(
            "S='\(folder.path)/server'\n"
                + "printf '#!/bin/sh\\necho \"server: $*\"\\n' > \"$S\"; chmod +x \"$S\"\n"
                + "export TRADEWIND_SERVER_EXECUTABLE=\"$S\"; $T config schema settings --json\n"
                + "$T config schema run > \"$S.json\"; head -c 1 \"$S.json\"; $T config schema --help")
        #expect(status == 0 && text.hasPrefix("server: config schema settings --json\n{"), "\(text)")
        #expect(text.contains("run|result|sweep|walk-forward|audit|stress|settings"))
        // Within a process that must stay what it is, it is an error that says so.
        let inner = folder.run(["config", "schema", "settings"])
        #expect(inner.status == 69 && inner.remark.contains("./tradewind config schema settings"))
    }

    @Test func closedStreamsLoseAndSpoilNothing() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        let closed = try CommandShell.run("$T backtest '\(run)' --output '\(output)' >&-")
        #expect(closed.status == 74 && closed.text.contains("standard output cannot be written"))
        #expect(try CommandShell.run("$T events verify '\(output)'").status == 0)
        let silent = try CommandShell.run("$T backtest '\(run)' --output '\(output)' 2>&- <&-")
        #expect(silent.status == 0 && silent.text.contains("Written to"))
        #expect(try CommandShell.run("$T events verify '\(output)' 2>&-").status == 0)
        // head reads nothing; whether the write comes first is chance, but nothing else may happen.
        let (_, text) = try CommandShell.run("$T backtest '\(run)' | head -0; echo \"code ${PIPESTATUS[0]}\"")
        #expect(text.contains("code 74") || text.contains("code 0"), "\(text)")
    }

    @Test func interruptionAtAnyMomentLeavesOneResultWhole() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 700)
        let output = folder.path + "/result"
        #expect(try CommandShell.run("$T backtest '\(run)' --output '\(output)'").status == 0)
        for hundredths in stride(from: 1, through: 24, by: 1) {
            let delay = "0.\(hundredths < 10 ? "0" : "")\(hundredths)"
            let (status, text) = try CommandShell.run(
                "$T backtest '\(run)' --output '\(output)' --set parameters.fast=3 > /dev/null & P=$!\n"
                    + "sleep \(delay); kill -INT $P 2> /dev/null; wait $P")
            #expect(status == 130 || status == 0, "after \(delay): \(status) \(text)")
            #expect(try folder.names() == ["btc.csv", "result", "run.yaml"], "after \(delay)")
            #expect(try CommandShell.run("$T events verify '\(output)'").status == 0, "after \(delay)")
        }
    }
}
