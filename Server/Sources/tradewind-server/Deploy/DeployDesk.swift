internal import Deployment
internal import Events
internal import Foundation
internal import Glibc
internal import Operations
internal import Settings
internal import Synchronization
internal import TradewindCommands

/// Deployments by the settings of this host: wiring only.
struct DeployDesk {
    /// What the options say.
    struct Request {
        var reference: String?
        var backup: String?
        var isAllowedWhileLive: Bool
        var asJSON: Bool
    }

    private let words: DeployWords
    private let options: SettingsOptions
    private let context: ServerContext
    private let loaded: LoadedSettings
    private let place: DeploymentPlace
    /// The folders of containers; nil for the services of `start`.
    private let containers: ContainerPlace?
    private let root: String
    private let tells: Bool

    /// - Parameter isNative: whether the services of `start` are meant; nil for what was deployed before.
    init(
        _ words: DeployWords, isNative: Bool, settings: SettingsOptions, _ context: ServerContext,
        tells: Bool
    ) throws {
        (self.words, self.context, self.tells) = (words, context, tells)
        root = context.environment["TRADEWIND_ROOT"] ?? context.workingDirectory
        let base = context.workingDirectory + "/.tradewind"
        if isNative {
            (options, containers) = (settings, nil)
        } else {
            let containers = ContainerPlace(
                "\(base)/containers/\(words.environment.rawValue)", environment: words.environment.rawValue,
                root: root)
            if words.action != .status { try containers.prepare(random: Self.random) }
            // The same settings as in the container, with the folders as this host has them.
            var inside = settings
            inside.values = try containers.settings() + settings.values
            (options, self.containers) = (inside, containers)
        }
        // What is wrong with settings must not keep anybody from looking, or from stopping.
        loaded =
            words.action == .status || words.action == .stop
            ? SettingsLoader.survey(service: .api, sources: options.sources(context)).settings
            : try options.load(.api, context)
        let state = loaded.settings.state.directory
        let absolute = state.hasPrefix("/") ? state : context.workingDirectory + "/" + state
        place = DeploymentPlace(containers.map { $0.path + "/deployment" } ?? absolute + "/deployment")
    }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    func perform(_ action: DeployWords.Action, _ request: Request) async throws {
        if action == .status {
            return try context.output.result(try await status(asJSON: request.asJSON))
        }
        try place.create()
        guard let lock = try await acquire() else {
            throw DeploymentError(
                .busy, "another deployment is under way", path: place.lock,
                remedy: "wait for it; tradewind deploy status says how far it is")
        }
        _ = fcntl(lock.descriptor, F_SETFD, FD_CLOEXEC)
        DeployInterruption.watch()
        let parts = try parts(inherited: [lock.descriptor])
        switch action {
        case .update, .rollback, .restore: try await change(action, request, parts)
        case .start, .restart: try await start(parts, stopping: action == .restart, request)
        case .stop: try await stop(parts, request)
        case .backup: try await backUp(parts, request)
        case .status, .logs: break
        }
        _ = consume lock
    }

    /// Takes the lock. A program that a killed deployment started holds it until it ends, or is ended:
    /// nothing that takes a minute, as a build does, is lost with it.
    private func acquire() async throws -> LockFile? {
        for attempt in 0..<400 {
            if let lock = try LockFile.acquire(place.lock) { return lock }
            let holders = ProcessTable().holders(of: place.lock)
            // While somebody leads the deployment there is nothing to wait for.
            if holders.contains(where: isDeployment) { return nil }
            if attempt == 0 { tell("waiting for a program that an interrupted deployment started") }
            if attempt >= 300 {
                if attempt == 300 { tell("ending it: it takes more than a minute") }
                for pid in holders { kill(pid, SIGKILL) }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return nil
    }

    private func isDeployment(_ pid: Int32) -> Bool {
        ProcessTable().arguments(of: pid).prefix(2).contains("deploy")
    }

    // MARK: Parts

    private struct Parts {
        let deployer: Deployer
        let target: any DeploymentTarget
        let sources: GitSources
        let database: HostDatabase
    }

    private func parts(inherited: [Int32]) throws -> Parts {
        let database = try HostDatabase(options, loaded, context)
        let preparation = DeployPreparation(
            loaded: loaded, context: context, database: database.desk.database, place: place,
            containers: containers)
        let cancelled: @Sendable () -> Bool = { DeployInterruption.isAsked }
        let sources = GitSources(
            .init(
                root: root, branch: context.environment["DEPLOY_BRANCH"].flatMap { $0.isEmpty ? nil : $0 },
                protected: preparation.protectedPaths, environment: context.environment,
                record: place.record, inherited: inherited))
        let target: any DeploymentTarget
        if let containers {
            target = try containerTarget(containers, preparation, inherited, cancelled)
        } else {
            var native = NativeTarget.Options(
                place: place, supervision: .ofSettings(loaded.settings, context), root: root,
                environment: context.environment, settings: options.values, inherited: inherited,
                hostProblems: { await preparation.problems(willBuild: $0) }, cancelled: cancelled)
            native.hasDashboard = loaded.settings.features.dashboard
            target = NativeTarget(native)
        }
        let deployer = Deployer(
            target: target, database: database, sources: sources, place: place, now: SystemClocks.now,
            uptime: SystemClocks.uptime, cancelled: cancelled, tell: { [self] in tell($0) })
        return Parts(deployer: deployer, target: target, sources: sources, database: database)
    }

    private func containerTarget(
        _ containers: ContainerPlace, _ preparation: DeployPreparation, _ inherited: [Int32],
        _ cancelled: @escaping @Sendable () -> Bool
    ) throws -> ContainerTarget {
        let tools = try ContainerTools.find(
            environment: context.environment, socket: containers.path + "/podman.sock", record: place.record)
        var options = ContainerTarget.Options(
            place: place, containers: containers, tools: tools, inherited: inherited,
            hostProblems: { await preparation.problems(willBuild: $0) },
            isTaken: { host, port in
                switch await PortLook.state(host: host, port: port) {
                case .taken, .ours: true
                case .free, .notPermitted, .impossible: false
                }
            }, cancelled: cancelled)
        options.mayTradeLive = loaded.settings.execution.mode == .live
        switch words.services {
        case .api: options.services = ["api"]
        case .web: options.services = ["proxy"]
        case .all: options.services = []
        }
        return ContainerTarget(options)
    }

    private func order(_ request: Request) -> Deployer.Order {
        Deployer.Order(
            environment: words.environment.rawValue,
            actor: context.environment["SUDO_USER"] ?? context.environment["USER"]
                ?? context.environment["LOGNAME"] ?? "unknown",
            reference: request.reference, isAllowedWhileLive: request.isAllowedWhileLive)
    }

    private func tell(_ sentence: String) { if tells { context.output.remark(sentence) } }

    // MARK: Actions

    private func change(_ action: DeployWords.Action, _ request: Request, _ parts: Parts) async throws {
        let record: DeploymentRecord?
        switch action {
        case .update: record = try await parts.deployer.update(order(request))
        case .rollback: record = try await parts.deployer.rollback(order(request))
        default:
            let backup = try parts.database.desk.folder.find(request.backup)
            record = try await parts.deployer.restore(backup.name, order(request))
        }
        guard let record else {
            return try context.output.result(
                request.asJSON ? "{\"result\": \"nothing-new\"}\n" : "the latest version serves already\n")
        }
        try context.output.result(
            request.asJSON ? DeployOutput.json(record).compact + "\n" : DeployOutput.text(record))
    }

    private func start(_ parts: Parts, stopping: Bool, _ request: Request) async throws {
        try await parts.deployer.recover()
        let standing = try await parts.target.standing()
        let problems = await parts.target.problems(willBuild: standing.release == nil)
        if let all = DeploymentError.joining(problems) { throw all }
        if stopping {
            try refuseLive(standing, request)
            try await parts.target.stop()
        }
        let release: Release
        if let known = try await parts.target.keep(standing) {
            release = known
        } else {
            tell("nothing was deployed yet: building what the sources are")
            release = try await parts.target.build(try await parts.sources.position().commit)
        }
        // The first time; later the schema is a matter of updates.
        if (try await parts.database.schema() ?? []).isEmpty {
            try await parts.target.migrate(to: release, knowing: nil)
        }
        try await parts.target.start(release, mustBeReady: true)
        try context.output.result(try await status(asJSON: request.asJSON))
    }

    private func stop(_ parts: Parts, _ request: Request) async throws {
        do throws(DeploymentError) {
            try await parts.deployer.recover()
        } catch {
            // Whatever an interrupted deployment left, what serves can be stopped.
            tell("warning: the interrupted deployment is not undone yet: \(error)")
        }
        try refuseLive(try await parts.target.standing(), request)
        try await parts.target.stop()
        try context.output.result(try await status(asJSON: request.asJSON))
    }

    private func refuseLive(_ standing: ServingState, _ request: Request) throws {
        guard standing.mayHoldPositions, !request.isAllowedWhileLive else { return }
        throw DeploymentError(
            .live, "a live run holds positions, or does not say that it holds none",
            remedy: "flatten it first, or accept that nobody watches it meanwhile: --while-live")
    }

    private func backUp(_ parts: Parts, _ request: Request) async throws {
        try await parts.deployer.recover()
        try await BackupDesk.create(options, context, asJSON: request.asJSON)
    }

    // MARK: Logs

    /// Prints what containers print, until they end or Ctrl-C.
    func printLogs(lines: Int, follow: Bool) throws {
        try place.create()
        guard let containers else { return }
        let preparation = DeployPreparation(
            loaded: loaded, context: context, database: "", place: place, containers: containers)
        let target = try containerTarget(containers, preparation, []) { false }
        let command = target.logs(lines: lines, follow: follow)
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = target.environment
        do {
            try process.run()
        } catch {
            throw DeploymentError(
                .tool, "\(command[0]) cannot be started: \(error)", remedy: "see the reason")
        }
        process.waitUntilExit()
    }

    // MARK: Status

    private func status(asJSON: Bool) async throws -> String {
        let services: DeployOutput.Services
        if containers != nil {
            try place.create()
            services = .containers(try await parts(inherited: []).target.standing())
        } else {
            services = .native(try HostServices(folder: .ofSettings(loaded.settings, context)).status())
        }
        let output = DeployOutput(
            services: services, history: try DeploymentHistory(place).read(),
            unfinished: try place.unfinished())
        return asJSON ? output.json.compact + "\n" : output.text
    }
}

/// Whether somebody asked this process to end while it deploys: it then goes back before it ends.
enum DeployInterruption {
    private static let asked = Atomic<Bool>(false)

    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// From now on SIGINT and SIGTERM ask; they end nothing by themselves.
    static func watch() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in DeployInterruption.asked.store(true, ordering: .relaxed) }
        }
    }
}
