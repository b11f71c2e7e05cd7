internal import Events
internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Reads the log of a run as it is written, and keeps what happened in one span of it.
final class ActivityRecorder {
    private let start: Instant
    private let end: Instant
    private let limit: Int
    private var tap = RunLogTap()
    /// Requests of orders, by number, for the words of what became of them.
    private var requests: [OrderID: OrderRequest] = [:]
    private(set) var activity = StressActivity()
    /// What happened, in order, at most as many as the limit.
    private(set) var records: [RunRecord] = []
    /// What happened beyond them.
    private(set) var omitted = 0

    /// - Parameters:
    ///   - start: the first moment that counts.
    ///   - end: the first that no longer does.
    ///   - limit: the most records that are kept.
    init(from start: Instant, to end: Instant, limit: Int) {
        (self.start, self.end, self.limit) = (start, end, limit)
    }

    /// Takes the next block of the log.
    func take(_ block: UnsafeRawBufferPointer) throws {
        try tap.read(block) { record in
            if case .orderSubmitted(let id, let request, _) = record.event { requests[id] = request }
            guard record.time >= start, record.time < end, count(record.event) else { return }
            if records.count < limit { records.append(record) } else { omitted += 1 }
        }
    }

    /// The request of an order; nil for one that a venue made.
    func request(of order: OrderID) -> OrderRequest? { requests[order] }

    /// Counts an event; false for what tells nothing of what the run did.
    private func count(_ event: RunEvent) -> Bool {
        switch event {
        case .orderSubmitted: activity.orders += 1
        case .orderMoved(_, .rejected, _), .requestRefused: activity.refusals += 1
        case .orderMoved(_, .cancelled, _), .orderMoved(_, .expired, _): return true
        case .orderFilled: activity.fills += 1
        case .groupSubmitted: return true
        case .groupEnded(_, let status, _, _, _, _, _):
            if status == .executed { activity.groups += 1 } else { activity.failedGroups += 1 }
        case .transferSent: activity.transfers += 1
        case .transferArrived: return true
        case .transferRefused: activity.refusedTransfers += 1
        case .marginCalled: activity.marginCalls += 1
        case .positionClosed(_, _, _, _, let reason, _):
            if reason == .liquidated || reason == .deleveraged { activity.liquidations += 1 }
        case .insurancePaid: return true
        default: return false
        }
        return true
    }
}
