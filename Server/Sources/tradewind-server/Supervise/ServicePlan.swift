internal import Glibc
internal import Operations
internal import Settings
internal import TradewindCommands

/// What `start` and `restart` are asked for.
struct ServiceRequest {
    /// The mode, when one was named.
    var mode: ExecutionMode?
    /// The services, when some were named.
    var services: [ServiceKind]
    /// Settings that were named.
    var settings: SettingsOptions
}

/// What is to run, by the settings and by what was asked for before.
struct ServicePlan {
    /// Where supervision keeps its files.
    let folder: StateFolder
    /// What is to run.
    let plan: SupervisionPlan

    /// Reads the settings of everything that is to run, and finds everything that is wrong with them at once.
    init(_ request: ServiceRequest, _ context: ServerContext) throws {
        let collected = SettingsCollection(request.settings, context)
        let host = collected.load(.supervisor, mode: nil)
        let folder = StateFolder.inUse(request.settings, context, remarks: false)
        let remembered = SupervisionMemory(folder).read()
        let mode = try Self.mode(request, remembered, host?.settings, context)
        let kinds = Self.kinds(request, remembered.plan, host?.settings)
        for kind in kinds where kind != .api {
            throw CommandFailure(
                .usage, code: "usage", message: "this version has no service \"\(kind.rawValue)\" to start",
                remedy: "services are api")
        }
        // The supervisor again, as the mode that is asked for may be more than the settings allow.
        var loaded: LoadedSettings?
        for kind in [.supervisor] + kinds { loaded = collected.load(kind, mode: mode) ?? loaded }
        try collected.check()
        guard let settings = loaded?.settings, let host else {
            throw CommandFailure(
                .wrongConfiguration, code: "settings", message: "the settings cannot be read")
        }
        let effective = mode ?? settings.execution.mode
        if effective == .live && !settings.live.isEnabled { throw Self.liveIsOff() }
        let services = kinds.map { _ in Self.api(settings, effective, request.settings.values) }
        self.folder = folder
        plan = SupervisionPlan(
            mode: effective, services: services, policy: Self.policy(host.settings))
    }

    /// The mode that was named, else the one in which services ran before; nil to follow the settings.
    private static func mode(
        _ request: ServiceRequest, _ remembered: SupervisionMemory.Recollection, _ settings: ServerSettings?,
        _ context: ServerContext
    ) throws -> ExecutionMode? {
        for problem in remembered.problems { context.output.remark("warning: \(problem)") }
        if let mode = request.mode { return mode }
        if let mode = remembered.plan?.mode {
            if let other = settings?.execution.mode, other != mode {
                context.output.remark(
                    "note: mode \(mode.rawValue), as before; "
                        + "the settings allow \(other.rawValue): --mode changes it"
                )
            }
            return mode
        }
        guard let problem = remembered.problems.first else { return nil }
        throw CommandFailure(
            .wrongConfiguration, code: "mode-unknown",
            message: "in which mode services ran before cannot be read, and it must not change unnoticed: "
                + problem.message,
            file: problem.path, remedy: "name the mode: tradewind start --mode backtest, paper or live")
    }

    private static func kinds(
        _ request: ServiceRequest, _ remembered: SupervisionPlan?, _ settings: ServerSettings?
    ) -> [ServiceKind] {
        if !request.services.isEmpty { return request.services }
        let before = remembered?.services.compactMap { ServiceKind(rawValue: $0.name) } ?? []
        return before.isEmpty ? settings?.supervisor.services ?? [.api] : before
    }

    private static func liveIsOff() -> CommandFailure {
        CommandFailure(
            .wrongConfiguration, code: "live-disabled",
            message: "live trading is asked for, and live.enabled is not true",
            remedy:
                "set live.enabled to true (TRADEWIND_LIVE__ENABLED) "
                + "where the settings of this host are, or use --mode paper"
        )
    }

    private static func api(
        _ settings: ServerSettings, _ mode: ExecutionMode, _ values: [String]
    ) -> ServiceDefinition {
        let given = (values + [mode.argument]).flatMap { ["--set", $0] }
        return ServiceDefinition(
            name: ServiceKind.api.rawValue, command: [ownExecutable(), "serve"] + given,
            health: HealthEndpoint(
                listening: settings.api.host, port: settings.api.port, path: settings.health.endpoint),
            readyWithin: settings.supervisor.startTimeout, grace: settings.supervisor.stopTimeout)
    }

    private static func policy(_ settings: ServerSettings) -> SupervisionPolicy {
        var policy = SupervisionPolicy.standard
        policy.checkInterval = settings.health.interval
        policy.checkTimeout = settings.health.timeout
        policy.failedChecks = settings.health.failureThreshold
        policy.waits = settings.supervisor.restartWaits
        policy.stableAfter = max(settings.health.interval, .seconds(10))
        policy.maximumRestarts = settings.supervisor.maxRestartsPerHour
        return policy
    }

    /// The absolute path of this executable.
    static func ownExecutable() -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return "/proc/self/exe" }
        defer { free(path) }
        return String(cString: path)
    }
}

extension StateFolder {
    /// The folder that the settings name.
    static func ofSettings(_ settings: ServerSettings, _ context: ServerContext) -> StateFolder {
        StateFolder(settings.state.directory + "/supervision", in: context.workingDirectory)
    }

    /// The folder for commands that must work whatever the settings are: nothing can be stopped without it.
    static func inUse(
        _ options: SettingsOptions, _ context: ServerContext, remarks: Bool = true
    ) -> StateFolder {
        let survey = SettingsLoader.survey(service: .supervisor, sources: options.sources(context))
        if remarks && survey.problems != nil {
            context.output.remark("note: the settings are wrong; tradewind config check says what")
        }
        return ofSettings(survey.settings.settings, context)
    }
}

/// The settings of several services, with what is wrong with any of them, each problem once.
private final class SettingsCollection {
    private let options: SettingsOptions
    private let context: ServerContext
    private var problems: [SettingsProblem] = []
    private var notes: [String] = []

    init(_ options: SettingsOptions, _ context: ServerContext) {
        (self.options, self.context) = (options, context)
    }

    /// The settings; nil when something is wrong.
    func load(_ service: ServiceKind, mode: ExecutionMode?) -> LoadedSettings? {
        do throws(SettingsProblems) {
            let loaded = try SettingsLoader.load(
                service: service, mode: mode, sources: options.sources(context))
            for note in loaded.notes where !notes.contains(note) { notes.append(note) }
            return loaded
        } catch {
            for problem in error.problems where !problems.contains(problem) { problems.append(problem) }
            return nil
        }
    }

    /// Says what should be known, and throws when something is wrong.
    func check() throws(CommandFailure) {
        for note in notes { context.output.remark("note: " + note) }
        if problems.isEmpty { return }
        throw CommandFailure(
            .wrongConfiguration,
            problems: problems.map { problem in
                FailureProblem(
                    code: problem.code.rawValue, message: problem.sentence, file: problem.file,
                    line: problem.line,
                    remedy: problem.remedy)
            })
    }
}
