internal import Metrics
internal import Operations

/// Counts logins, refreshes and refused tokens, by what came of them.
struct AccessMetrics: Sendable {
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        registry.declare([
            MetricDescription("auth.logins", .counter, help: "Logins, by outcome."),
            MetricDescription("auth.refreshes", .counter, help: "Refresh tokens that came, by outcome."),
            MetricDescription("auth.refused.tokens", .counter, help: "Tokens that were refused, by reason."),
        ])
    }

    func login(_ outcome: String) { count("auth.logins", "outcome", outcome) }

    func refresh(_ outcome: String) { count("auth.refreshes", "outcome", outcome) }

    func refused(_ problem: TokenProblem) { count("auth.refused.tokens", "reason", problem.rawValue) }

    private func count(_ label: String, _ dimension: String, _ value: String) {
        Counter(label: label, dimensions: [(dimension, value)], factory: registry).increment()
    }
}
