import ControlPlane
import Logging
import Operations
import ServiceLifecycle

/// A server on a free port of the loopback, for as long as a test needs it.
struct RunningServer {
    let port: Int
    let registry: HealthRegistry
    let metrics: MetricsRegistry
    private let group: ServiceGroup

    /// Starts one, hands it over, and asks it to stop.
    ///
    /// - Returns: how long the stop took.
    @discardableResult static func run(
        limits: HTTPLimits = HTTPLimits(), edge: EdgePolicy? = nil,
        holdsPositions: @escaping @Sendable () -> Bool = { false },
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        routes: @escaping @Sendable (inout RouteTable) -> Void = { _ in },
        _ body: (RunningServer) async throws -> Void
    ) async throws -> Duration {
        let (registry, metrics) = (HealthRegistry(sources: .system(), maximumAge: .zero), MetricsRegistry())
        let identity = ServiceIdentity(
            service: "api", executionMode: "backtest", environment: "ci",
            build: BuildStamp(
                version: "9.8.7", stampFile: String(repeating: "ab", count: 20) + "\n2026-11-21T08:00:00Z\n"))
        let pages = HealthPages(
            identity: identity, registry: registry, usage: SystemUsage(uptime: SystemClocks.uptime),
            now: SystemClocks.now, uptime: SystemClocks.uptime, holdsPositions: holdsPositions)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let server = ControlPlaneServer(
            address: .init(host: "127.0.0.1", port: 0), limits: limits, edge: edge, metrics: metrics,
            logger: logger, uptime: SystemClocks.uptime,
            routes: { table in
                HealthRoutes.add(pages, to: &table)
                HealthRoutes.addMetrics(metrics, to: &table)
                routes(&table)
            }, onListening: { announce.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var found: Int?
            for await port in ports {
                found = port
                break
            }
            let running = RunningServer(port: found ?? 0, registry: registry, metrics: metrics, group: group)
            let result: Result<Void, any Error>
            do { result = .success(try await body(running)) } catch { result = .failure(error) }
            let began = SystemClocks.uptime()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
            return SystemClocks.uptime() - began
        }
    }

    /// Asks the server to stop, without waiting.
    func stop() async { await group.triggerGracefulShutdown() }
}
