internal import Events
internal import Operations

/// The services of a host as containers, by the Compose files of the project.
public struct ContainerTarget: DeploymentTarget {
    /// How a container deployment runs its programs.
    public struct Options: Sendable {
        /// The files of deployments.
        public var place: DeploymentPlace
        /// Folders and variables of the environment.
        public var containers: ContainerPlace
        /// The programs.
        public var tools: ContainerTools
        /// Open files that programs get: the lock of the deployment.
        public var inherited: [Int32]
        /// The services that are started and stopped, as Compose names them; all of them when empty.
        public var services: [String] = []
        /// Whether the settings allow live trading.
        public var mayTradeLive = false
        /// What else must be right before anything is touched; true when a version is to be built.
        public var hostProblems: @Sendable (Bool) async -> [DeploymentError]
        /// Whether somebody wants the deployment to end early.
        public var cancelled: @Sendable () -> Bool

        /// Options.
        public init(
            place: DeploymentPlace, containers: ContainerPlace, tools: ContainerTools, inherited: [Int32],
            hostProblems: @escaping @Sendable (Bool) async -> [DeploymentError],
            cancelled: @escaping @Sendable () -> Bool
        ) {
            (self.place, self.containers, self.tools) = (place, containers, tools)
            (self.inherited, self.hostProblems, self.cancelled) = (inherited, hostProblems, cancelled)
        }
    }

    private static let buildLimit = Duration.seconds(7200)
    private static let stepLimit = Duration.seconds(900)
    private static let readyLimit = Duration.seconds(120)
    private let options: Options

    /// The containers of a host.
    public init(_ options: Options) { self.options = options }

    public func problems(willBuild: Bool) async -> [DeploymentError] {
        var found = await options.hostProblems(willBuild)
        do throws(DeploymentError) {
            _ = try compose(["config", "--quiet"], to: "read its files")
        } catch { found.append(error) }
        return found
    }

    // MARK: What serves

    public func standing() async throws(DeploymentError) -> ServingState {
        let listed = try run(
            [options.tools.engine],
            [
                "ps", "--all", "--filter", "label=com.docker.compose.project=\(options.containers.project)",
                "--filter", "label=com.docker.compose.service=api", "--format", "{{.Image}} {{.Status}}",
            ], to: "list containers")
        let words = listed.split(separator: "\n").first?.split(separator: " ", maxSplits: 1) ?? []
        let isRunning = words.count > 1 && words[1].hasPrefix("Up")
        var holds = false
        if isRunning {
            do {
                let health = try await object("/health")
                holds = health["execution_mode"]?.text == "live" && health["holds_positions"] != .flag(false)
            } catch {
                // What does not say that it holds none may hold some.
                holds = options.mayTradeLive
            }
        }
        let version = try options.containers.variables()["TRADEWIND_VERSION"]
        let image = words.first.map(String.init)
        let tag = image.flatMap { $0.split(separator: ":").last.map(String.init) } ?? version
        let release = tag.map { Release(commit: $0, artefact: image ?? name(of: $0)) }
        return ServingState(isRunning: isRunning, release: release, mayHoldPositions: holds)
    }

    public func keep(_ standing: ServingState) async throws(DeploymentError) -> Release? { standing.release }

    private func name(of commit: String) -> String {
        let image = variable("TRADEWIND_IMAGE")
        return "\(image.isEmpty ? "localhost/tradewind" : image):\(commit)"
    }

    /// A variable of the file; empty when it is not given or the file cannot be read, which `problems` says.
    private func variable(_ name: String) -> String {
        do throws(DeploymentError) { return try options.containers.variables()[name] ?? "" } catch {
            return ""
        }
    }

    // MARK: A new version

    public func build(_ commit: String) async throws(DeploymentError) -> Release {
        let image = name(of: commit)
        let engine = options.tools.engine
        if try attempt([engine], ["image", "inspect", image]).isDone {
            return Release(commit: commit, artefact: image)
        }
        // A name with a registry is offered to it first.
        if !image.hasPrefix("localhost/"), image.split(separator: "/").count > 1,
            try attempt([engine], ["pull", image], within: Self.buildLimit).isDone
        {
            return Release(commit: commit, artefact: image)
        }
        var arguments = [
            "--target", "production", "--file", options.containers.root + "/Deploy/Container/Dockerfile",
            "--tag", image, "--build-arg", "GIT_SHA=\(commit)", "--build-arg",
            "BUILD_DATE=\(try dateOf(commit))", "--build-arg", "APP_VERSION=\(variable("APP_VERSION"))",
        ]
        for name in ["SWIFT_IMAGE", "RUNTIME_IMAGE"] where !variable(name).isEmpty {
            arguments += ["--build-arg", "\(name)=\(variable(name))"]
        }
        for (id, name) in [("swiftpm-registries", "BUILD_REGISTRIES"), ("netrc", "BUILD_NETRC")]
        where !variable(name).isEmpty {
            arguments += ["--secret", "id=\(id),src=\(variable(name))"]
        }
        arguments += variable("BUILD_OPTIONS").split(separator: " ").map(String.init)
        _ = try run(
            options.tools.builder, arguments + [options.containers.root], within: Self.buildLimit,
            to: "build the image")
        return Release(commit: commit, artefact: image)
    }

    private func dateOf(_ commit: String) throws(DeploymentError) -> String {
        let date = try run(
            ["/usr/bin/env", "TZ=UTC0", "git"],
            [
                "-C", options.containers.root, "log", "-1", "--format=%cd",
                "--date=format-local:%Y-%m-%dT%H:%M:%SZ", commit,
            ], to: "say when the commit was made")
        return String(date.prefix { $0 != "\n" })
    }

    public func checkSettings(with release: Release) async throws(DeploymentError) {
        _ = try inContainer(release, ["config", "check", "--service", "api"], to: "accept the settings")
    }

    // MARK: Changing what serves

    public func stop() async throws(DeploymentError) {
        if options.services.isEmpty {
            _ = try compose(["down", "--remove-orphans"], to: "stop the containers")
        } else {
            _ = try compose(
                ["stop"] + options.services, to: "stop \(options.services.joined(separator: ", "))")
        }
    }

    public func migrate(to release: Release, knowing other: Release?) async throws(DeploymentError) {
        try SchemaSteps(release: release, other: other).run {
            (release, arguments, purpose) throws(DeploymentError) in
            try inContainer(release, arguments, to: purpose)
        }
    }

    public func start(_ release: Release) async throws(DeploymentError) {
        try options.containers.setVersion([
            ("TRADEWIND_VERSION", release.commit), ("GIT_SHA", release.commit),
        ])
        if options.tools.mustComeDownFirst, options.services.isEmpty {
            _ = try compose(["down", "--remove-orphans"], to: "make room for the network")
        }
        _ = try compose(["up", "--detach", "--no-build"] + options.services, to: "start the containers")
        let deadline = SystemClocks.uptime() + Self.readyLimit
        var last = "it does not answer"
        while SystemClocks.uptime() < deadline, !options.cancelled() {
            do throws(HostError) {
                let answer = try await HTTPInquiry.get(address + "/ready", timeout: .seconds(5))
                if answer.status == 200 { return }
                last = "it answers \(answer.status)"
            } catch { last = error.description }
            do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
        }
        throw DeploymentError(
            .tool, "\(release.short) was not ready within \(Self.readyLimit): \(last)",
            path: options.place.record, remedy: "see tradewind deploy \(options.containers.environment) logs")
    }

    /// Old images are the engine's to remove: a person may want them, and they are cheap.
    public func discard(except kept: [Release]) async throws(DeploymentError) {}

    // MARK: Looking at it

    public func examine(_ release: Release) async throws(DeploymentError) {
        try await ServiceExamination(address: address, hasDashboard: true).run(expecting: release.commit)
        let domain = variable("APP_DOMAIN")
        if !domain.isEmpty, domain != "localhost" {
            try await ServiceExamination(address: "http://\(domain)", hasDashboard: true).page()
        }
        _ = try inContainer(release, ["try-backtest"], to: "carry out a tiny backtest")
    }

    /// The proxy, as a browser on this host reaches it.
    private var address: String {
        let port = variable("HTTP_PORT")
        return "http://localhost" + (port.isEmpty || port == "80" ? "" : ":\(port)")
    }

    private func object(_ path: String) async throws -> JSONText {
        let answer = try await HTTPInquiry.get(address + path, timeout: .seconds(5))
        return try JSONText(parsing: String(decoding: answer.body, as: UTF8.self))
    }

    /// The environment of the programs.
    public var environment: [String: String] { options.tools.environment }

    /// The command that prints what the services print.
    public func logs(lines: Int, follow: Bool) -> [String] {
        options.tools.compose + composeArguments
            + ["logs", "--tail", "\(lines)"] + (follow ? ["--follow"] : []) + options.services
    }

    // MARK: Programs

    private var composeArguments: [String] {
        let folder = options.containers.root + "/Deploy/Compose"
        return [
            "--project-name", options.containers.project, "--env-file", options.containers.variablesFile,
            "--file", folder + "/compose.yaml", "--file",
            "\(folder)/\(options.containers.environment).yaml",
        ]
    }

    private func compose(_ arguments: [String], to purpose: String) throws(DeploymentError) -> String {
        try run(options.tools.compose, composeArguments + arguments, to: purpose)
    }

    /// A command of a version in a container of its own, on the folders of the service and without a network.
    private func inContainer(
        _ release: Release, _ arguments: [String], to purpose: String
    ) throws(DeploymentError) -> String {
        let mounts = [
            "\(variable("TRADEWIND_DATA")):/var/lib/tradewind",
            "\(variable("TRADEWIND_LOGS")):/var/log/tradewind",
            "\(variable("TRADEWIND_CONFIG")):/etc/tradewind:ro",
            "\(variable("TRADEWIND_SECRETS")):/run/secrets/tradewind:ro",
        ]
        return try run(
            [options.tools.engine],
            [
                "run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "all",
                "--security-opt", "no-new-privileges", "--user",
                "\(variable("TRADEWIND_UID")):\(variable("TRADEWIND_GID"))",
                "--env", "TRADEWIND_ENVIRONMENT=\(options.containers.environment)",
                "--env", "TRADEWIND_FILES__SETTINGS=/etc/tradewind/tradewind.yaml",
            ] + mounts.flatMap { ["--volume", $0] } + [release.artefact] + arguments, to: purpose)
    }

    private func run(
        _ command: [String], _ arguments: [String], within limit: Duration? = nil, to purpose: String
    ) throws(DeploymentError) -> String {
        let outcome = try attempt(command, arguments, within: limit)
        guard outcome.isDone else {
            let name = command[0].split(separator: "/").last.map(String.init) ?? command[0]
            throw DeploymentError(
                .tool, "\(name) did not \(purpose): \(outcome.reason)", path: options.place.record,
                remedy: "the file has all that it said")
        }
        return outcome.output
    }

    private func attempt(
        _ command: [String], _ arguments: [String], within limit: Duration? = nil
    ) throws(DeploymentError) -> HostTool.Outcome {
        let tool = HostTool(
            command: command, environment: options.tools.environment, record: options.place.record,
            inherited: options.inherited)
        do throws(SupervisionError) {
            return try tool.run(
                arguments, within: limit ?? Self.stepLimit, cancelled: options.cancelled)
        } catch { throw DeploymentError(error) }
    }
}
