internal import Events
internal import Storage
internal import Units

/// Makes the events of runs.
struct RunEvents {
    let sources: RunSources
    /// The trace that events belong to which nobody asks for.
    var traceID: String?

    init(sources: RunSources) { self.sources = sources }

    /// The same, of a trace.
    func of(traceID: String?) -> RunEvents {
        var events = self
        events.traceID = traceID
        return events
    }

    /// Who says it.
    static let producer = "control-plane.runs"
    /// The most fills of a run that become events of their own; all of them are in its results.
    static let fillLimit = 1_000

    func made(
        _ type: EventType, _ run: StoredRun, by requester: RunRequester? = nil, _ payload: [JSONMember] = []
    ) -> EventEnvelope {
        EventEnvelope(
            id: sources.eventID(), type: type, runID: run.id,
            correlationID: requester?.correlationID ?? run.correlationID,
            traceID: requester?.traceID ?? traceID,
            time: sources.now(), producer: Self.producer,
            payload: .object([JSONMember("run_id", .string(run.id))] + payload))
    }

    func created(_ run: StoredRun, by requester: RunRequester) -> EventEnvelope {
        var payload = [
            JSONMember("mode", .string(run.mode)), JSONMember("strategy", .string(run.strategy)),
            JSONMember("name", .string(run.name)), JSONMember("config", run.config),
            JSONMember("created_by", .string(requester.name)),
        ]
        if let asset = run.shareClass { payload.append(JSONMember("share_class", .string(asset))) }
        if let equity = run.initialEquity { payload.append(JSONMember("initial_equity", .money(equity))) }
        if let start = run.start { payload.append(JSONMember("start", .time(start))) }
        if let end = run.end { payload.append(JSONMember("end", .time(end))) }
        return made(.runCreated, run, by: requester, payload)
    }

    /// Progress as events: how far it is, and the fills since the last word.
    ///
    /// - Parameter told: fills that were told of already.
    func progress(_ word: JSONText, _ run: StoredRun, told: Int) -> [EventEnvelope] {
        let known = [
            "percent", "time", "equity", "drawdown", "orders", "fills", "curve", "recent_fills", "positions",
            "attribution",
        ]
        let payload = known.compactMap { key in word[key].map { JSONMember(key, $0) } }
        let advance = made(.runProgress, run, payload)
        let room = max(0, Self.fillLimit - told)
        let fills = (word["recent_fills"]?.items ?? []).prefix(room).compactMap { fill($0, run) }
        return [advance] + fills
    }

    private func fill(_ word: JSONText, _ run: StoredRun) -> EventEnvelope? {
        guard let number = word["number"]?.wholeNumber, let order = word["order"]?.wholeNumber,
            let quantity = word["quantity"], let price = word["price"], let time = word["time"]
        else { return nil }
        let instrument = word["instrument"]?.text ?? ""
        return EventEnvelope(
            // The same fill is the same event, however often the run is told of.
            id: EventID(derivedFrom: "\(run.id) fill \(run.attempts)", sequence: UInt64(max(0, number))),
            type: .ordersFilled, runID: run.id, correlationID: run.correlationID, traceID: traceID,
            time: sources.now(), producer: Self.producer,
            payload: .object([
                JSONMember("client_order_id", .string("\(run.id)-\(order)")),
                JSONMember("fill_id", .string("\(run.id)-fill-\(Self.padded(number))")),
                JSONMember("fill_qty", quantity), JSONMember("fill_price", price),
                JSONMember("instrument", .string(instrument)),
                JSONMember("symbol", .string(String(instrument.split(separator: ":").last ?? ""))),
                JSONMember("side", .string(word["side"]?.text?.lowercased() ?? "")),
                JSONMember("type", .string(word["cause"]?.text ?? "")),
                JSONMember("reason", .string(word["cause"]?.text ?? "")),
                JSONMember("fee", word["fee"] ?? .null), JSONMember("fee_asset", word["fee_asset"] ?? .null),
                JSONMember("time", time),
            ]))
    }

    /// Orders as they stand, under the ids that storage knows them by.
    func recorded(_ orders: [JSONText], _ run: StoredRun) -> EventEnvelope {
        let known = orders.compactMap { order -> JSONText? in
            guard let number = order["order"]?.wholeNumber, let members = order.members else { return nil }
            return .object(
                [JSONMember("client_order_id", .string("\(run.id)-\(number)"))]
                    + members.filter { $0.key != "order" })
        }
        return made(.ordersRecorded, run, [JSONMember("orders", .list(known))])
    }

    /// Numbers of fills sort as text.
    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    func completed(_ run: StoredRun, _ summary: JSONText) -> EventEnvelope {
        var payload: [JSONMember] = []
        for key in ["final_equity", "total_return", "fills", "trades", "sharpe", "max_drawdown", "log_hash"] {
            if let value = summary[key], value != .null { payload.append(JSONMember(key, value)) }
        }
        if let seconds = summary["elapsed_seconds"] {
            payload.append(JSONMember("elapsed_seconds", seconds))
        }
        return made(.runCompleted, run, payload + [JSONMember("summary", summary)])
    }

    func failed(
        _ run: StoredRun, reason: String, code: String, remedy: String? = nil, problems: JSONText? = nil,
        exitCode: Int32? = nil
    ) -> EventEnvelope {
        var payload = [JSONMember("reason", .string(reason)), JSONMember("code", .string(code))]
        if let remedy { payload.append(JSONMember("remedy", .string(remedy))) }
        if let problems, problems.items != nil { payload.append(JSONMember("problems", problems)) }
        if let exitCode { payload.append(JSONMember("exit_code", .integer(Int(exitCode)))) }
        return made(.runFailed, run, payload)
    }
}
