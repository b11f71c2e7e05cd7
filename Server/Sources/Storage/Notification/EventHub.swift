public import Events
internal import Synchronization

/// Tells subscribers about events after they are committed.
///
/// A subscription reads the log by offset, from any place, and never sees an event twice or misses one. For a
/// slow subscriber nothing is held back but its place, so that one never slows another or the writers: it
/// finds the latest events in memory, older ones in the log.
public final class EventHub: Sendable {
    /// What wakes a subscriber.
    enum Wake: Sendable {
        /// Events that it accepts; it has then seen everything up to an offset.
        case events([LoggedEvent], upTo: EventOffset)
        /// Something was committed elsewhere: look at the log.
        case look
        /// The store was closed, or the task cancelled.
        case end
    }

    /// What a subscriber finds in memory.
    enum Found {
        /// Events that it accepts; it has then seen everything up to an offset.
        case events([LoggedEvent], upTo: EventOffset)
        /// The place is older than what is held in memory; the log ended at an offset.
        case older(end: EventOffset)
        /// The store was closed.
        case end
    }

    struct Waiter {
        let offset: EventOffset
        let filter: EventFilter
        let continuation: CheckedContinuation<Wake, Never>

        /// What was committed may still stand before the place of a waiter that heard of it elsewhere.
        func accepts(_ event: LoggedEvent) -> Bool {
            event.offset > offset && filter.accepts(event.envelope)
        }
    }

    private struct State {
        var isClosed = false
        var end = EventOffset.start
        /// The latest events: all of them after `from`.
        var recent: [LoggedEvent] = []
        var from = EventOffset.start
        var waiters: [UInt64: Waiter] = [:]
        /// Waiters by the run they follow; nil for those that follow all.
        var byRun: [String?: Set<UInt64>] = [:]
        /// Waiters that follow one run and want events without a run as well.
        var alsoWithoutRun: Set<UInt64> = []
        var lastWaiter: UInt64 = 0
        /// Whether the log is being read for what other processes wrote.
        var isCatchingUp = false

        mutating func add(_ id: UInt64, _ waiter: Waiter) {
            waiters[id] = waiter
            byRun[waiter.filter.runID, default: []].insert(id)
            if waiter.filter.runID != nil, waiter.filter.includesEventsWithoutRun {
                alsoWithoutRun.insert(id)
            }
        }

        mutating func remove(_ id: UInt64) -> Waiter? {
            guard let waiter = waiters.removeValue(forKey: id) else { return nil }
            let key = waiter.filter.runID
            byRun[key]?.remove(id)
            if byRun[key]?.isEmpty == true { byRun[key] = nil }
            alsoWithoutRun.remove(id)
            return waiter
        }

        mutating func removeAll() {
            (waiters, byRun, alsoWithoutRun) = ([:], [:], [])
        }
    }

    private let state: Mutex<State>
    /// Most events held in memory.
    private let capacity: Int

    init(end: EventOffset, capacity: Int = 4_096) {
        var initial = State()
        initial.end = end
        initial.from = end
        state = Mutex(initial)
        self.capacity = capacity
    }

    /// Events after a place that a filter accepts, in order, in batches that are never empty. It goes on
    /// until the task is cancelled or the store is closed.
    public func subscribe(after offset: EventOffset, filter: EventFilter = .all) -> EventSubscription {
        EventSubscription(hub: self, reader: reader.withLock { $0 }, offset: offset, filter: filter)
    }

    /// Subscribers that wait for events now.
    public var waitingSubscribers: Int { state.withLock { $0.waiters.count } }

    /// The place of the last event that is known to be committed.
    public var end: EventOffset { state.withLock { $0.end } }

    // MARK: What the store does

    /// Reads the log for subscribers; set once, when the store is opened.
    let reader = Mutex<(any EventLog)?>(nil)

    /// Events of this process were committed.
    ///
    /// - Parameter start: where the log ended before them.
    func committed(_ events: [LoggedEvent], after start: EventOffset) {
        guard let last = events.last?.offset else { return }
        let woken: [(Waiter, Wake)]? = state.withLock { state in
            guard last > state.end else { return [] }
            if start <= state.end { return take(events, upTo: last, &state) }
            // Another process has written in between: the log is read on from where it was known.
            if !state.waiters.isEmpty { return nil }
            (state.recent, state.from, state.end) = ([], last, last)
            return []
        }
        guard let woken else {
            Task {
                do { try await catchUp(to: last) } catch {
                    // The next look may succeed; whoever reads is told of the same failure.
                    return
                }
            }
            return
        }
        for (waiter, wake) in woken { waiter.continuation.resume(returning: wake) }
    }

    /// The log ends at an offset, as a look at it said, and what other processes wrote is not known yet. It
    /// is read once for all subscribers, rather than by each of them; when it is more than memory holds
    /// they read it themselves.
    ///
    /// - Throws: ``StorageError``.
    func catchUp(to end: EventOffset) async throws {
        let isMine = state.withLock { state in
            defer { state.isCatchingUp = true }
            return !state.isCatchingUp
        }
        guard isMine else { return }
        defer { state.withLock { $0.isCatchingUp = false } }
        while true {
            let (from, hasReaders) = state.withLock { ($0.end, !$0.waiters.isEmpty) }
            if end <= from { return }
            guard hasReaders, end.count(after: from) <= capacity, let log = reader.withLock({ $0 }) else {
                return forget(upTo: end)
            }
            let page = try await log.read(after: from, limit: EventHub.page, where: .all)
            guard let last = page.last?.offset else { return forget(upTo: end) }
            let woken = state.withLock { last > $0.end ? take(page, upTo: last, &$0) : [] }
            for (waiter, wake) in woken { waiter.continuation.resume(returning: wake) }
        }
    }

    /// Events read at once.
    private static let page = 1_024

    /// The log ends at an offset, and what is before it is to be read by whoever wants it.
    private func forget(upTo end: EventOffset) {
        let woken: [(Waiter, Wake)] = state.withLock { state in
            guard end > state.end else { return [] }
            (state.recent, state.from, state.end) = ([], end, end)
            return EventHub.all(&state, .look)
        }
        for (waiter, wake) in woken { waiter.continuation.resume(returning: wake) }
    }

    /// Takes events into memory that follow what is known, though some of them may be known.
    private func take(
        _ events: [LoggedEvent], upTo last: EventOffset, _ state: inout State
    ) -> [(Waiter, Wake)] {
        let new = events.filter { $0.offset > state.end }
        state.recent += new
        if state.recent.count > capacity {
            let gone = state.recent.count - capacity / 2
            state.from = state.recent[gone - 1].offset
            state.recent.removeFirst(gone)
        }
        state.end = last
        return EventHub.match(new, upTo: last, &state)
    }

    /// Ends all subscriptions.
    func close() {
        let woken: [(Waiter, Wake)] = state.withLock { state in
            state.isClosed = true
            return EventHub.all(&state, .end)
        }
        for (waiter, wake) in woken { waiter.continuation.resume(returning: wake) }
    }

    private static func all(_ state: inout State, _ wake: Wake) -> [(Waiter, Wake)] {
        let woken = state.waiters.keys.sorted().compactMap { id in state.waiters[id].map { ($0, wake) } }
        state.removeAll()
        return woken
    }

    private static func match(
        _ events: [LoggedEvent], upTo last: EventOffset, _ state: inout State
    ) -> [(Waiter, Wake)] {
        var matched: [UInt64: [LoggedEvent]] = [:]
        for event in events {
            let followers =
                event.envelope.runID.map { state.byRun[$0] ?? [] } ?? state.alsoWithoutRun
            for ids in [state.byRun[nil] ?? [], followers] {
                for id in ids where state.waiters[id]?.accepts(event) == true {
                    matched[id, default: []].append(event)
                }
            }
        }
        return matched.compactMap { id, events in
            state.remove(id).map { ($0, .events(events, upTo: last)) }
        }
    }

    // MARK: What a subscription does

    /// Looks for events after a place in memory.
    func find(after offset: EventOffset, _ filter: EventFilter, limit: Int) -> Found {
        state.withLock { state in
            if state.isClosed { return .end }
            if offset < state.from { return .older(end: state.end) }
            var found: [LoggedEvent] = []
            var index = EventHub.firstIndex(after: offset, state.recent)
            while index < state.recent.count, found.count < limit {
                if filter.accepts(state.recent[index].envelope) { found.append(state.recent[index]) }
                index += 1
            }
            let upTo = index < state.recent.count ? found.last?.offset ?? state.end : state.end
            return .events(found, upTo: max(upTo, offset))
        }
    }

    private static func firstIndex(after offset: EventOffset, _ events: [LoggedEvent]) -> Int {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].offset > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Waits for events after a place; returns at once when there may be some.
    func wait(after offset: EventOffset, _ filter: EventFilter) async -> Wake {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Wake? = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return .end }
                    if state.end > offset { return .look }
                    state.add(
                        id, Waiter(offset: offset, filter: filter, continuation: continuation))
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            state.withLock { $0.remove(id) }?.continuation.resume(returning: .end)
        }
    }
}
