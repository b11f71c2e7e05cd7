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
        /// Whether a program listens on an address and a port of this host.
        public var isTaken: @Sendable (String, Int) async -> Bool
        /// Whether somebody wants the deployment to end early.
        public var cancelled: @Sendable () -> Bool

        /// Options.
        public init(
            place: DeploymentPlace, containers: ContainerPlace, tools: ContainerTools, inherited: [Int32],
            hostProblems: @escaping @Sendable (Bool) async -> [DeploymentError],
            isTaken: @escaping @Sendable (String, Int) async -> Bool,
            cancelled: @escaping @Sendable () -> Bool
        ) {
            (self.place, self.containers, self.tools) = (place, containers, tools)
            (self.inherited, self.hostProblems, self.cancelled) = (inherited, hostProblems, cancelled)
            self.isTaken = isTaken
        }
    }

    private static let buildLimit = Duration.seconds(7200)
    private static let stepLimit = Duration.seconds(900)
    private static let readyLimit = Duration.seconds(120)
    /// Where the Compose files place the proxy.
    private static let standardProxy = "172.30.91.250"
    /// How often the engine may have started the service again before it is given up.
    private static let mostRestarts = 3
    /// How often in a row, four times a second, its container may be seen not running.
    private static let mostEnds = 12
    /// What says of a container that it carries out a step of a deployment; its value is the project.
    private static let stepLabel = "tradewind.deployment"
    private let options: Options

    /// The containers of a host.
    public init(_ options: Options) { self.options = options }

    public func problems(willBuild: Bool) async -> [DeploymentError] {
        var found = await options.hostProblems(willBuild)
        do throws(DeploymentError) {
            try checkFiles()
            if try await !standing().isRunning { found += await takenPorts() }
        } catch { found.append(error) }
        return found
    }

    private func checkFiles() throws(DeploymentError) {
        _ = try compose(["config", "--quiet"], to: "read its files")
    }

    /// Ports of this host that the proxy could not have: while it runs, it has them.
    private func takenPorts() async -> [DeploymentError] {
        let isLocal = options.containers.environment == "local"
        let host =
            variable("PROXY_BIND").isEmpty ? (isLocal ? "127.0.0.1" : "0.0.0.0") : variable("PROXY_BIND")
        var found: [DeploymentError] = []
        for name in isLocal ? ["HTTP_PORT"] : ["HTTP_PORT", "HTTPS_PORT"] {
            guard let port = Int(variable(name)), await options.isTaken(host, port) else { continue }
            found.append(
                DeploymentError(
                    .preflight, "another program listens on \(host):\(port)",
                    path: options.containers.variablesFile,
                    remedy:
                        "end it (ss --listening --tcp --processes names it), or give \(name) another number"))
        }
        return found
    }

    // MARK: What serves

    public func standing() async throws(DeploymentError) -> ServingState {
        let listed = try run(
            [options.tools.engine], list("api") + ["--format", "{{.Image}} {{.Status}}"],
            to: "list containers")
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

    /// The words that list the container of a service; those of all when it is nil.
    private func list(_ service: String?) -> [String] {
        ["project=\(options.containers.project)", service.map { "service=\($0)" }].compactMap { $0 }
            .reduce(["ps", "--all"]) { $0 + ["--filter", "label=com.docker.compose.\($1)"] }
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
        let made = try run(
            ["/bin/sh", options.containers.root + "/Deploy/Container/make-image"],
            [options.containers.variablesFile, commit], within: Self.buildLimit, to: "build the image")
        guard let image = made.split(separator: "\n").last else {
            throw DeploymentError(
                .build, "the build did not say what the image is called", path: options.place.record,
                remedy: "run Deploy/Container/make-image by hand")
        }
        return Release(commit: commit, artefact: String(image))
    }

    public func checkSettings(with release: Release) async throws(DeploymentError) {
        // The sources are at its commit by now, and so are the files of Compose.
        try checkFiles()
        _ = try inContainer(release, ["config", "check", "--service", "api"], to: "accept the settings")
    }

    // MARK: Changing what serves

    public func stop() async throws(DeploymentError) {
        try endSteps()
        if options.services.isEmpty {
            try takeDown(to: "stop the containers")
        } else {
            _ = try compose(
                ["stop"] + options.services, to: "stop \(options.services.joined(separator: ", "))")
        }
    }

    /// Ends steps of an earlier deployment that still go on: an engine carries a container on when its client
    /// is killed, and what changes the schema must not do so beside a restore.
    private func endSteps() throws(DeploymentError) {
        let label = "label=\(Self.stepLabel)=\(options.containers.project)"
        let list = ["ps", "--all", "--quiet", "--filter", label]
        let left = try run([options.tools.engine], list, to: "list containers").split(separator: "\n")
            .map(String.init)
        if left.isEmpty { return }
        let removal = try attempt([options.tools.engine], ["rm", "--force"] + left)
        // One that ends meanwhile removes itself.
        if try run([options.tools.engine], list, to: "list containers").isEmpty { return }
        throw DeploymentError(
            .tool, "a step of an earlier deployment still runs in a container: \(removal.reason)",
            path: options.place.record,
            remedy: "end it: \(options.tools.engine) rm --force \(left.joined(separator: " "))")
    }

    /// Stops and removes all containers, and the network.
    private func takeDown(to purpose: String) throws(DeploymentError) {
        let down = ["down", "--remove-orphans"]
        if try attempt(options.tools.compose, composeArguments + down).isDone { return }
        // Compose overlooks a container that ends and is started again just then.
        let left = try run(
            [options.tools.engine], list(nil) + ["--format", "{{.Names}}"], to: "list containers"
        ).split(separator: "\n").map(String.init)
        if !left.isEmpty {
            _ = try run([options.tools.engine], ["rm", "--force"] + left, to: "remove what is left")
        }
        _ = try compose(down, to: purpose)
    }

    public func migrate(to release: Release, knowing other: Release?) async throws(DeploymentError) {
        try SchemaSteps(release: release, other: other).run {
            (release, arguments, purpose) throws(DeploymentError) in
            try inContainer(release, arguments, to: purpose)
        }
    }

    public func start(_ release: Release, mustBeReady: Bool) async throws(DeploymentError) {
        try options.containers.setVersion([
            ("TRADEWIND_VERSION", release.commit), ("GIT_SHA", release.commit),
        ])
        if options.tools.mustComeDownFirst, options.services.isEmpty {
            try takeDown(to: "make room for the network")
        }
        try bringUp()
        if options.services.isEmpty || options.services.contains("api") {
            try await wait(for: release, mustBeReady)
        }
    }

    /// Starts the containers. An engine may still be busy with what it began for a client that was killed,
    /// and give an address to a container that is gone: with everything down, that is free again.
    private func bringUp() throws(DeploymentError) {
        let up = ["up", "--detach", "--no-build"] + options.services
        if try attempt(options.tools.compose, composeArguments + up).isDone { return }
        if options.services.isEmpty, !options.cancelled() {
            try takeDown(to: "make room for the containers")
        }
        _ = try compose(up, to: "start the containers")
    }

    /// Waits until the service is ready, or, where that is enough, until it answers.
    private func wait(for release: Release, _ mustBeReady: Bool) async throws(DeploymentError) {
        let deadline = SystemClocks.uptime() + Self.readyLimit
        var last = "it does not answer"
        var (ended, restarts) = (0, [String: Int]())
        while SystemClocks.uptime() < deadline, !options.cancelled(), ended < Self.mostEnds {
            do throws(HostError) {
                let answer = try await HTTPInquiry.get(address + "/ready", timeout: .seconds(5))
                let waiting = Self.waiting(answer)
                // An engaged kill switch keeps everybody from trading, and nobody from deploying.
                if answer.status == 200 || waiting == ["kill-switch"] { return }
                if !waiting.isEmpty && !mustBeReady { return }
                last =
                    waiting.isEmpty
                    ? "it answers \(answer.status)" : "not ready: \(waiting.joined(separator: ", "))"
            } catch { last = error.description }
            if let fallen = try fallenContainer(since: &restarts) {
                ended = fallen.isGivenUp ? Self.mostEnds : ended + 1
                if ended == Self.mostEnds {
                    last = "the container of \(fallen.service) ends by itself: \(fallen.lastWords)"
                }
            } else {
                ended = 0
            }
            do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
        }
        let limit = ended < Self.mostEnds ? " within \(Self.readyLimit)" : ""
        throw DeploymentError(
            .tool, "\(release.short) was not ready\(limit): \(last)",
            path: options.place.record, remedy: "see tradewind deploy \(options.containers.environment) logs")
    }

    /// The checks that are not ready, in an answer of the service; none when it is no such answer.
    private static func waiting(_ answer: HTTPInquiry.Answer) -> [String] {
        do throws(JSONError) {
            let page = try JSONText(parsing: String(decoding: answer.body, as: UTF8.self))
            return (page["checks"]?.members ?? []).filter { $0.value["status"]?.text != "ready" }.map(\.key)
        } catch {
            // A page of the proxy's: the service does not answer yet.
            return []
        }
    }

    /// The service or the proxy when its container does not run, or was started again and again.
    ///
    /// - Parameter restarts: how often that had happened at the first look, by service; an engine counts for
    ///   as long as a container is there.
    private func fallenContainer(
        since restarts: inout [String: Int]
    ) throws(DeploymentError) -> (service: String, isGivenUp: Bool, lastWords: String)? {
        let asked = options.services.isEmpty ? ["api", "proxy"] : options.services
        for service in asked {
            let name =
                try run(
                    [options.tools.engine], list(service) + ["--format", "{{.Names}}"], to: "list containers"
                ).split(separator: "\n").first.map(String.init) ?? ""
            let facts = try attempt(
                [options.tools.engine], ["inspect", "--format", "{{.State.Running}} {{.RestartCount}}", name])
            let words = facts.output.split { $0 == " " || $0 == "\n" }
            guard facts.isDone, words.count == 2 else { return (service, false, "there is none") }
            let count = Int(words[1]) ?? 0
            let isGivenUp = count - restarts[service, default: count] >= Self.mostRestarts
            if restarts[service] == nil { restarts[service] = count }
            if words[0] == "true" && !isGivenUp { continue }
            let said = try attempt([options.tools.engine], ["logs", "--tail", "3", name])
            let lines = (said.errors.isEmpty ? said.output : said.errors).split(separator: "\n")
            return (service, isGivenUp, lines.suffix(3).joined(separator: " | "))
        }
        return nil
    }

    /// Old images are the engine's to remove: a person may want them, and they are cheap.
    public func discard(except kept: [Release]) async throws(DeploymentError) {}

    // MARK: Looking at it

    public func examine(_ release: Release) async throws(DeploymentError) {
        let hasPassword = !variable("BASIC_AUTH_HASH").isEmpty
        try await ServiceExamination(address: address, hasDashboard: true, hasPassword: hasPassword)
            .run(expecting: release.commit)
        let domain = variable("APP_DOMAIN")
        if !domain.isEmpty, domain != "localhost" {
            try examinePage(at: domain, with: release, hasPassword: hasPassword)
        }
        _ = try inContainer(release, ["try-backtest"], to: "carry out a tiny backtest")
    }

    /// The page at the domain, by HTTPS with its certificate, from the proxy of this host: wherever the name
    /// leads at the moment. The image has a client and the authorities; the proxy's own authority is taken
    /// where it made the certificate.
    private func examinePage(
        at domain: String, with release: Release, hasPassword: Bool
    ) throws(DeploymentError) {
        let given = variable("TRADEWIND_PROXY_ADDRESS")
        let proxy = given.isEmpty ? Self.standardProxy : given
        let own = "caddy/pki/authorities/local/root.crt"
        let isOwn = variable("ACME_EMAIL") == "internal"
        let said = try run(
            [options.tools.engine],
            step(on: options.containers.project + "_app") + [
                "--volume", "\(variable("TRADEWIND_DATA"))/stack/proxy:/proxy:ro", "--entrypoint", "curl",
                release.artefact, "--silent", "--show-error", "--max-time", "10", "--retry", "8",
                "--retry-delay", "2", "--retry-all-errors", "--resolve", "\(domain):8443:\(proxy)",
                "--write-out", "\nstatus %{http_code}\n",
            ] + (isOwn ? ["--cacert", "/proxy/" + own] : []) + ["https://\(domain):8443/"],
            to: "get the page of https://\(domain)")
        let isPage = said.hasSuffix("status 200\n") && said.lowercased().contains("<html")
        guard isPage || (hasPassword && said.hasSuffix("status 401\n")) else {
            throw DeploymentError(
                .tool, "https://\(domain)/ is not the page of the dashboard", path: options.place.record,
                remedy: "see tradewind deploy \(options.containers.environment) web logs")
        }
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
            step(on: "none") + [
                "--tmpfs", "/tmp", "--env", "TRADEWIND_ENVIRONMENT=\(options.containers.environment)",
                "--env", "TRADEWIND_FILES__SETTINGS=/etc/tradewind/tradewind.yaml",
            ] + mounts.flatMap { ["--volume", $0] } + [release.artefact] + arguments, to: purpose)
    }

    /// The words that begin a container for one step: it may do nothing but what the step needs.
    private func step(on network: String) -> [String] {
        [
            "run", "--rm", "--label", "\(Self.stepLabel)=\(options.containers.project)", "--network", network,
            "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--user",
            "\(variable("TRADEWIND_UID")):\(variable("TRADEWIND_GID"))",
        ]
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
        var environment = options.tools.environment
        // Compose reads no file without it, and before the first start there is none.
        if variable("TRADEWIND_VERSION").isEmpty { environment["TRADEWIND_VERSION"] = "none" }
        let tool = HostTool(
            command: command, environment: environment, record: options.place.record,
            inherited: options.inherited)
        do throws(SupervisionError) {
            return try tool.run(
                arguments, within: limit ?? Self.stepLimit, cancelled: options.cancelled)
        } catch { throw DeploymentError(error) }
    }
}
