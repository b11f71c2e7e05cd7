internal import ArgumentParser
internal import Operations
internal import Settings
internal import TradewindCommands

/// The mode of `start` and `restart`.
struct ModeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "backtest, paper or live; without it the mode as before, at first that of the settings.",
            valueName: "mode"),
        transform: ModeOption.read)
    var mode: ExecutionMode?

    @Sendable private static func read(_ text: String) throws -> ExecutionMode {
        if let mode = ExecutionMode(rawValue: text) { return mode }
        throw ValidationError("modes are backtest, paper and live")
    }
}

/// `tradewind start`.
struct StartCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the services of this host, and what watches them.",
        discussion: """
            All settings are checked first. A supervisor then starts the services in order and stays: it \
            asks each how \
            it is, starts one that failed again after 5, 10 and 20 s, and gives up after that. Mode and \
            services are \
            remembered, so that a forced backtest stays one. Live trading needs live.enabled in the settings.
            """)

    @OptionGroup var mode: ModeOption
    @Argument(
        help: "The services, in the order of their start; without any, those as before.",
        transform: Self.service)
    var services: [ServiceKind] = []
    @Flag(help: "Supervise in this process instead of in the background, as under systemd.")
    var foreground = false
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let request = ServiceRequest(mode: mode.mode, services: services, settings: settings)
        let plan = try ServicePlan(request, context)
        if foreground { return try ServiceLaunch(plan, context).inForeground() }
        try ServiceLaunch(plan, context).detached(request, asJSON: format.json)
    }

    @Sendable private static func service(_ text: String) throws -> ServiceKind {
        if let kind = ServiceKind(rawValue: text), [.api, .worker, .scheduler].contains(kind) { return kind }
        throw ValidationError("there is no service \"\(text)\"; services are api, worker and scheduler")
    }
}

/// `tradewind restart`.
struct RestartCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop and start again, in the same mode.",
        discussion: "Settings are checked first: when they are wrong, what runs goes on.")

    @OptionGroup var mode: ModeOption
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let request = ServiceRequest(mode: mode.mode, services: [], settings: settings)
        let plan = try ServicePlan(request, context)
        for problem in try HostServices(folder: plan.folder).stop(forgets: false).problems {
            context.output.remark("warning: \(problem)")
        }
        try ServiceLaunch(plan, context).detached(request, asJSON: format.json)
    }
}

/// `tradewind-server supervise`: the process that `start` leaves behind.
struct SuperviseCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Supervise services; started by start.", shouldDisplay: false)

    @Option(help: "The folder with the plan.")
    var state: String

    func run(_ context: ServerContext) async throws {
        let folder = StateFolder(state, in: context.workingDirectory)
        guard let outcome = try SupervisorLaunch.inherited(in: folder, environment: context.environment)
        else {
            throw CommandFailure(
                .usage, code: "usage",
                message: "supervise is started by tradewind start, with a lock that it hands over",
                remedy: "use tradewind start")
        }
        if case .gaveUp = outcome { throw ExitCode(ExitStatus.unavailable.rawValue) }
    }
}
