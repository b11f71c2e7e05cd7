internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import TradewindCommands

/// `tradewind kill-switch`.
struct KillSwitchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-switch", abstract: "Stop all trading at once, or let it go on.",
        discussion: """
            Works on the database itself, whether the service runs or not, and needs no token: a running \
            service follows within a tenth of a second. Once engaged it stays so, also after a restart, \
            until somebody releases it. Each use is written to the event log and to the audit.
            """,
        subcommands: [
            KillSwitchEngageCommand.self, KillSwitchReleaseCommand.self, KillSwitchStatusCommand.self,
        ])
}

/// `tradewind kill-switch engage`.
struct KillSwitchEngageCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "engage", abstract: "Stop all trading.",
        discussion: "Engaging it again keeps the first reason, and is recorded as well.")

    @Option(help: "Why, for people: 3 to 256 characters.")
    var reason: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws { try KillSwitchDesk.check(reason) }

    func run(_ context: ServerContext) async throws {
        // Trading stops whatever else is broken: without the key of the audit it is recorded unsigned.
        try await KillSwitchDesk.with(settings, context, signing: .whenPossible) { desk in
            let outcome = try await desk.control.engage(reason: reason, by: desk.actor)
            try desk.tell(outcome, asJSON: format.json)
        }
    }
}

/// `tradewind kill-switch release`.
struct KillSwitchReleaseCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let trading go on.")

    @Option(help: "Why, for people: 3 to 256 characters.")
    var reason: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws { try KillSwitchDesk.check(reason) }

    func run(_ context: ServerContext) async throws {
        try await KillSwitchDesk.with(settings, context, signing: .required) { desk in
            let outcome = try await desk.control.release(reason: reason, by: desk.actor)
            try desk.tell(outcome, asJSON: format.json)
        }
    }
}

/// `tradewind kill-switch status`.
struct KillSwitchStatusCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether trading is stopped.",
        discussion: "Exit code 0 when it is released, 1 when it is engaged.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        var isEngaged = true
        try await KillSwitchDesk.with(settings, context, signing: .unneeded) { desk in
            let state = await desk.control.refresh()
            isEngaged = state.isEngaged
            try context.output.result(
                format.json ? state.json.compact + "\n" : KillSwitchDesk.text(state) + "\n")
        }
        if isEngaged { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
