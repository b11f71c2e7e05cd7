internal import ControlPlane
internal import Glibc
internal import Logging
internal import Markets
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import TradewindCommands
internal import Units
internal import UnixSignals

/// The service that `tradewind serve` runs: wiring only.
struct APIService {
    private let loaded: LoadedSettings
    private let mode: ExecutionMode
    private let settings: ServerSettings
    private let identity: ServiceIdentity
    private let metrics: MetricsRegistry
    private let logs: LogOutput
    private let logger: Logger
    private let health: HealthRegistry
    private let chain: ChainHealth
    private let notifier: SystemNotifier?
    private let environment: [String: String]
    private let secrets: SecretSources
    /// The keys of each owner, for whatever speaks to venues or checks tokens.
    private let credentials: ServiceCredentials
    private let acceptingWork = ReadinessFlag(notReady: "the service is starting")
    private let marketData = ReadinessFlag(notReady: "market data have not been looked at yet")

    /// Starts, runs until it is asked to stop, and stops.
    ///
    /// - Throws: ``StartFailure``, naming the step.
    static func run(_ context: ServerContext, settings options: SettingsOptions, mode: ExecutionMode?)
        async throws
    {
        let metrics = MetricsRegistry()
        ProcessMetrics.report(to: metrics, startedAt: Double(SystemClocks.now().nanoseconds) / 1e9)
        let service: APIService
        do {
            let loaded = try options.load(.api, mode: mode, context)
            service = try APIService(loaded, mode: mode, metrics: metrics, context)
        } catch {
            throw StartFailure(step: .configuration, cause: error)
        }
        do {
            try await service.run()
            service.logger.notice("stopped", metadata: ["event": "service_stopped"])
            service.logs.flush()
        } catch {
            service.logger.critical("\(error)", metadata: ["event": "service_failed"])
            service.logs.flush()
            throw error
        }
    }

    private init(
        _ loaded: LoadedSettings, mode: ExecutionMode?, metrics: MetricsRegistry, _ context: ServerContext
    ) throws {
        let redactor = Redactor()
        redactor.learn(loaded.knownSecrets)
        let redact: @Sendable (String) -> String = { redactor.redact($0) }
        settings = loaded.settings
        self.loaded = loaded
        self.mode = mode ?? settings.execution.mode
        self.metrics = metrics
        identity = ServiceIdentity(
            service: "api", executionMode: (mode ?? settings.execution.mode).rawValue,
            environment: loaded.environment.rawValue, build: .ofProcess(version: ProductVersion.text))
        IdentityMetrics.report(identity, to: metrics)
        DiskMetrics.report(
            to: metrics,
            folders: [
                "state": settings.state.directory,
                "logs": ServiceLogs.path(service: "api", settings: settings),
            ])
        logs = try ServiceLogs.open(service: "api", settings: settings, metrics: metrics, redact: redact)
        logger = StructuredLog.logger(
            "tradewind.api", output: logs, level: Logger.Level(settings.logging.level))
        health = HealthRegistry(sources: .system(redact: redact))
        chain = ChainHealth(registry: health)
        notifier = SystemNotifier(environment: context.environment, pid: getpid())
        environment = context.environment
        secrets = SecretSources(loaded, context, redactor: redactor)
        credentials = secrets.serviceCredentials(audit: LoggedAudit(secrets.audit, logger: logger))
    }

    private func run() async throws {
        do {
            try await startAndServe()
        } catch {
            await closeSecrets()
            throw error
        }
        await closeSecrets()
    }

    private func closeSecrets() async {
        do {
            try await secrets.close()
        } catch {
            logger.debug("connections to backends of secrets: \(error)")
        }
    }

    private func startAndServe() async throws {
        logger.notice(
            "starting in \(identity.environment), mode \(identity.executionMode)",
            metadata: ["event": "service_starting", "version": .string(identity.build.version)])
        checkOpenFiles()
        ReadinessMetrics(of: health, in: metrics)
        do {
            try registerChecks()
        } catch {
            throw StartFailure(step: .components, cause: error)
        }
        try await StartOrder.start(components, health: health)
        let parts: ControlPlaneParts
        do {
            parts = try await ControlPlaneParts.open(
                .init(
                    loaded: loaded, mode: mode, metrics: metrics, health: health, chain: chain,
                    logger: logger, logs: logs, credentials: credentials, environment: environment,
                    redactor: secrets.redactor))
        } catch {
            throw StartFailure(step: .components, cause: error)
        }
        do {
            try await group(parts).run()
            try await parts.close()
        } catch {
            throw StartFailure(step: .httpServer, cause: error)
        }
    }

    /// Connections take as many files as there are clients; a limit that is too low is said at the start, not
    /// when it is reached.
    private func checkOpenFiles() {
        let needed = settings.api.maxStreamClients + HTTPLimits().connections + 256
        guard let limit = OpenFileLimit.raise(), limit < needed else { return }
        logger.warning(
            """
            only \(limit) files may be open at a time, and \(needed) may be needed: raise the limit of open \
            files (LimitNOFILE, ulimit -n), or lower api.max-stream-clients
            """,
            metadata: ["event": "open_files_low"])
    }

    // MARK: Parts

    private var components: [StartComponent] {
        [
            StartComponent(.dataProvider) { part in try startData(part) },
            StartComponent(.secrets) { part in
                try await SecretsStart(
                    credentials: credentials, isLocal: settings.environment == .local, health: health,
                    logger: logger
                ).run(part)
            },
            StartComponent(.resultsStore) { part in
                try PosixFileStore().makeDirectory(
                    settings.runs.results ?? settings.state.directory + "/results")
                part.recordSuccess()
            },
        ] + chain.startComponents
    }

    private func startData(_ part: ComponentHealth) throws {
        part.mark("data_loaded", false)
        let demand = MarketDataDemand(
            directory: settings.data.catalogue,
            instruments: try settings.data.instruments.map { text in
                guard let instrument = InstrumentID(text) else {
                    throw CommandFailure(
                        .wrongConfiguration, code: "instrument",
                        message: "data.instruments: '\(text)' is no instrument",
                        remedy: "write it as venue:type:symbol, as in binance:spot:BTCUSDT")
                }
                return instrument
            }, start: settings.data.start, end: settings.data.end)
        let series = try demand.check(files: PosixFileStore())
        logger.info(
            "market data: \(series.map { "\($0) series" } ?? "none demanded, no catalogue")",
            metadata: ["event": "market_data_checked"])
        part.mark("data_loaded")
        marketData.set(.ready)
    }

    private func registerChecks() throws {
        let minimum = ByteCount(Int64(settings.health.minFreeDiskBytes))
        try health.register(.diskSpace(path: settings.state.directory, minimum: minimum))
        try health.register(.logLag(logs, limit: settings.health.maxLogLag))
        try health.register(
            .state(
                .acceptingWork, acceptingWork, judgedBy: "the service has started and is not being stopped"))
        try health.register(
            .state(
                .marketData, marketData, judgedBy: "the series that data.instruments names cover the range"))
        let limit = settings.health.maxClockSkew
        if let url = settings.venues.inUse.lazy.compactMap(\.url).first {
            let reference = HTTPClockReference(
                url: url.clockAddress, uptime: SystemClocks.uptime)
            try health.register(.clockSkew(limit: limit) { try await reference.reading() })
        } else if KernelClock.isDisciplined {
            try health.register(.clockSkew(limit: limit) { try KernelClock.reading() })
        } else {
            logger.notice("no venue and no time service to compare the clock with: there is no check of it")
        }
    }

    // MARK: Running

    private func group(_ parts: ControlPlaneParts) -> ServiceGroup {
        // The last to stop: requests that still run may need a key.
        var services: [any Service] =
            [
                credentials,
                ReadinessWatch(
                    health, interval: min(settings.health.interval, .seconds(5)), logger: logger),
                ServiceSignals(acceptingWork: acceptingWork, notifier: notifier, logger: logger),
            ] + parts.services
        let isApart = settings.metrics.port.map { $0 != settings.api.port } ?? false
        let pages = HealthPages(
            identity: identity, registry: health, usage: SystemUsage(uptime: SystemClocks.uptime),
            now: SystemClocks.now, uptime: SystemClocks.uptime,
            holdsPositions: { [chain] in chain.holdsPositions })
        if isApart, let port = settings.metrics.port {
            services.append(
                server(.init(host: settings.metrics.host, port: port), what: "metrics") { routes in
                    HealthRoutes.add(pages, to: &routes)
                    HealthRoutes.addMetrics(metrics, to: &routes)
                })
        }
        services.append(
            server(
                .init(host: settings.api.host, port: settings.api.port), what: "HTTP", edge: parts.edge
            ) { routes in
                HealthRoutes.add(pages, to: &routes)
                if !isApart { HealthRoutes.addMetrics(metrics, to: &routes) }
                parts.add(to: &routes)
            })
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.api.shutdownTimeout
        return ServiceGroup(configuration: configuration)
    }

    private func server(
        _ address: ControlPlaneServer.Address, what: String, edge: EdgePolicy? = nil,
        routes: (inout RouteTable) -> Void
    ) -> ControlPlaneServer {
        var limits = HTTPLimits()
        limits.bodyBytes = settings.api.maxBodyBytes
        limits.connections += settings.api.maxStreamClients
        limits.request = settings.api.requestTimeout
        limits.handling = settings.api.requestTimeout
        let (flag, notifier, logger) = (acceptingWork, notifier, logger)
        return ControlPlaneServer(
            address: address, limits: limits, edge: edge, metrics: metrics, logger: logger,
            uptime: SystemClocks.uptime, routes: routes,
            onListening: { port in
                logger.notice(
                    "\(what) on http://\(address.host):\(port)",
                    metadata: ["event": "listening", "port": .stringConvertible(port)])
                if what == "HTTP" {
                    flag.set(.ready)
                    notifier?.ready()
                }
            })
    }
}
