internal import Hummingbird
internal import NIOCore
public import Operations

/// The paths that say how the service is. None needs a token, none shows a secret.
public enum HealthRoutes {
    /// The process lives; nothing it depends on is asked.
    public static let live = ["/health", "/health/live"]
    /// It can do its work; every check is asked, and 503 is the answer when one fails.
    public static let ready = ["/ready", "/readyz", "/health/ready", "/healthz"]
    /// Every component.
    public static let detailed = "/health/detailed"
    /// The process lives, in two words.
    public static let brief = "/api/v1/healthz"
    /// Which program runs.
    public static let version = "/version"
    /// What Prometheus reads.
    public static let metrics = "/metrics"

    /// Adds all but the metrics.
    public static func add(_ pages: HealthPages, to routes: inout RouteTable) {
        for path in live {
            routes.on(.get, RouterPath(path), description: HealthDescriptions.live) { _, _ in
                .json(pages.live)
            }
        }
        for path in ready {
            routes.on(.get, RouterPath(path), description: HealthDescriptions.ready) { _, _ in
                let (isReady, body) = await pages.ready()
                return .json(body, status: isReady ? .ok : .serviceUnavailable)
            }
        }
        routes.on(.get, RouterPath(detailed), description: HealthDescriptions.detailed) { _, _ in
            .json(await pages.detailed())
        }
        routes.on(.get, RouterPath(brief), description: HealthDescriptions.brief) { _, _ in
            .json(pages.brief)
        }
        routes.on(.get, RouterPath(version), description: HealthDescriptions.version) { _, _ in
            .json(pages.version)
        }
    }

    /// Adds the metrics.
    public static func addMetrics(_ metrics: MetricsRegistry, to routes: inout RouteTable) {
        routes.on(.get, RouterPath(Self.metrics), description: HealthDescriptions.metrics) { _, _ in
            Response(
                status: .ok, headers: [.contentType: MetricsRegistry.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition())))
        }
    }
}
