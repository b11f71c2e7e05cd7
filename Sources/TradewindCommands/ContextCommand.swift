internal import ArgumentParser

/// What a command works with: handed in, so that a test can hand in something else.
struct CommandContext: Sendable {
    /// Where results and remarks go.
    let output: CommandOutput
    /// Counts since the process began.
    let clock: ProcessClock
}

/// A command of `tradewind`. It runs with a context; errors that it throws become the output and the exit
/// code of the process.
protocol ContextCommand: ParsableCommand {
    /// Does what the command says.
    ///
    /// - Throws: ``CommandFailure``, or an error that ``CommandFailure/init(describing:)`` knows.
    mutating func run(_ context: CommandContext) throws
}

extension ContextCommand {
    /// Runs in this process; only reached when somebody calls ArgumentParser's own `main`.
    mutating func run() throws {
        try run(CommandContext(output: .standard, clock: ProcessClock()))
    }
}
