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
                NewStrategyCommand.self, ReportCommand.self, SweepCommand.self,
                VersionCommand.self, WalkForwardCommand.self,
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
        let status = run(Array(CommandLine.arguments.dropFirst()), context)
        Glibc.exit(status.rawValue)
    }

    /// Runs a command line.
    ///
    /// - Parameter arguments: what follows the name of the program.
    /// - Returns: how the process should end.
    package static func run(_ arguments: [String], _ context: CommandContext) -> ExitStatus {
        let asJSON = arguments.prefix { $0 != "--" }.contains("--json")
        if let failure = unknownCommand(arguments) { return context.output.report(failure, asJSON: asJSON) }
        do {
            var command = try parseAsRoot(arguments)
            guard var known = command as? any ContextCommand else {
                try command.run()
                return .done
            }
            try known.run(context)
            return .done
        } catch {
            if let failure = CommandFailure(translating: error) {
                return context.output.report(failure, asJSON: asJSON)
            }
            if let code = error as? ExitCode { return ExitStatus(rawValue: code.rawValue) ?? .failed }
            return report(error, asJSON: asJSON, context)
        }
    }

    /// A failure that names the nearest command, for a word where only a command can stand.
    private static func unknownCommand(_ arguments: [String]) -> CommandFailure? {
        var path = "tradewind"
        var known: [any ParsableCommand.Type] = configuration.subcommands
        for word in arguments {
            if known.isEmpty || word.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
            guard let found = known.first(where: { $0.configuration.commandName == word }) else {
                let names = known.compactMap { $0.configuration.commandName }
                let near = NearestName.find(word, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
                return CommandFailure(
                    .usage, code: "usage", message: "\(path) has no command \"\(word)\"" + near,
                    remedy: "commands are \(names.joined(separator: ", ")); see \(path) --help")
            }
            path += " " + word
            known = found.configuration.subcommands
        }
        return nil
    }

    /// Help and version requests, wrong usage, and errors that no command translated.
    private static func report(
        _ error: any Error, asJSON: Bool, _ context: CommandContext
    ) -> ExitStatus {
        let status = ExitStatus(rawValue: exitCode(for: error).rawValue) ?? .failed
        if status == .done {
            do {
                try context.output.result(fullMessage(for: error) + "\n")
                return .done
            } catch {
                return context.output.report(error, asJSON: false)
            }
        }
        if status == .usage && !asJSON {
            context.output.remark(fullMessage(for: error).replacingPrefix("Error: ", with: "error: "))
            return .usage
        }
        let failure = CommandFailure(
            status, code: status == .usage ? "usage" : "failed", message: message(for: error),
            remedy: status == .usage ? "see tradewind --help" : nil)
        return context.output.report(failure, asJSON: asJSON)
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
