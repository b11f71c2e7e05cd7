internal import ArgumentParser
internal import Events
internal import Glibc
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind systemd`.
struct SystemdCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd", abstract: "Print a unit file for systemd.",
        discussion: """
            With it systemd starts the supervisor at boot and watches it. The unit runs from the folder in \
            which this \
            command runs. Settings and secrets come from the environment file, which root alone should \
            be able to read.
            """)

    @OptionGroup var mode: ModeOption
    @Option(help: "The user to run as; this user when not given.")
    var user: String?
    @Option(help: "A file of environment variables, one NAME=value a line.")
    var environmentFile = "/etc/tradewind/environment"
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        // On the machine where the unit is made the settings of the service may not be there: only times
        // matter.
        let loaded = try SettingsLoader.load(service: .supervisor, sources: settings.sources(context))
        let state = StateFolder(loaded.settings.state.directory, in: context.workingDirectory)
        if access(state.path, W_OK) != 0 {
            context.output.remark(
                "note: \(state.path) must exist before the unit starts: mkdir -p, owned by its user")
        }
        let count = loaded.settings.supervisor.services.count
        let unit = SystemdUnit(
            executable: ServicePlan.ownExecutable(),
            arguments: (mode.mode.map { ["--mode", $0.rawValue] } ?? [])
                + settings.values.flatMap { ["--set", $0] },
            workingDirectory: context.workingDirectory, writableFolders: [state.path],
            user: user ?? Self.ownName(),
            environmentFile: environmentFile,
            startSeconds: Int(loaded.settings.supervisor.startTimeout.components.seconds) * count + 30,
            stopSeconds: Int(loaded.settings.supervisor.stopTimeout.components.seconds) * count + 30)
        if format.json {
            let json = JSONText.object([
                JSONMember("name", .string("tradewind.service")), JSONMember("unit", .string(unit.text)),
            ])
            try context.output.result(json.compact + "\n")
        } else {
            try context.output.result(unit.text)
        }
    }

    private static func ownName() -> String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "tradewind" }
        return String(cString: name)
    }
}
