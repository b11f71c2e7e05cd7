public import Logging
internal import Metrics
public import Operations
public import ServiceLifecycle
public import Storage

/// Counts runs again and again, by state.
public struct RunMetrics: Service {
    private let store: any Store
    private let runs: RunService
    private let logger: Logger
    private let states: [(RunStatus, Meter)]
    private let waiting: Meter
    private static let interval = Duration.seconds(2)

    /// Counts the runs of a store.
    public init(store: any Store, runs: RunService, metrics: MetricsRegistry, logger: Logger) {
        (self.store, self.runs, self.logger) = (store, runs, logger)
        metrics.declare([
            MetricDescription("runs", .gauge, help: "Runs that are kept, by state."),
            MetricDescription("runs.queued", .gauge, help: "Runs that wait for their turn to execute."),
        ])
        states = RunStatus.allCases.map { status in
            (status, Meter(label: "runs", dimensions: [("state", status.rawValue)], factory: metrics))
        }
        waiting = Meter(label: "runs.queued", factory: metrics)
    }

    /// Runs until the service group stops.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let counts = try await store.read { try $0.runs.counts() }
                    for (status, meter) in states { meter.set(Int64(counts[status] ?? 0)) }
                    waiting.set(Int64(await runs.load.queued))
                } catch {
                    logger.debug("runs cannot be counted: \(error)")
                }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }
}
