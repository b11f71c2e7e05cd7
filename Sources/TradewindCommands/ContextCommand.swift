internal import ArgumentParser
package import MarketData
package import StrategyKit

/// What a command works with: handed in, so that a test can hand in something else.
package struct CommandContext: Sendable {
    /// Where results and remarks go.
    package let output: CommandOutput
    /// Counts since the process began.
    package let clock: ProcessClock
    /// The strategies that run files may name.
    package let strategies: StrategyRegistry
    /// The files of this machine.
    package let files: any FolderStore

    /// A context.
    package init(
        output: CommandOutput, clock: ProcessClock, strategies: StrategyRegistry, files: any FolderStore
    ) {
        (self.output, self.clock, self.strategies, self.files) = (output, clock, strategies, files)
    }
}

/// A command of `tradewind`. It runs with a context; errors that it throws become the output and the exit
/// code of the process.
protocol ContextCommand: ParsableCommand {
    /// Does what the command says.
    ///
    /// - Throws: ``CommandFailure``; an error that ``CommandFailure/init(translating:)`` knows; or
    ///   `ExitCode`, when all that there is to say was printed.
    mutating func run(_ context: CommandContext) throws
}

extension ContextCommand {
    /// Runs in this process; only reached when somebody calls ArgumentParser's own `main`.
    mutating func run() throws {
        let context = CommandContext(
            output: .standard, clock: ProcessClock(), strategies: StrategyRegistry([]),
            files: PosixFileStore())
        try run(context)
    }
}
