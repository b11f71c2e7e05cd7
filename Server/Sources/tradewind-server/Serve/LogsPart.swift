internal import ControlPlane
internal import Foundation
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage

/// Logs read back into storage, those of browsers, their archive, and the kill switch.
struct LogsPart {
    private let ingestion: LogIngestion?
    private let archive: (desk: LogArchiveDesk, service: LogArchiving)?
    private let api: LogAPI
    private let killSwitch: KillSwitchControl
    private let watch: KillSwitchWatch

    /// Opens it.
    ///
    /// - Parameter audit: records each use of the kill switch.
    static func open(
        _ context: ControlPlaneParts.Context, store: any Store, audit: AuditTrail
    ) async throws -> LogsPart {
        let (settings, logger) = (context.settings, context.logger)
        var ingestion: LogIngestion?
        var status: LogIngestionStatus?
        if settings.logs.isEnabled {
            let ingestor = LogIngestor(
                path: ServiceLogs.path(service: "api", settings: settings),
                setAside: settings.logging.rotationCount, settings: settings.logs, store: store,
                metrics: context.metrics, now: SystemClocks.now, uptime: SystemClocks.uptime)
            status = ingestor.status
            ingestion = LogIngestion(
                ingestor, interval: settings.logs.pollInterval, logger: logger, uptime: SystemClocks.uptime)
        }
        let browser = StructuredLog.logger(
            BrowserLogs.label, output: context.logs, level: Logger.Level(settings.logging.level))
        let killSwitch = KillSwitchControl(store: store, audit: audit, logger: logger)
        await killSwitch.refresh()
        try context.health.register(
            .killSwitch {
                let state = killSwitch.state
                return state.isEngaged ? state.reason ?? "no reason was given" : nil
            })
        return LogsPart(
            ingestion: ingestion, archive: try openArchive(context, store: store, ingestion: status),
            api: LogAPI(
                store: store, status: status,
                browser: settings.features.browserLogs ? BrowserLogs(logger: browser) : nil,
                maximumPage: settings.api.maxPageSize, now: SystemClocks.now, uptime: SystemClocks.uptime),
            killSwitch: killSwitch, watch: KillSwitchWatch(killSwitch, store: store))
    }

    /// The archive of the logs, where the settings name one.
    private static func openArchive(
        _ context: ControlPlaneParts.Context, store: any Store, ingestion: LogIngestionStatus?
    ) throws -> (desk: LogArchiveDesk, service: LogArchiving)? {
        guard let ingestion, context.settings.logs.archive.isEnabled else { return nil }
        let health = try context.health.register(component: .logArchive)
        let desk = try LogArchiveDesk(
            context.settings, store: store, environment: context.environment,
            workingDirectory: FileManager.default.currentDirectoryPath, redactor: context.redactor)
        let service = LogArchiving(
            desk.archiver, delay: context.settings.logs.archive.delay, ingestion: ingestion, health: health,
            metrics: context.metrics,
            sources: LogArchiving.Sources(
                logger: context.logger, now: SystemClocks.now, uptime: SystemClocks.uptime,
                jitter: Jitter(SystemRandomNumbers())))
        return (desk, service)
    }

    /// What runs beside the HTTP server.
    var services: [any Service] {
        var services: [any Service] = [watch]
        if let ingestion { services.append(ingestion) }
        if let archive { services.append(archive.service) }
        return services
    }

    /// Closes connections of the archive.
    func close() async throws { try await archive?.desk.close() }

    /// Adds the routes.
    func add(to routes: inout RouteTable) {
        LogRoutes.add(api, to: &routes)
        KillSwitchRoutes.add(killSwitch, to: &routes)
    }
}
