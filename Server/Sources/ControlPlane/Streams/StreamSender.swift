internal import Events
internal import Storage

/// Decides what goes out next to one client.
struct StreamSender {
    private var frames = StreamFrames()
    private var position: EventOffset
    /// Events up to here were there when the client came: it asked for them, so none is left out.
    private let caughtUpAt: EventOffset
    private let options: EventStreamService.Options
    private let hub: EventHub
    private let metrics: StreamMetrics
    private let uptime: @Sendable () -> Duration
    private var lastSent: Duration
    /// When the client was last ready for more.
    private var readyAt: Duration
    /// Whether a beat was asked for, as something waits for its time.
    private var isBeatAsked = false

    init(
        position: EventOffset, caughtUpAt: EventOffset, options: EventStreamService.Options, hub: EventHub,
        metrics: StreamMetrics, uptime: @escaping @Sendable () -> Duration
    ) {
        (self.position, self.caughtUpAt, self.options) = (position, caughtUpAt, options)
        (self.hub, self.metrics, self.uptime) = (hub, metrics, uptime)
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
                return rest.isEmpty ? nil : text(rest)
            case .events(let events):
                if let text = skip(events, blocked, mailbox) { return sent(text, now) }
                let out = frames.admit(events, at: now)
                position = events.last?.offset ?? position
                askForBeat(mailbox)
                if !out.isEmpty { return sent(text(out), now) }
            case .heartbeat:
                isBeatAsked = false
                let ripe = frames.ripe(at: now)
                askForBeat(mailbox)
                if !ripe.isEmpty { return sent(text(ripe), now) }
                if now - lastSent >= options.heartbeat { return sent(StreamFrames.heartbeat, now) }
            }
        }
    }

    /// What is held goes out when its time has come, though nothing follows it.
    private mutating func askForBeat(_ mailbox: StreamMailbox) {
        guard frames.isHolding, !isBeatAsked else { return }
        isBeatAsked = true
        Task {
            do { try await Task.sleep(for: StreamFrames.spacing) } catch { return }
            mailbox.beat()
        }
    }

    private func text(_ events: [LoggedEvent]) -> String {
        metrics.count(frames: events.count)
        return events.map(StreamFrames.text).joined()
    }

    private mutating func sent(_ text: String, _ now: Duration) -> String {
        lastSent = now
        return text
    }

    /// A client that was blocked for long and is far behind is told so and goes on with what comes now; the
    /// events in between stay in the log.
    private mutating func skip(
        _ events: [LoggedEvent], _ blocked: Duration, _ mailbox: StreamMailbox
    ) -> String? {
        let end = hub.end
        guard let last = events.last?.offset, blocked >= options.patience, position >= caughtUpAt,
            end.count(after: last) >= options.maximumLag
        else { return nil }
        mailbox.goOn(after: end)
        // What waited for its time is older.
        frames = StreamFrames()
        metrics.countSkip()
        defer { position = end }
        return StreamFrames.skipped(from: position, to: end)
    }
}
