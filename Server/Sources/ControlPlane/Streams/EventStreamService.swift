internal import Events
internal import Hummingbird
internal import NIOCore
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

    /// A service over the log of a store.
    ///
    /// - Parameter uptime: a clock that never goes back.
    public init(
        store: any Store, options: Options = Options(),
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.store, self.options, self.uptime) = (store, options, uptime)
    }

    /// Clients that are connected.
    public var connectedClients: Int { clients.withLock { $0 } }

    /// The stream after a place.
    ///
    /// - Parameter offset: what the client has seen; nil begins with what comes now.
    /// - Throws: ``APIError`` when there are too many clients.
    func response(after offset: EventOffset?, filter: EventFilter) throws(APIError) -> Response {
        let slot = try StreamSlot(self)
        let end = store.hub.end
        // A place behind the end is of another log; everything that comes is new.
        let start = offset.map { min($0, end) } ?? end
        let body = ResponseBody { [self] writer in
            defer { slot.release() }
            let mailbox = StreamMailbox()
            let subscription = store.hub.subscribe(after: start, filter: filter)
            let pump = Task { await EventStreamService.pump(subscription, into: mailbox) }
            let pulse = Task { await self.beat(mailbox) }
            defer {
                pump.cancel()
                pulse.cancel()
                mailbox.close()
            }
            var sender = StreamSender(
                position: start, caughtUpAt: end, options: options, hub: store.hub, uptime: uptime)
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

    private static func pump(_ subscription: EventSubscription, into mailbox: StreamMailbox) async {
        do {
            for try await events in subscription { await mailbox.put(.events(events)) }
        } catch {
            // The client comes back with the place that it has seen, and nothing is lost.
        }
        mailbox.close()
    }

    private func beat(_ mailbox: StreamMailbox) async {
        // Often enough for what is held back; the sender knows when a heartbeat is due.
        while !Task.isCancelled {
            do { try await Task.sleep(for: min(.milliseconds(100), options.heartbeat)) } catch { return }
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

/// Decides what goes out next to one client.
private struct StreamSender {
    private var frames = StreamFrames()
    private var position: EventOffset
    /// Events up to here were there when the client came: it asked for them, so none is left out.
    private let caughtUpAt: EventOffset
    private let options: EventStreamService.Options
    private let hub: EventHub
    private let uptime: @Sendable () -> Duration
    private var lastSent: Duration
    /// When the client was last ready for more.
    private var readyAt: Duration

    init(
        position: EventOffset, caughtUpAt: EventOffset, options: EventStreamService.Options, hub: EventHub,
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.position, self.caughtUpAt, self.options) = (position, caughtUpAt, options)
        (self.hub, self.uptime) = (hub, uptime)
        (lastSent, readyAt) = (uptime(), uptime())
    }

    /// The next frames; nil at the end.
    mutating func next(_ mailbox: StreamMailbox) async -> String? {
        // The client took what was sent before only now.
        let blocked = uptime() - readyAt
        while true {
            let item = await mailbox.take()
            let now = uptime()
            defer { readyAt = uptime() }
            switch item {
            case .end:
                let rest = frames.ripe(at: .seconds(Int64.max / 4))
                return rest.isEmpty ? nil : rest.map(StreamFrames.text).joined()
            case .events(let events):
                if let text = skip(events, blocked) { return sent(text, now) }
                let out = frames.admit(events, at: now)
                position = events.last?.offset ?? position
                if !out.isEmpty { return sent(out.map(StreamFrames.text).joined(), now) }
            case .heartbeat:
                let ripe = frames.ripe(at: now)
                if !ripe.isEmpty { return sent(ripe.map(StreamFrames.text).joined(), now) }
                if now - lastSent >= options.heartbeat { return sent(StreamFrames.heartbeat, now) }
            }
        }
    }

    private mutating func sent(_ text: String, _ now: Duration) -> String {
        lastSent = now
        return text
    }

    /// A client that was blocked for long and is far behind is told so and gets the latest; the events in
    /// between stay in the log.
    private mutating func skip(_ events: [LoggedEvent], _ blocked: Duration) -> String? {
        guard let last = events.last?.offset, blocked >= options.patience, position >= caughtUpAt,
            hub.end.count(after: last) >= options.maximumLag
        else { return nil }
        defer { position = last }
        return StreamFrames.skipped(from: position, to: last)
    }
}
