internal import Events
public import Operations
internal import Settings
internal import Units

/// The services of `tradewind start` on this host.
public struct NativeTarget: DeploymentTarget {
    /// How a native deployment runs its programs.
    public struct Options: Sendable {
        /// The files of deployments.
        public var place: DeploymentPlace
        /// The files of supervision.
        public var supervision: StateFolder
        /// The sources, absolute.
        public var root: String
        /// The environment of every program.
        public var environment: [String: String]
        /// Settings that were named, as `--set` takes them.
        public var settings: [String]
        /// Open files that programs get: the lock of the deployment.
        public var inherited: [Int32]
        /// Whether the services show the dashboard.
        public var hasDashboard = true
        /// How long a build may take.
        public var buildLimit = Duration.seconds(3600)
        /// How long a version may take to start, to stop or to migrate.
        public var stepLimit = Duration.seconds(900)
        /// What else must be right before anything is touched; true when a version is to be built.
        public var hostProblems: @Sendable (Bool) async -> [DeploymentError]
        /// Whether somebody wants the deployment to end early.
        public var cancelled: @Sendable () -> Bool

        /// Options.
        public init(
            place: DeploymentPlace, supervision: StateFolder, root: String, environment: [String: String],
            settings: [String], inherited: [Int32],
            hostProblems: @escaping @Sendable (Bool) async -> [DeploymentError],
            cancelled: @escaping @Sendable () -> Bool
        ) {
            (self.place, self.supervision, self.root) = (place, supervision, root)
            (self.environment, self.settings, self.inherited) = (environment, settings, inherited)
            (self.hostProblems, self.cancelled) = (hostProblems, cancelled)
        }
    }

    private let options: Options
    private var releases: ReleaseFolder { ReleaseFolder(path: options.place.releases) }

    /// The services of a host.
    public init(_ options: Options) { self.options = options }

    public func problems(willBuild: Bool) async -> [DeploymentError] { await options.hostProblems(willBuild) }

    // MARK: What serves

    public func standing() async throws(DeploymentError) -> ServingState {
        let status: HostStatus
        do throws(SupervisionError) {
            status = try HostServices(folder: options.supervision).status()
        } catch { throw DeploymentError(error) }
        let isRunning = status.supervisor != nil || status.services.contains { $0.process != nil }
        let plan = SupervisionMemory(options.supervision).read().plan
        let executable = plan?.services.first?.command.first
        let release = executable.map { path in
            Release(commit: ReleaseFolder.stamp(of: path).commit ?? "unknown", artefact: path)
        }
        let holds = status.services.contains { $0.process != nil && $0.holdsPositions != false }
        return ServingState(
            isRunning: isRunning, release: release, mayHoldPositions: status.mode == .live && holds)
    }

    public func keep(_ standing: ServingState) async throws(DeploymentError) -> Release? {
        guard var release = standing.release, !releases.holds(release.artefact) else {
            return standing.release
        }
        let digest = try BackupFile.digest(of: release.artefact).description
        // Only a commit that nothing differed from says what an executable is.
        let isExact = release.commit.utf8.count == 40
        release.artefact = try releases.install(
            executable: release.artefact, dashboard: options.root + "/Dashboard",
            as: isExact ? release.commit : "local-\(digest.prefix(12))")
        return release
    }

    // MARK: A new version

    public func build(_ commit: String) async throws(DeploymentError) -> Release {
        let outcome = try run(
            [options.root + "/tradewind"], ["build", "services"], within: options.buildLimit, to: "build it")
        let executable = outcome.split(separator: "\n").last.map(String.init) ?? ""
        guard executable.hasPrefix("/") else {
            throw DeploymentError(
                .build, "the build did not say where the executable is", path: options.place.record,
                remedy: "run ./tradewind build services by hand")
        }
        let stamp = ReleaseFolder.stamp(of: executable).commit
        guard stamp == commit else {
            throw DeploymentError(
                .build, "what was built is \(stamp ?? "of an unknown commit"), and not \(commit)",
                path: executable, remedy: "see git status in \(options.root)")
        }
        let artefact = try releases.install(
            executable: executable, dashboard: options.root + "/Dashboard", as: commit)
        return Release(commit: commit, artefact: artefact)
    }

    public func checkSettings(with release: Release) async throws(DeploymentError) {
        _ = try run([release.artefact], ["config", "check"] + given, to: "accept the settings")
    }

    // MARK: Changing what serves

    public func stop() async throws(DeploymentError) {
        do throws(SupervisionError) {
            _ = try HostServices(folder: options.supervision).stop()
        } catch { throw DeploymentError(error) }
    }

    public func migrate(to release: Release, knowing other: Release?) async throws(DeploymentError) {
        try SchemaSteps(release: release, other: other).run {
            (version, arguments, purpose) throws(DeploymentError) in
            try run([version.artefact], arguments + given, to: purpose)
        }
    }

    public func start(_ release: Release, mustBeReady: Bool) async throws(DeploymentError) {
        _ = try run([release.artefact], ["start"] + given, to: "start")
    }

    public func discard(except kept: [Release]) async throws(DeploymentError) {
        try releases.discard(except: kept)
    }

    // MARK: Looking at it

    public func examine(_ release: Release) async throws(DeploymentError) {
        let status: HostStatus
        do throws(SupervisionError) {
            status = try HostServices(folder: options.supervision).status()
        } catch { throw DeploymentError(error) }
        guard status.isWell, let health = status.services.lazy.compactMap(\.endpoint).first,
            let address = Self.address(of: health)
        else {
            throw DeploymentError(
                .tool, "the services are not as they shall be", path: options.place.record,
                remedy: "see tradewind status and tradewind logs")
        }
        try await ServiceExamination(address: address, hasDashboard: options.hasDashboard)
            .run(expecting: release.commit)
        _ = try run([release.artefact], ["try-backtest"], to: "carry out a tiny backtest")
    }

    /// `http://127.0.0.1:8000` of `http://127.0.0.1:8000/health`.
    private static func address(of url: String) -> String? {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 3 ? parts.prefix(3).joined(separator: "/") : nil
    }

    // MARK: Programs

    private var given: [String] { options.settings.flatMap { ["--set", $0] } }

    private func run(
        _ command: [String], _ arguments: [String], within limit: Duration? = nil, to purpose: String
    ) throws(DeploymentError) -> String {
        let tool = HostTool(
            command: command, environment: options.environment, record: options.place.record,
            inherited: options.inherited)
        let outcome: HostTool.Outcome
        do throws(SupervisionError) {
            outcome = try tool.run(
                arguments, within: limit ?? options.stepLimit, cancelled: options.cancelled)
        } catch { throw DeploymentError(error) }
        guard outcome.isDone else {
            throw DeploymentError(
                .tool, "\(command[0]) did not \(purpose): \(outcome.reason)", path: options.place.record,
                remedy: "the file has all that it said")
        }
        return outcome.output
    }
}
