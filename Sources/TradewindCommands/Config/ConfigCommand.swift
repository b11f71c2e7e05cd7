internal import ArgumentParser
internal import Events
internal import Research
internal import RunFiles
internal import StrategyKit

/// `tradewind config`: what configuration may hold.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "What run files and results hold, and which settings are in effect.",
        subcommands: [ConfigSchemaCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Settings", subcommands: ServiceCommands.ofConfig)
        ])
}

/// `tradewind config schema`: the JSON Schema of run files, results or settings.
struct ConfigSchemaCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print a JSON Schema: run|result|sweep|walk-forward|audit|stress|settings.",
        discussion: """
            An editor that knows YAML checks and completes run files with the schema of `run`, and \
            tradewind.yaml with that of `settings`.
            """)

    /// What the schema describes.
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case run, result, sweep
        case walkForward = "walk-forward"
        case audit, stress, settings
    }

    @Argument(
        help: ArgumentHelp(
            "run: a run file; result, sweep, walk-forward, audit, stress: what backtest, sweep, ... --json "
                + "print; settings: tradewind.yaml.", valueName: "subject"))
    var subject: Subject

    // A schema is JSON already, so --json only decides how a failure is printed.
    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let schema =
            switch subject {
            case .run: JSONSchema.runFile(strategies: context.strategies.descriptors)
            case .result: JSONSchema.result
            case .sweep: JSONSchema.sweep
            case .walkForward: JSONSchema.walkForward
            case .audit: JSONSchema.audit
            case .stress: JSONSchema.stress
            case .settings: throw ServiceHandOff.inAnotherProcess("config schema settings")
            }
        try context.output.result(schema.pretty)
    }
}
