import Foundation
import Markets
import StrategyKit
import Synchronization
import Testing
import TradewindCommands
import Trading
import Units

/// What a user's package can do wrong: it keeps closes in a global of the process, and looks them up in the
/// next run.
private let seen = Mutex<[Instant: Price]>([:])

/// Long when it believes that the next bar closes higher.
private struct RememberingStrategy: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "remembering", summary: "Remembers the market from run to run.", parameters: [])

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let next = seen.withLock { seen in
            seen[bar.closeTime] = bar.close
            return seen[bar.closeTime + bar.closeTime.since(bar.openTime)]
        }
        let rises = next.map { $0 > bar.close } ?? (bar.close > bar.open)
        context.target(rises ? Quantity(mantissa: 100_000_000) : .zero, of: instrument)
    }
}

/// `audit-backtest` over the package that `new-strategy` writes, as `--package` runs it: the strategies of
/// the package beside the built-in ones.
@Suite struct AuditedPackageTests {
    private func audit(_ strategy: any Strategy.Type, named name: String) throws -> (
        status: Int32, text: String
    ) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let package = StrategyPackage(name: try StrategyPackageName("channel-breakout"), clone: "/clone")
        for file in package.files where file.path.hasPrefix("Runs/") || file.path.hasPrefix("Data/") {
            let path = folder.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try file.text.write(to: path, atomically: true, encoding: .utf8)
        }
        let printed = Mutex("")
        let context = CommandContext(
            output: CommandOutput(
                isTerminal: false,
                result: { (text) throws(CommandFailure) in printed.withLock { $0 += text } },
                remark: { text in printed.withLock { $0 += text } }),
            clock: ProcessClock(), strategies: StrategyRegistry([strategy]), files: PosixFileStore())
        let run = folder.path + "/Runs/channel-breakout.yaml"
        var arguments = ["audit-backtest", run, "--fail-on", "fatal", "--set", "strategy=" + name]
        if name != "channel-breakout" { arguments += ["--set", "parameters=null"] }
        let status = TradewindCommand.run(arguments, context)
        return (status.rawValue, printed.withLock { $0 })
    }

    @Test func theStrategyOfTheGuideIsNotAccused() throws {
        let (status, text) = try audit(ChannelBreakoutStrategy.self, named: "channel-breakout")
        #expect(status == 0 && text.contains("No decision depends on what came after it"), "\(text)")
        #expect(!text.contains("fatal"))
    }

    @Test func aGlobalThatRemembersTheMarketIsCaught() throws {
        let (status, text) = try audit(RememberingStrategy.self, named: "remembering")
        #expect(status == 1 && text.contains("Decisions depend on data that came after them"), "\(text)")
        #expect(text.contains("The same run twice decides differently"))
    }
}
