internal import ArgumentParser
internal import Glibc
internal import Settings
package import TradewindCommands

/// What a command works with: handed in, so that a test can hand in something else.
package struct ServerContext: Sendable {
    /// Where results and remarks go.
    package let output: CommandOutput
    /// The environment variables of the process.
    package let environment: [String: String]
    /// The folder that relative paths start from, absolute.
    package let workingDirectory: String

    /// A context.
    package init(output: CommandOutput, environment: [String: String], workingDirectory: String) {
        (self.output, self.environment, self.workingDirectory) = (output, environment, workingDirectory)
    }

    /// The same in a named environment, for this process and those that it starts.
    func inEnvironment(_ name: DeploymentEnvironment) -> ServerContext {
        var variables = environment
        // Another place that says something else is an error of the settings, which then name both.
        if variables["TRADEWIND_ENVIRONMENT"] == nil { variables["TRADEWIND_ENVIRONMENT"] = name.rawValue }
        return ServerContext(output: output, environment: variables, workingDirectory: workingDirectory)
    }

    /// Standard output, the environment and the working directory of this process.
    static func ofProcess() -> ServerContext {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let words = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // The first of two equal names is the one that getenv finds.
            if words.count == 2, environment[String(words[0])] == nil {
                environment[String(words[0])] = String(words[1])
            }
            entry += 1
        }
        var directory = "/"
        if let path = getcwd(nil, 0) {
            directory = String(cString: path)
            free(path)
        }
        return ServerContext(output: .standard, environment: environment, workingDirectory: directory)
    }
}

/// A command of `tradewind-server`. It runs with a context; errors that it throws become the output and the
/// exit code of the process.
protocol ServerCommand: AsyncParsableCommand {
    /// Does what the command says.
    ///
    /// - Throws: `CommandFailure`; an error that ``CommandFailure/init(translatingServer:)`` knows; or
    ///   `ExitCode`, when all that there is to say was printed.
    mutating func run(_ context: ServerContext) async throws
}

extension ServerCommand {
    /// Runs in this process; only reached when somebody calls ArgumentParser's own `main`.
    mutating func run() async throws { try await run(.ofProcess()) }
}

/// `--json`, on every command that prints something.
struct ServerOutputFormat: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object on standard output; also for a failure.")
    var json = false
}
