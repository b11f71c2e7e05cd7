internal import ControlPlane
internal import Foundation
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage
internal import TradewindCommands

/// What the HTTP service answers beside how it is: each part is opened and adds its routes here.
struct ControlPlaneParts {
    /// What parts are opened with.
    struct Context {
        let loaded: LoadedSettings
        /// The most that the process may execute.
        let mode: ExecutionMode
        let metrics: MetricsRegistry
        let health: HealthRegistry
        let chain: ChainHealth
        let logger: Logger
        /// Where lines that are not the service's own go, as those of browsers.
        let logs: LogOutput
        /// The keys of each owner, as they are at the moment.
        let credentials: ServiceCredentials
        /// The variables of the process.
        let environment: [String: String]
        /// Learns every secret that a part reads.
        let redactor: Redactor

        var settings: ServerSettings { loaded.settings }
    }

    private let context: Context
    private let store: any Store
    private let storage: StoragePart
    private let witness: StorageWitness
    private let access: AccessPart
    private let dashboard: DashboardFiles?
    private let research: ResearchPart
    private let logs: LogsPart
    private let backups: BackupPart
    private let deployments: DeploymentPart

    /// Opens the parts.
    static func open(_ context: Context) async throws -> ControlPlaneParts {
        let (settings, logger) = (context.settings, context.logger)
        let dashboard = try DashboardPart.open(settings, logger: logger)
        let counted = StorageMetrics(context.metrics)
        let store = try await StoreStart.open(settings, committed: { counted.take($0) }) {
            logger.notice("\($0)")
        }
        counted.watch(store)
        var opened: AccessPart?
        do {
            let access = AccessPart.open(
                settings, store: store, api: context.credentials[.api], auth: context.credentials[.auth],
                metrics: context.metrics, logger: logger)
            opened = access
            let file = ServiceLogs.path(service: "api", settings: settings)
            let witness = StorageWitness(store, path: StorageNote.path(logFile: file), logger: logger)
            try await witness.compare(access.service.audit)
            let storage = StoragePart(
                store, settings: settings.events, metrics: context.metrics, logger: logger)
            let desk = try BackupDesk(
                context.loaded, workingDirectory: FileManager.default.currentDirectoryPath)
            let research = try await ResearchPart.open(
                context, store: store, pressure: storage.pressure, audit: access.service.audit)
            return ControlPlaneParts(
                context: context, store: store, storage: storage, witness: witness,
                access: access, dashboard: dashboard, research: research,
                // The last that can fail: it has connections to close.
                logs: try await LogsPart.open(context, store: store, audit: access.service.audit),
                backups: BackupPart(
                    store, desk: desk, interval: settings.backup.interval, metrics: context.metrics,
                    logger: logger),
                deployments: DeploymentPart(
                    store, maximumPage: settings.api.maxPageSize, metrics: context.metrics, logger: logger))
        } catch {
            try await opened?.close()
            try await store.close()
            throw error
        }
    }

    /// What runs beside the HTTP server; it is stopped after that.
    var services: [any Service] {
        [storage, witness, backups, deployments] + access.services + research.services + logs.services
    }

    /// What holds for every request.
    var edge: EdgePolicy { access.edge }

    /// Closes what was opened, after everything has stopped.
    func close() async throws {
        try await logs.close()
        try await access.close()
        try await store.close()
    }

    /// Adds the routes of every part.
    func add(to routes: inout RouteTable) {
        // First, as all others stand behind its layers.
        access.add(to: &routes)
        research.add(to: &routes)
        logs.add(to: &routes)
        deployments.add(to: &routes)
        if let dashboard { DashboardRoutes.add(dashboard, to: &routes) }
        // It describes what is there by now.
        if context.settings.features.documentation {
            OpenAPIRoutes.add(version: ProductVersion.text, to: &routes)
        }
    }
}
