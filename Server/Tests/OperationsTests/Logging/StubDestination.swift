import Dispatch
import Operations
import Synchronization

/// A destination that keeps what it gets, and blocks or fails when told to.
final class StubDestination: LogDestination {
    private struct State {
        var lines: [String] = []
        var failure: String?
        var isBlocked = false
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)
    private let arrivals = DispatchSemaphore(value: 0)

    var lines: [String] { state.withLock { $0.lines } }

    func block() { state.withLock { $0.isBlocked = true } }

    /// Waits until a writer is held up; whether one was within ten seconds.
    func holdsWriter() -> Bool { arrivals.wait(timeout: .now() + 10) == .success }

    func unblock() {
        state.withLock { $0.isBlocked = false }
        gate.signal()
    }

    func fail(_ reason: String?) { state.withLock { $0.failure = reason } }

    func write(_ line: [UInt8]) throws(LogWriteError) {
        if state.withLock({ $0.isBlocked }) {
            arrivals.signal()
            gate.wait()
        }
        let failure = state.withLock { state in
            if state.failure == nil { state.lines.append(String(decoding: line, as: UTF8.self)) }
            return state.failure
        }
        if let failure { throw LogWriteError(failure) }
    }
}
