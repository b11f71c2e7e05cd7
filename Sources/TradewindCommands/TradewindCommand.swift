public import ArgumentParser
internal import Glibc
internal import MarketData
internal import Strategies
public import StrategyKit

/// The `tradewind` command: the root of all others.
///
/// The executable calls ``main(strategies:)``; a user's own package does the same with its strategies added,
/// and every command then knows them:
///
/// ```swift
/// import TradewindCommands
///
/// TradewindCommand.main(strategies: [])
/// ```
public struct TradewindCommand: ParsableCommand {
    /// Name, help text and subcommands.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tradewind",
            abstract: "Systematic trading: data, backtests, reports.",
            discussion: """
                Exit codes: 0 done, 1 failed, 64 wrong usage, 65 bad or absent data, 69 a service is \
                unavailable, 74 output cannot be written, 78 a run file or configuration is wrong, \
                130 interrupted.
                """,
            version: ProductVersion.text,
            subcommands: [
                AuditBacktestCommand.self, BacktestCommand.self, CompareCommand.self,
                ConfigCommand.self, DataCommand.self, DemoCommand.self, EventsCommand.self,
                NewStrategyCommand.self, ReportCommand.self, SignalsCommand.self, StressCommand.self,
                SweepCommand.self, VersionCommand.self, WalkForwardCommand.self,
            ],
            groupedSubcommands: [
                CommandGroup(name: "Service", subcommands: ServiceCommands.all)
            ])
    }

    /// The root without a subcommand, which prints its help.
    public init() {}

    /// Runs the command that the process was called with, and ends the process.
    ///
    /// - Parameter strategies: strategies beside the built-in ones; one with the name of a built-in one
    ///   replaces it.
    public static func main(strategies: [any Strategy.Type]) -> Never {
        let clock = ProcessClock()
        Interruption.reserveStandardStreams()
        Interruption.install()
        let context = CommandContext(
            output: .standard, clock: clock, strategies: StrategyRegistry(BuiltInStrategies.all + strategies),
            files: PosixFileStore())
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status =
            ServiceHandOff.concerns(arguments) ? handOver(arguments, context) : run(arguments, context)
        Glibc.exit(status.rawValue)
    }

    /// Becomes `tradewind-server`; returns when it cannot.
    private static func handOver(_ arguments: [String], _ context: CommandContext) -> ExitStatus {
        do {
            try ServiceHandOff.run(arguments)
            return .failed
        } catch {
            return dispatch(context).status(reporting: error, arguments: arguments)
        }
    }

    /// Runs a command line.
    ///
    /// - Parameter arguments: what follows the name of the program.
    /// - Returns: how the process should end.
    package static func run(_ arguments: [String], _ context: CommandContext) -> ExitStatus {
        let dispatch = dispatch(context)
        if let failure = dispatch.unknownCommand(arguments) {
            return dispatch.status(reporting: failure, arguments: arguments)
        }
        do {
            var command = try parseAsRoot(arguments)
            guard var known = command as? any ContextCommand else {
                try command.run()
                return .done
            }
            try known.run(context)
            return .done
        } catch {
            return dispatch.status(reporting: error, arguments: arguments)
        }
    }

    private static func dispatch(_ context: CommandContext) -> CommandDispatch {
        CommandDispatch(
            root: TradewindCommand.self, output: context.output,
            translate: { CommandFailure(translating: $0) })
    }
}
