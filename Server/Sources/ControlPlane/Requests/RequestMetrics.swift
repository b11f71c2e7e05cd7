internal import HTTPTypes
internal import Metrics
internal import Operations
internal import Synchronization

/// Counts requests, by method, route and status, and how long they take, by route.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let registry: MetricsRegistry
    private let inFlight: Meter
    private let state = Mutex(State())

    private struct State {
        var counters: [Key: Counter] = [:]
        var timers: [String: Metrics.Timer] = [:]
    }

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        registry.declare([
            MetricDescription(
                "http.requests", .counter, help: "Requests answered, by method, route and status."),
            MetricDescription(
                "http.request.duration", .histogram,
                help: "Time from a request's head to its answer, by route.",
                unit: .seconds),
            MetricDescription(
                "http.requests.in.flight", .gauge,
                help: "Requests that are being answered now; the streams of events are counted apart."),
        ])
        inFlight = Meter(label: "http.requests.in.flight", factory: registry)
        inFlight.set(0)
    }

    /// A request has come.
    func begin() { inFlight.increment(by: 1) }

    /// It is answered.
    func end() { inFlight.decrement(by: 1) }

    /// Counts an answer.
    func record(method: HTTPRequest.Method, route: String, status: Int, duration: Duration) {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        let key = Key(
            method: known.contains(method.rawValue) ? method.rawValue : "other", route: route, status: status)
        let (counter, timer) = state.withLock { state in
            let counter = state.counters[key] ?? made(key)
            let timer =
                state.timers[route]
                ?? Metrics.Timer(
                    label: "http.request.duration", dimensions: [("route", route)], factory: registry)
            state.counters[key] = counter
            state.timers[route] = timer
            return (counter, timer)
        }
        counter.increment()
        timer.recordNanoseconds(duration.wholeNanoseconds)
    }

    private func made(_ key: Key) -> Counter {
        let labels = [("method", key.method), ("route", key.route), ("status", String(key.status))]
        return Counter(label: "http.requests", dimensions: labels, factory: registry)
    }
}

extension Duration {
    /// In nanoseconds; the largest number when it does not fit.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return Int64.max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? Int64.max : sum
    }
}
