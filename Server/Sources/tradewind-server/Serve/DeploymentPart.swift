internal import ControlPlane
internal import Logging
internal import Metrics
internal import Operations
internal import ServiceLifecycle
internal import Storage
internal import Units

/// What was deployed on this host: a page of the API, and metrics of the last deployment.
struct DeploymentPart: Service {
    private let store: any Store
    private let metrics: MetricsRegistry
    private let logger: Logger
    private let maximumPage: Int

    init(_ store: any Store, maximumPage: Int, metrics: MetricsRegistry, logger: Logger) {
        (self.store, self.maximumPage) = (store, maximumPage)
        (self.metrics, self.logger) = (metrics, logger)
        metrics.declare([
            MetricDescription(
                "deployment.last.time", .gauge,
                help: "When the last deployment ended, in seconds since 1970; 0 when there was none.",
                unit: .seconds),
            MetricDescription(
                "deployment.last.succeeded", .gauge,
                help: "Whether the last deployment brought its version into service; 1 when there was none."),
        ])
        show(nil)
    }

    func add(to routes: inout RouteTable) {
        DeploymentRoutes.add(store, maximumPage: maximumPage, to: &routes)
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    show(try await store.read { try $0.deployments.list(limit: 1).first })
                } catch {
                    logger.warning(
                        "deployments cannot be read: \(error)", metadata: ["event": "deployments_failed"])
                }
                do { try await Task.sleep(for: .seconds(15)) } catch { return }
            }
        }
    }

    private func show(_ last: StoredDeployment?) {
        let ended = last.map { $0.startedAt.nanoseconds / 1_000_000_000 + $0.milliseconds / 1_000 } ?? 0
        Meter(label: "deployment.last.time", factory: metrics).set(ended)
        Meter(label: "deployment.last.succeeded", factory: metrics).set(
            last.map { $0.result == "done" ? 1 : 0 } ?? 1)
    }
}
