public import Events
internal import Units

/// Makes the tables of runs, results, orders, fills and positions from events: the only code that writes
/// them, so that a replay of the log gives the same tables.
public enum RunProjection {
    /// The types that it reads.
    public static let types: Set<EventType> = [
        .runCreated, .runQueued, .runStarted, .runProgress, .runStopRequested, .runStopped, .runCompleted,
        .runFailed, .runDeleted, .ordersCreated, .ordersPlaced, .ordersPartiallyFilled, .ordersFilled,
        .ordersCancelled, .ordersRejected, .ordersRecorded,
    ]

    /// Appends events and applies them, in one transaction.
    public static func record(_ events: [EventEnvelope], _ transaction: StoreTransaction) throws {
        try transaction.append(events)
        for event in events { try apply(event, transaction) }
    }

    /// Applies one event. What it does not read, and what concerns a run that is not there, changes nothing.
    public static func apply(_ event: EventEnvelope, _ transaction: StoreTransaction) throws {
        guard types.contains(event.type) else { return }
        try ProjectionSnapshot.preserve(event.runID, transaction.session)
        try write(event, transaction)
    }

    /// Writes what an event says, and nothing about snapshots.
    static func write(_ event: EventEnvelope, _ transaction: StoreTransaction) throws {
        switch event.type {
        case .runCreated: try create(event, transaction)
        case .ordersCreated, .ordersPlaced, .ordersPartiallyFilled, .ordersFilled, .ordersCancelled,
            .ordersRejected:
            try OrderProjection.apply(event, transaction)
        case .ordersRecorded: try OrderProjection.record(event, transaction)
        default:
            guard types.contains(event.type), let id = event.runID, var run = try transaction.runs.find(id)
            else { return }
            try change(&run, event, transaction)
        }
    }

    /// Makes all tables again: from what the removed events left at the checkpoint, and the events after it.
    ///
    /// - Throws: `EventChainBreak` when what the removed events left is damaged; nothing is changed then.
    @discardableResult
    public static func rebuild(_ transaction: StoreTransaction) throws -> RebuildReport {
        try ProjectionSnapshot.rebuild(transaction)
    }

    private static func create(_ event: EventEnvelope, _ transaction: StoreTransaction) throws {
        guard let id = event.runID else { return }
        let payload = event.payload
        var run = StoredRun(
            id: id, name: payload["name"]?.text ?? id, mode: payload["mode"]?.text ?? "backtest",
            strategy: payload["strategy"]?.text ?? "", config: payload["config"] ?? .object([]),
            createdBy: payload["created_by"]?.text ?? "", correlationID: event.correlationID,
            createdAt: event.time)
        run.shareClass = payload["share_class"]?.text
        run.initialEquity = payload["initial_equity"]?.exact
        run.start = payload["start"]?.moment
        run.end = payload["end"]?.moment
        try transaction.runs.save(run)
    }

    private static func change(
        _ run: inout StoredRun, _ event: EventEnvelope, _ transaction: StoreTransaction
    ) throws {
        let payload = event.payload
        switch event.type {
        case .runQueued: run.queuedAt = event.time
        case .runStarted:
            run.status = .running
            (run.startedAt, run.queuedAt) = (event.time, nil)
            run.attempts += 1
            try transaction.results.deletePoints(of: run.id)
        case .runProgress: try advance(&run, payload, transaction)
        case .runStopRequested:
            run.stopRequestedAt = event.time
            run.reason = payload["reason"]?.text
        case .runStopped: end(&run, .stopped, event)
        case .runFailed:
            end(&run, .failed, event)
            run.errorCode = payload["code"]?.text
            run.problems = payload["problems"]
        case .runCompleted:
            end(&run, .completed, event)
            run.percent = 100
            if let equity = payload["final_equity"]?.exact { run.equity = equity }
            if let fills = payload["fills"]?.wholeNumber { run.fills = fills }
            if let summary = payload["summary"] {
                try transaction.results.save(
                    StoredResult(runID: run.id, summary: summary, recordedAt: event.time))
            }
        case .runDeleted:
            try transaction.runs.delete(run.id)
            return
        default: return
        }
        try transaction.runs.save(run)
    }

    private static func end(_ run: inout StoredRun, _ status: RunStatus, _ event: EventEnvelope) {
        run.status = status
        (run.endedAt, run.queuedAt) = (event.time, nil)
        run.reason = event.payload["reason"]?.text ?? run.reason
    }

    private static func advance(
        _ run: inout StoredRun, _ payload: JSONText, _ transaction: StoreTransaction
    ) throws {
        let time = payload["time"]?.moment
        run.percent = payload["percent"]?.double ?? run.percent
        run.time = time ?? run.time
        run.equity = payload["equity"]?.exact ?? run.equity
        run.drawdown = payload["drawdown"]?.double ?? run.drawdown
        run.orders = payload["orders"]?.wholeNumber ?? run.orders
        run.fills = payload["fills"]?.wholeNumber ?? run.fills
        let points = (payload["curve"]?.items ?? []).compactMap { point -> StoredPoint? in
            guard let items = point.items, items.count == 2, let time = items[0].moment,
                let equity = items[1].exact
            else { return nil }
            return StoredPoint(time: time, equity: equity)
        }
        if !points.isEmpty { try transaction.results.add(points, of: run.id) }
        guard let positions = payload["positions"]?.items, let time else { return }
        let id = run.id
        try transaction.positions.replace(
            of: id,
            with: positions.compactMap { position in
                guard let instrument = position["instrument"]?.text,
                    let quantity = position["quantity"]?.exact
                else { return nil }
                return StoredPosition(
                    runID: id, instrument: instrument, quantity: quantity, mark: position["mark"]?.exact,
                    updatedAt: time)
            })
    }
}

/// Makes the tables of orders and fills from events.
enum OrderProjection {
    /// Writes orders as they stand, whatever was known of them.
    static func record(_ event: EventEnvelope, _ transaction: StoreTransaction) throws {
        for payload in event.payload["orders"]?.items ?? [] {
            guard let id = payload["client_order_id"]?.text, let quantity = payload["qty"]?.exact,
                let filled = payload["filled_qty"]?.exact
            else { continue }
            let created = payload["created_at"]?.moment ?? event.time
            var order = StoredOrder(
                id: id, runID: event.runID, instrument: payload["instrument"]?.text ?? "",
                side: payload["side"]?.text ?? "", type: payload["type"]?.text ?? "",
                status: payload["status"]?.text == "partially_filled"
                    ? "partial" : payload["status"]?.text ?? "pending",
                quantity: quantity, filled: filled, correlationID: event.correlationID, createdAt: created,
                updatedAt: payload["updated_at"]?.moment ?? created)
            order.averagePrice = payload["average_price"]?.exact
            order.limitPrice = payload["limit_price"]?.exact
            order.stopPrice = payload["stop_price"]?.exact
            order.reason = payload["reason"]?.text
            try transaction.orders.save(order)
        }
    }

    static func apply(_ event: EventEnvelope, _ transaction: StoreTransaction) throws {
        let payload = event.payload
        guard let id = payload["client_order_id"]?.text else { return }
        let time = payload["time"]?.moment ?? event.time
        let known = try transaction.orders.find(id)
        var order =
            known
            ?? StoredOrder(
                id: id, runID: event.runID,
                instrument: payload["instrument"]?.text ?? payload["symbol"]?.text ?? "",
                side: payload["side"]?.text ?? "", type: payload["type"]?.text ?? "", status: "pending",
                quantity: payload["qty"]?.exact ?? .zero, filled: .zero,
                correlationID: event.correlationID, createdAt: time, updatedAt: time)
        order.updatedAt = time
        order.limitPrice = payload["limit_price"]?.exact ?? order.limitPrice
        order.stopPrice = payload["stop_price"]?.exact ?? order.stopPrice
        order.venueOrderID = payload["venue_order_id"]?.text ?? order.venueOrderID
        order.reason = payload["reason"]?.text ?? order.reason
        switch event.type {
        case .ordersPlaced: order.status = "accepted"
        case .ordersCancelled: order.status = "cancelled"
        case .ordersRejected: order.status = "rejected"
        case .ordersPartiallyFilled, .ordersFilled:
            if try !fill(&order, event, time, transaction) { return }
        default: break
        }
        try transaction.orders.save(order)
    }

    /// Books a fill.
    ///
    /// - Returns: false for one that is booked already.
    private static func fill(
        _ order: inout StoredOrder, _ event: EventEnvelope, _ time: Instant, _ transaction: StoreTransaction
    ) throws -> Bool {
        let payload = event.payload
        guard let quantity = payload["fill_qty"]?.exact, let price = payload["fill_price"]?.exact else {
            return false
        }
        let id = payload["fill_id"]?.text ?? event.id.description
        if try transaction.fills.contains(id) { return false }
        try transaction.fills.add(
            StoredFill(
                id: id, runID: event.runID, orderID: order.id, instrument: order.instrument,
                side: order.side, quantity: quantity, price: price, fee: payload["fee"]?.exact,
                feeAsset: payload["fee_asset"]?.text, cause: payload["reason"]?.text, time: time))
        order.averagePrice = payload["average_price"]?.exact ?? (order.filled == .zero ? price : nil)
        order.filled = payload["filled_qty"]?.exact ?? quantity
        if order.quantity < order.filled { order.quantity = order.filled }
        order.status = event.type == .ordersFilled ? "filled" : "partial"
        return true
    }
}

extension JSONText {
    /// A decimal as text; nil for another kind of value.
    fileprivate var exact: ExactDecimal? { text.flatMap { ExactDecimal($0) } }
    /// A moment as text; nil for another kind of value.
    fileprivate var moment: Instant? { text.flatMap { Instant(iso8601: $0) } }
}
