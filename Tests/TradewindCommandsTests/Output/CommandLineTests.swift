import MarketData
import StrategyKit
import Testing
import TradewindCommands

@Suite struct CommandLineTests {
    @Test func aFailureIsPrintedForPeopleWithPlaceAndRemedy() {
        let failure = CommandFailure(
            .wrongConfiguration,
            problems: [
                FailureProblem(code: "run-file", message: "m", file: "a.yaml", line: 3, remedy: "r"),
                FailureProblem(code: "run-file", message: "n", file: "a.yaml"),
            ])
        #expect(
            failure.description
                == "error: a.yaml:3: m\n  remedy: r\nerror: a.yaml: n\n2 problems\n")
    }

    @Test func whatAFileSaysDoesNotSteerTheTerminal() {
        let failure = CommandFailure(
            .wrongConfiguration, code: "run-file",
            message: "name: \"a\u{1B}[2J\u{7}b\u{202E}c\u{9B}d\" é√\nsecond",
            file: "d\u{1B}]0;x.yaml", remedy: "r\u{2028}s")
        #expect(
            failure.description
                == "error: d\u{FFFD}]0;x.yaml: name: "
                + "\"a\u{FFFD}[2J\u{FFFD}b\u{FFFD}c\u{FFFD}d\" é√\nsecond\n"
                + "  remedy: r\u{FFFD}s\n")
    }

    @Test func aFailureIsOneObjectInJSON() {
        let failure = CommandFailure(.badData, code: "data", message: "say \"no\"\n\u{1}", line: nil)
        #expect(
            failure.json
                == #"{"error": {"code": "data", "message": "say \"no\"\n\u0001", "#
                + #""file": null, "line": null, "remedy": null}}"#
                + "\n")
    }
}

@Suite struct CommandTreeTests {
    /// Runs a command line and collects what it writes.
    private func run(_ arguments: String..., room: Int = .max) -> (
        TradewindCommands.ExitStatus, CollectedOutput
    ) {
        let collected = CollectedOutput()
        let context = CommandContext(
            output: collected.output(room: room), clock: ProcessClock(), strategies: StrategyRegistry([]),
            files: PosixFileStore())
        return (TradewindCommand.run(arguments, context), collected)
    }

    @Test func helpAndVersionAreResults() {
        let (status, collected) = run("--help")
        #expect(status == .done && collected.result.contains("USAGE: tradewind"))
        #expect(run("version").1.result == "tradewind \(ProductVersion.text)\n")
        #expect(run("--version").1.result == "\(ProductVersion.text)\n")
    }

    @Test func wrongUsageEndsWith64AndSaysSoInTheFormatAskedFor() {
        let (status, collected) = run("version", "--nonsense")
        #expect(status == .usage && collected.result.isEmpty)
        #expect(collected.remark.hasPrefix("error: Unknown option '--nonsense'"))
        let (again, inJSON) = run("version", "--nonsense", "--json")
        #expect(again == .usage && inJSON.remark.isEmpty)
        #expect(inJSON.result.hasPrefix("{\"error\": {\"code\": \"usage\", \"message\": \"Unknown option"))
    }

    @Test func outputThatCannotBeWrittenEndsWith74() {
        let (status, collected) = run("version", room: 3)
        #expect(status == .outputFailed && collected.remark == "error: no space\n")
        let (help, _) = run("--help", room: 3)
        #expect(help == .outputFailed)
        let (inJSON, remarks) = run("version", "--json", room: 3)
        #expect(inJSON == .outputFailed && remarks.remark.contains("error: no space"))
    }

    @Test(arguments: [
        (["backtst", "--json"], "tradewind has no command \\\"backtst\\\"; did you mean \\\"backtest\\\"?"),
        (["data", "improt", "--json"], "tradewind data has no command \\\"improt\\\"; did you mean"),
        (["events", "xyzzyx", "--json"], "tradewind events has no command"),
    ])
    func anUnknownCommandNamesTheNearest(_ arguments: [String], _ text: String) {
        let collected = CollectedOutput()
        let context = CommandContext(
            output: collected.output(), clock: ProcessClock(), strategies: StrategyRegistry([]),
            files: PosixFileStore())
        #expect(TradewindCommand.run(arguments, context) == .usage)
        #expect(collected.result.contains(text) && collected.remark.isEmpty, "\(collected.result)")
    }

    @Test func anOutputThatFailsIsSaidOnce() {
        let (status, collected) = run("version", room: 0)
        #expect(status == .outputFailed && collected.remark == "error: no space\n")
        let (again, inJSON) = run("version", "--json", room: 0)
        #expect(again == .outputFailed && inJSON.remark == "error: no space\n")
    }
}
