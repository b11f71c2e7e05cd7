internal import Synchronization

/// Knows when the last message of a subscribed stream came.
public final class StreamWatch: Sendable {
    /// The stream, as in `binance:perp:BTCUSDT trades`.
    public let stream: String
    /// How long there may be silence.
    public let limit: Duration
    private let uptime: @Sendable () -> Duration
    private let state: Mutex<State>

    private struct State {
        var last: Duration
        var hasMessage = false
    }

    /// A stream subscribed now.
    ///
    /// - Parameter uptime: a clock that never goes back.
    public init(stream: String, limit: Duration, uptime: @escaping @Sendable () -> Duration) {
        (self.stream, self.limit, self.uptime) = (stream, limit, uptime)
        state = Mutex(State(last: uptime()))
    }

    /// Says that a message came now.
    public func recordMessage() {
        let now = uptime()
        state.withLock { $0 = State(last: now, hasMessage: true) }
    }

    /// Time since the last message, or since the subscription when none came.
    public var age: Duration { max(.zero, uptime() - state.withLock { $0.last }) }

    /// Not ready before the first message and after too long a silence.
    public var readiness: Readiness {
        let age = self.age
        guard state.withLock({ $0.hasMessage }) else {
            return .notReady(reason: "no message of \(stream) yet, \(age.shortText) after it was subscribed")
        }
        guard age > limit else { return .ready }
        return .notReady(
            reason: "no message of \(stream) for \(age.shortText); allowed are \(limit.shortText)")
    }
}
