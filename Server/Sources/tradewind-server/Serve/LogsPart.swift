internal import ControlPlane
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage

/// Logs read back into storage, those of browsers, and the kill switch.
struct LogsPart {
    private let ingestion: LogIngestion?
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
            ingestion: ingestion,
            api: LogAPI(
                store: store, status: status,
                browser: settings.features.browserLogs ? BrowserLogs(logger: browser) : nil,
                maximumPage: settings.api.maxPageSize, now: SystemClocks.now, uptime: SystemClocks.uptime),
            killSwitch: killSwitch, watch: KillSwitchWatch(killSwitch, store: store))
    }

    /// What runs beside the HTTP server.
    var services: [any Service] { [watch] + (ingestion.map { [$0] } ?? []) }

    /// Adds the routes.
    func add(to routes: inout RouteTable) {
        LogRoutes.add(api, to: &routes)
        KillSwitchRoutes.add(killSwitch, to: &routes)
    }
}
