internal import Hummingbird
internal import Synchronization

/// Runs a handler in a task of its own and goes on without it when it takes too long.
///
/// The task is cancelled first and the answer given afterwards: a handler that was reading the request's body
/// has then lost it, so that the server alone goes on reading the connection. A handler that does not heed
/// its cancellation ends when it ends; nobody waits for it. A handler must read the body in its own task, not
/// in one that its cancellation does not reach.
enum HandlerTimeLimit {
    /// What the handler answers, or ``APIError/tooSlow(_:)``.
    ///
    /// - Parameter onExpiry: called when the time is over.
    static func run(
        limit: Duration, _ handler: @escaping @Sendable () async throws -> Response,
        onExpiry: @escaping @Sendable () -> Void
    ) async throws -> Response {
        let race = HandlerRace()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                race.begin(continuation)
                let work = Task {
                    let result: Result<Response, any Error>
                    do { result = .success(try await handler()) } catch { result = .failure(error) }
                    race.finish(result)
                }
                let timer = Task {
                    do { try await Task.sleep(for: limit) } catch { return }
                    if race.expire(.failure(APIError.tooSlow(limit))) { onExpiry() }
                }
                race.adopt(work: work, timer: timer)
            }
        } onCancel: {
            race.cancelWork()
        }
    }
}

/// Lets the first of handler and timer answer.
private final class HandlerRace: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Response, any Error>?
        var work: Task<Void, Never>?
        var timer: Task<Void, Never>?
        var isOver = false
        var isCancelled = false
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<Response, any Error>) {
        state.withLock { $0.continuation = continuation }
    }

    /// Both tasks are known from now on; what they missed meanwhile is made up for.
    func adopt(work: Task<Void, Never>, timer: Task<Void, Never>) {
        let (isOver, isCancelled) = state.withLock { state in
            (state.work, state.timer) = (work, timer)
            return (state.isOver, state.isCancelled)
        }
        if isOver { timer.cancel() }
        if isOver || isCancelled { work.cancel() }
    }

    /// The handler has answered.
    func finish(_ result: Result<Response, any Error>) {
        let (continuation, timer) = claim { $0.timer }
        timer?.cancel()
        continuation?.resume(with: result)
    }

    /// The time is over.
    ///
    /// - Returns: whether the handler had not answered yet.
    func expire(_ result: Result<Response, any Error>) -> Bool {
        let (continuation, work) = claim { $0.work }
        guard let continuation else { return false }
        work?.cancel()
        continuation.resume(with: result)
        return true
    }

    func cancelWork() {
        let work = state.withLock { state in
            state.isCancelled = true
            return state.work
        }
        work?.cancel()
    }

    private func claim(_ other: (State) -> Task<Void, Never>?) -> (
        CheckedContinuation<Response, any Error>?, Task<Void, Never>?
    ) {
        state.withLock { state in
            defer { (state.continuation, state.isOver) = (nil, true) }
            return (state.continuation, other(state))
        }
    }
}
