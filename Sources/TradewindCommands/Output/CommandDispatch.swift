public import ArgumentParser
internal import StrategyKit

/// What the executables of the product do alike with a command line: name the nearest command for a misspelt
/// one, and turn what a command throws into output and an exit code.
public struct CommandDispatch {
    private let root: any ParsableCommand.Type
    private let output: CommandOutput
    private let translate: (any Error) -> CommandFailure?

    /// A dispatch for the commands under `root`.
    ///
    /// - Parameter translate: the failure that an error of the libraries means to a user; nil for an error
    ///   that is not known.
    public init(
        root: any ParsableCommand.Type, output: CommandOutput,
        translate: @escaping (any Error) -> CommandFailure?
    ) {
        (self.root, self.output, self.translate) = (root, output, translate)
    }

    /// A failure that names the nearest command, for a word where only a command can stand; nil when there
    /// is no such word.
    ///
    /// - Parameter arguments: what follows the name of the program.
    public func unknownCommand(_ arguments: [String]) -> CommandFailure? {
        var path = root._commandName
        var known: [any ParsableCommand.Type] = root.configuration.subcommands
        for word in arguments {
            if known.isEmpty || word.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
            guard let found = known.first(where: { $0._commandName == word }) else {
                let shown = known.filter { $0.configuration.shouldDisplay }
                let names = shown.map { $0._commandName }
                let near = NearestName.find(word, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
                return CommandFailure(
                    .usage, code: "usage", message: "\(path) has no command \"\(word)\"" + near,
                    remedy: "commands are \(names.joined(separator: ", ")); see \(path) --help")
            }
            // What is no command of its own is a word for the one that it has for all others.
            if found.configuration.defaultSubcommand != nil { return nil }
            path += " " + word
            known = found.configuration.subcommands
        }
        return nil
    }

    /// Prints what an error means, for people or, when the arguments ask for it, as JSON.
    ///
    /// - Returns: how the process should end; ``ExitStatus/done`` for requests for help or the version.
    public func status(reporting error: any Error, arguments: [String]) -> ExitStatus {
        let asJSON = arguments.prefix { $0 != "--" }.contains("--json")
        if let failure = error as? CommandFailure ?? translate(error) {
            return output.report(failure, asJSON: asJSON)
        }
        if let code = error as? ExitCode { return ExitStatus(rawValue: code.rawValue) ?? .failed }
        let status = ExitStatus(rawValue: root.exitCode(for: error).rawValue) ?? .failed
        if status == .done {
            do {
                try output.result(root.fullMessage(for: error) + "\n")
                return .done
            } catch {
                return output.report(error, asJSON: false)
            }
        }
        if status == .usage && !asJSON {
            output.remark(root.fullMessage(for: error).replacingPrefix("Error: ", with: "error: "))
            return .usage
        }
        let failure = CommandFailure(
            status, code: status == .usage ? "usage" : "failed", message: root.message(for: error),
            remedy: status == .usage ? "see \(root._commandName) --help" : nil)
        return output.report(failure, asJSON: asJSON)
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
