internal import ControlPlane
internal import Events
internal import Foundation
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage
internal import TradewindCommands

/// Runs, their results, market data, orders, and events as they come.
struct ResearchPart {
    private let runs: RunService
    private let api: RunAPI
    private let streams: EventStreamService
    private let watch: RunMetrics

    /// Opens it; what an earlier process left is dealt with.
    static func open(
        _ context: ControlPlaneParts.Context, store: any Store, pressure: LogPressure, audit: AuditTrail
    ) async throws -> ResearchPart {
        let settings = context.settings
        var options = RunServiceOptions(
            mode: context.mode,
            results: absolute(settings.runs.results ?? settings.state.directory + "/results"),
            catalogue: absolute(settings.data.catalogue),
            catalogueNames: [settings.data.catalogue, "catalogue", "default"],
            executable: "/proc/self/exe", maxConcurrent: settings.runs.maxConcurrent,
            maxQueued: settings.runs.maxQueued, startsRuns: settings.features.startRuns,
            environment: childEnvironment)
        options.pressure = pressure
        let runs = RunService(
            store: store, options: options, sources: .system(now: SystemClocks.now), chain: context.chain,
            audit: audit, logger: context.logger,
            runLogger: StructuredLog.logger(
                "tradewind.run", output: context.logs, level: Logger.Level(settings.logging.level)))
        try await runs.recover()
        let api = RunAPI(
            runs: runs, store: store, options: options, maximumPage: settings.api.maxPageSize,
            configuration: configuration(context.loaded))
        var streaming = EventStreamService.Options()
        streaming.maximumClients = settings.api.maxStreamClients
        return ResearchPart(
            runs: runs, api: api,
            streams: EventStreamService(
                store: store, options: streaming, metrics: context.metrics, uptime: SystemClocks.uptime),
            watch: RunMetrics(store: store, runs: runs, metrics: context.metrics, logger: context.logger))
    }

    var services: [any Service] { [RunLifecycle(runs: runs), watch] }

    func add(to routes: inout RouteTable) {
        RunRoutes.add(api, to: &routes)
        EventStreamRoutes.add(streams, to: &routes)
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// Processes of runs get nothing that could hold a secret.
    private static var childEnvironment: [String: String] {
        let names = ["PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH"]
        let all = ProcessInfo.processInfo.environment
        var environment = all.filter { names.contains($0.key) }
        environment["SWIFT_BACKTRACE"] = "color=no,interactive=no,timeout=5s"
        return environment
    }

    /// The settings in effect as JSON, without secrets.
    private static func configuration(_ loaded: LoadedSettings) -> JSONText {
        let settings = SettingsCatalogue.current.declarations.map { setting -> JSONText in
            let text = SettingJSON.object(setting, loaded.provenance[setting.key])
            do throws(JSONError) { return try JSONText(parsing: text) } catch {
                return .object([JSONMember("key", .string(setting.key))])
            }
        }
        return .object([
            JSONMember("environment", .string(loaded.environment.rawValue)),
            JSONMember("settings", .list(settings)),
            JSONMember("notes", .list(loaded.notes.map { .string($0) })),
        ])
    }
}

/// Stops runs when the service stops.
struct RunLifecycle: Service {
    let runs: RunService

    func run() async throws {
        do { try await gracefulShutdown() } catch is CancellationError {
            // Stopped the hard way: runs end with this process.
        }
        await runs.shutDown()
    }
}
