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
        var events: [LoggedEvent]?
        var taker: CheckedContinuation<StreamItem, Never>?
        var putter: CheckedContinuation<Void, Never>?
        /// Whether it is time for a heartbeat, which nobody was there to take.
        var isBeatDue = false
        /// The place that reading goes on after, when what is before it is left out.
        var jump: EventOffset?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Puts events in, and returns once they were taken. After the end nothing is kept.
    ///
    /// - Returns: the place after which reading goes on, when the client is to miss what is before it; these
    ///   events may be lost then.
    func put(_ events: [LoggedEvent]) async -> EventOffset? {
        await withCheckedContinuation { (room: CheckedContinuation<Void, Never>) in
            let (taker, isDone) = state.withLock { state -> (CheckedContinuation<StreamItem, Never>?, Bool) in
                if state.isClosed || state.jump != nil { return (nil, true) }
                if let taker = state.taker {
                    state.taker = nil
                    return (taker, true)
                }
                // There is one who puts events; they wait here until the place is free.
                state.events = events
                state.putter = room
                return (nil, false)
            }
            taker?.resume(returning: .events(events))
            if isDone { room.resume() }
        }
        return state.withLock { state in
            defer { state.jump = nil }
            return state.jump
        }
    }

    /// Leaves out what is in it and all that comes before a place: whoever puts goes on after that.
    func goOn(after place: EventOffset) {
        let putter = state.withLock { state in
            defer { (state.events, state.putter, state.jump) = (nil, nil, place) }
            return state.putter
        }
        putter?.resume()
    }

    /// Puts a heartbeat in, which is taken when there is nothing else.
    func beat() {
        let taker = state.withLock { state in
            defer { state.taker = nil }
            state.isBeatDue = state.taker == nil
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
                    if let events = state.events {
                        defer { (state.events, state.putter) = (nil, nil) }
                        return (.events(events), state.putter)
                    }
                    if state.isClosed || Task.isCancelled { return (.end, nil) }
                    if state.isBeatDue {
                        state.isBeatDue = false
                        return (.heartbeat, nil)
                    }
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
