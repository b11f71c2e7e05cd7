internal import Metrics
internal import Synchronization

/// Shows the last answers of the readiness checks as metrics: `tradewind_ready{check="disk-space"}` is 1 or
/// 0.
///
/// The reasons are sentences, which have no place in a label; they stand on the readiness page and in the
/// log.
public final class ReadinessMetrics: Sendable {
    private let metrics: MetricsRegistry
    private let registry: HealthRegistry
    private let state = Mutex([ComponentName: (ready: Gauge, duration: Gauge)]())

    /// Adds the metrics of a registry's checks to the exposition.
    @discardableResult public init(of registry: HealthRegistry, in metrics: MetricsRegistry) {
        (self.registry, self.metrics) = (registry, metrics)
        metrics.declare([
            MetricDescription(
                "ready", .gauge,
                help: "Whether a readiness check passed when it was last asked: 1 yes, 0 no.",
                maximumSeries: HealthRegistry.maximumChecks),
            MetricDescription(
                "ready.check.duration", .gauge,
                help: "How long a readiness check took when it was last asked.",
                unit: .seconds, maximumSeries: HealthRegistry.maximumChecks),
        ])
        metrics.beforeExposition { self.update() }
    }

    private func update() {
        let items = registry.lastReport?.items ?? []
        let present = Set(items.map(\.check.name))
        state.withLock { gauges in
            for name in gauges.keys where !present.contains(name) {
                gauges[name]?.ready.destroy()
                gauges[name]?.duration.destroy()
                gauges[name] = nil
            }
            for item in items {
                let gauge = gauges[item.check.name] ?? made(item.check.name)
                gauges[item.check.name] = gauge
                gauge.ready.record(item.readiness.isReady ? 1 : 0)
                gauge.duration.record(item.duration.inSeconds)
            }
        }
    }

    private func made(_ name: ComponentName) -> (ready: Gauge, duration: Gauge) {
        let labels = [("check", name.text)]
        return (
            Gauge(label: "ready", dimensions: labels, factory: metrics),
            Gauge(label: "ready.check.duration", dimensions: labels, factory: metrics)
        )
    }
}
