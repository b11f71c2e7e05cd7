import Operations
import Synchronization
import Units

/// Clocks that a test sets, and a timer that fires at once for timeouts that the test chose as too short.
final class ManualSources: Sendable {
    /// A check with this timeout has none left as soon as it is asked.
    static let expired = Duration.milliseconds(7)

    private let time = Mutex(Duration.seconds(1_000))

    var uptime: Duration { time.withLock { $0 } }

    func advance(_ step: Duration) { time.withLock { $0 += step } }

    func sources(redact: @escaping @Sendable (String) -> String = { $0 }) -> HealthSources {
        HealthSources(
            now: { Instant(nanoseconds: 1_700_000_000_000_000_000) }, uptime: { self.uptime },
            after: { delay, action in if delay == Self.expired { action() } }, redact: redact)
    }
}

extension ReadinessCheck {
    /// A check for tests.
    static func sample(
        _ name: String, timeout: Duration = .seconds(2), component: ComponentName = .host,
        _ judge: @escaping @Sendable () async throws -> Readiness
    ) -> ReadinessCheck {
        ReadinessCheck(
            name: ComponentName(folding: name), component: component, judgedBy: "the test", remedy: "none",
            timeout: timeout, judge: judge)
    }
}

/// Counts, from any thread.
final class Tally: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    @discardableResult func add() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Holds callers back until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
