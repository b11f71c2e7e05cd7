internal import Events
internal import Hummingbird
internal import Metrics
internal import NIOCore
public import Operations
internal import ServiceLifecycle
public import Storage
internal import Synchronization

/// Hands events of the log to clients as they are committed.
public final class EventStreamService: Sendable {
    /// How streams behave.
    public struct Options: Hashable, Sendable {
        /// Clients at a time.
        public var maximumClients = 1_000
        /// Between two heartbeats.
        public var heartbeat = Duration.seconds(15)
        /// A client that was not ready for the next events for so long ...
        public var patience = Duration.seconds(5)
        /// ... and is so many events behind goes on with the latest.
        public var maximumLag = 512

        /// The options above.
        public init() {}
    }

    let store: any Store
    let options: Options
    private let uptime: @Sendable () -> Duration
    private let clients = Mutex(0)
    private let metrics: StreamMetrics

    /// A service over the log of a store.
    ///
    /// - Parameters:
    ///   - metrics: counts clients and frames.
    ///   - uptime: a clock that never goes back.
    public init(
        store: any Store, options: Options = Options(), metrics: MetricsRegistry = MetricsRegistry(),
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.store, self.options, self.uptime) = (store, options, uptime)
        self.metrics = StreamMetrics(metrics)
        let gauge = Gauge(label: StreamMetrics.clients, factory: metrics)
        metrics.beforeExposition { [weak self] in gauge.record(self?.connectedClients ?? 0) }
    }

    /// Clients that are connected.
    public var connectedClients: Int { clients.withLock { $0 } }

    /// The stream after a place.
    ///
    /// - Parameter offset: what the client has seen; nil begins with what comes now.
    /// - Throws: ``APIError`` when there are too many clients.
    func response(after offset: EventOffset?, filter: EventFilter) async throws(APIError) -> Response {
        let slot = try StreamSlot(self)
        let end = await end(atLeast: offset)
        // A place behind the end is of another log; everything that comes is new.
        let start = offset.map { min($0, end) } ?? end
        let body = ResponseBody { [self] writer in
            defer { slot.release() }
            let mailbox = StreamMailbox()
            let pump = Task { await self.pump(after: start, filter, into: mailbox) }
            let pulse = Task { await self.beat(mailbox) }
            defer {
                pump.cancel()
                pulse.cancel()
                mailbox.close()
            }
            var sender = StreamSender(
                position: start, caughtUpAt: end, options: options, hub: store.hub, metrics: metrics,
                uptime: uptime)
            try await withGracefulShutdownHandler {
                try await writer.write(ByteBuffer(string: StreamFrames.opening))
                while let text = await sender.next(mailbox) {
                    try await writer.write(ByteBuffer(string: text))
                }
            } onGracefulShutdown: {
                mailbox.close()
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache, no-transform",
                .connection: "keep-alive",
            ], body: body)
    }

    /// Where the log ends, as far as it is known here; what another process has just written may not be, and
    /// then the log itself is asked.
    private func end(atLeast offset: EventOffset?) async -> EventOffset {
        let known = store.hub.end
        guard let offset, offset > known else { return known }
        do { return max(known, try await store.events.last()) } catch { return known }
    }

    /// Reads the log for one client, until the stream ends.
    private func pump(after start: EventOffset, _ filter: EventFilter, into mailbox: StreamMailbox) async {
        var place: EventOffset? = start
        while let from = place {
            place = nil
            do {
                for try await events in store.hub.subscribe(after: from, filter: filter) {
                    place = await mailbox.put(events)
                    if place != nil { break }
                }
            } catch {
                // The client comes back with the place that it has seen, and nothing is lost.
            }
        }
        mailbox.close()
    }

    private func beat(_ mailbox: StreamMailbox) async {
        // The sender knows when a heartbeat is due.
        while !Task.isCancelled {
            do { try await Task.sleep(for: min(.seconds(1), options.heartbeat)) } catch { return }
            mailbox.beat()
        }
    }

    fileprivate func enter() throws(APIError) {
        let isFull = clients.withLock { count in
            if count >= options.maximumClients { return true }
            count += 1
            return false
        }
        if isFull {
            throw APIError(
                .backpressure,
                "\(options.maximumClients) clients follow events already, which is the most "
                    + "(api.max-stream-clients)", headers: [.retryAfter: "5"])
        }
    }

    fileprivate func leave() { clients.withLock { $0 -= 1 } }
}

/// The place of one client, given back when its stream ends or was never read.
private final class StreamSlot: Sendable {
    private let service: EventStreamService
    private let isHeld = Mutex(true)

    init(_ service: EventStreamService) throws(APIError) {
        self.service = service
        try service.enter()
    }

    func release() {
        let wasHeld = isHeld.withLock { held in
            defer { held = false }
            return held
        }
        if wasHeld { service.leave() }
    }

    deinit { release() }
}
