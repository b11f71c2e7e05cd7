internal import Metrics
internal import Operations

/// Counts what streams of events send.
struct StreamMetrics: Sendable {
    /// The label of the clients that are connected.
    static let clients = "events.stream.clients"

    private let frames: Counter
    private let skips: Counter

    init(_ registry: MetricsRegistry) {
        registry.declare([
            MetricDescription(Self.clients, .gauge, help: "Clients that follow events now."),
            MetricDescription(
                "events.stream.frames", .counter, help: "Events sent to clients that follow them."),
            MetricDescription(
                "events.stream.skips", .counter,
                help: "Times that a client read too slowly and went on with the latest event."),
        ])
        frames = Counter(label: "events.stream.frames", factory: registry)
        skips = Counter(label: "events.stream.skips", factory: registry)
    }

    func count(frames count: Int) { frames.increment(by: count) }

    func countSkip() { skips.increment() }
}
