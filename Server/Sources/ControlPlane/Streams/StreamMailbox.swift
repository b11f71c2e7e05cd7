internal import Events
internal import Synchronization

/// What a stream sends next.
enum StreamItem: Sendable {
    /// Events of the log, in order.
    case events([LoggedEvent])
    /// Nothing happened for a while.
    case heartbeat
    /// The log cannot be read, or the service is stopping: the client may come back.
    case end
}

/// One place between those who have something to send and the one who sends it: who puts waits until what was
/// put before is taken, so that a slow client holds back its own reading of the log and nothing else.
final class StreamMailbox: Sendable {
    private struct State {
        var item: StreamItem?
        var taker: CheckedContinuation<StreamItem, Never>?
        var putter: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Puts something in, once there is room. After the end nothing is kept.
    func put(_ item: StreamItem) async {
        await withCheckedContinuation { (room: CheckedContinuation<Void, Never>) in
            let (taker, isDone) = state.withLock { state -> (CheckedContinuation<StreamItem, Never>?, Bool) in
                if state.isClosed { return (nil, true) }
                if let taker = state.taker {
                    state.taker = nil
                    return (taker, true)
                }
                // There is one who puts events; they wait here until the place is free.
                state.item = item
                state.putter = room
                return (nil, false)
            }
            taker?.resume(returning: item)
            if isDone { room.resume() }
        }
    }

    /// Puts a heartbeat in when somebody waits for something.
    func beat() {
        let taker = state.withLock { state in
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: .heartbeat)
    }

    /// Ends the stream: what is in it is taken first.
    func close() {
        let (taker, putter) = state.withLock { state in
            defer { (state.taker, state.putter, state.isClosed) = (nil, nil, true) }
            return (state.taker, state.putter)
        }
        taker?.resume(returning: .end)
        putter?.resume()
    }

    /// Takes what comes next.
    func take() async -> StreamItem {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (found, putter) = state.withLock {
                    state -> (StreamItem?, CheckedContinuation<Void, Never>?) in
                    if let item = state.item {
                        defer { (state.item, state.putter) = (nil, nil) }
                        return (item, state.putter)
                    }
                    if state.isClosed || Task.isCancelled { return (.end, nil) }
                    state.taker = continuation
                    return (nil, nil)
                }
                putter?.resume()
                if let found { continuation.resume(returning: found) }
            }
        } onCancel: {
            close()
        }
    }
}
