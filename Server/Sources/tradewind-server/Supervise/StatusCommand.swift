internal import ArgumentParser
internal import Events
internal import Operations
internal import TradewindCommands

/// `tradewind status`.
struct StatusCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say which services run, and how they are.",
        discussion: """
            What is told is what is so now: locks and processes are looked at and each service is asked; \
            files only add \
            what happened before. Exit code 0 when what should run is ready, or nothing should run and \
            nothing does; \
            69 otherwise.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let status = try HostServices(folder: .inUse(settings, context)).status()
        try context.output.result(StatusOutput(status).rendered(asJSON: format.json))
        if !status.isWell { throw ExitCode(ExitStatus.unavailable.rawValue) }
    }
}

/// `tradewind stop`.
struct StopCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the services, in reverse order.",
        discussion: """
            The supervisor goes first, so that nothing is started again. Each service is asked to end and \
            killed when it \
            takes too long. Stopping what does not run is no error.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let stopped = try HostServices(folder: .inUse(settings, context)).stop()
        for problem in stopped.problems { context.output.remark("warning: \(problem)") }
        if format.json {
            let json = JSONText.object([
                JSONMember("supervisor_stopped", .flag(stopped.supervisor)),
                JSONMember("stopped", .list(stopped.services.map { .string($0) })),
            ])
            try context.output.result(json.compact + "\n")
            return
        }
        let names = stopped.services.joined(separator: ", ")
        let text =
            !stopped.services.isEmpty
            ? "stopped \(names)"
            : stopped.supervisor ? "stopped the supervisor; no service was running" : "nothing was running"
        try context.output.result(text + "\n")
    }
}
