internal import Metrics

/// Which program runs, and as what: a gauge that is always 1, with the facts as labels.
public enum IdentityMetrics {
    /// Adds it to the exposition.
    public static func report(_ identity: ServiceIdentity, to metrics: MetricsRegistry) {
        metrics.declare([
            MetricDescription("build.info", .gauge, help: "Which program runs, and as what; always 1.")
        ])
        Gauge(
            label: "build.info",
            dimensions: [
                ("version", identity.build.version), ("commit", identity.build.commit ?? "unknown"),
                ("environment", identity.environment), ("mode", identity.executionMode),
            ], factory: metrics
        ).record(1)
    }
}
