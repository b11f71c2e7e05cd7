public import Events
internal import Hummingbird
internal import MarketData
public import Storage
public import TradewindCommands
internal import Units

/// What the routes of research work with.
public struct RunAPI: Sendable {
    let runs: RunService
    let store: any Store
    let desk: RunDesk
    let options: RunServiceOptions
    let maximumPage: Int
    let configuration: JSONText

    /// Routes over a service of runs.
    ///
    /// - Parameters:
    ///   - maximumPage: entries of the largest page.
    ///   - configuration: the settings in effect, secrets hidden.
    public init(
        runs: RunService, store: any Store, desk: RunDesk = RunDesk(), options: RunServiceOptions,
        maximumPage: Int, configuration: JSONText
    ) {
        (self.runs, self.store, self.desk, self.options) = (runs, store, desk, options)
        (self.maximumPage, self.configuration) = (maximumPage, configuration)
    }

    var results: ResultStore { ResultStore(root: options.results) }

    func limits(_ standard: Int) -> PageLimits { PageLimits(standard: standard, maximum: maximumPage) }

    /// The run that a path names.
    ///
    /// - Throws: ``APIError``.
    func run(_ context: APIContext) async throws -> StoredRun {
        try await failing { try await runs.find(try RunAPI.id(context)) }
    }

    /// The id of a path; what has not the form of one is not looked for.
    static func id(_ context: APIContext, _ name: String = "id") throws -> String {
        let text = context.parameters.get(name) ?? ""
        let isForm = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isForm, (1...80).contains(text.utf8.count) else {
            throw APIError(.notFound, "there is nothing of this id")
        }
        return text
    }

    /// What the service refuses as clients see it.
    func failing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let failure as RunFailure {
            throw APIError(failure)
        } catch let error as StorageError {
            throw APIError(error)
        }
    }
}

extension APIError {
    /// A failure of storage as clients see it.
    init(_ error: StorageError) {
        switch error.code {
        case .busy, .overloaded, .timeout:
            self.init(.backpressure, "the storage is busy", headers: [.retryAfter: "1"])
        case .closed: self.init(.serviceUnavailable, "the service is stopping")
        default: self.init(.dependencyUnavailable, "the storage cannot do this now (\(error.code))")
        }
    }
}

/// Stored things as JSON.
enum RunJSON {
    static func run(_ run: StoredRun, position: Int?, hidesConfig: Bool = false) -> JSONText {
        var members = [
            JSONMember("id", .string(run.id)), JSONMember("name", .string(run.name)),
            JSONMember("mode", .string(run.mode)), JSONMember("strategy", .string(run.strategy)),
            JSONMember("status", .string(run.status.rawValue)),
            JSONMember("share_class", .optional(run.shareClass)),
            JSONMember("initial_equity", .optional(run.initialEquity?.description)),
            JSONMember("start", .time(run.start)), JSONMember("end", .time(run.end)),
            JSONMember("created_at", .time(run.createdAt)), JSONMember("created_by", .string(run.createdBy)),
            JSONMember("correlation_id", .string(run.correlationID)),
            JSONMember("started_at", .time(run.startedAt)), JSONMember("ended_at", .time(run.endedAt)),
            JSONMember("stop_requested_at", .time(run.stopRequestedAt)),
            JSONMember("queue_position", .optional(position)), JSONMember("attempts", .integer(run.attempts)),
            JSONMember(
                "progress",
                .object([
                    JSONMember("percent", .number(run.percent)), JSONMember("time", .time(run.time)),
                    JSONMember("equity", .optional(run.equity?.description)),
                    JSONMember("drawdown", .optional(run.drawdown)),
                    JSONMember("orders", .integer(run.orders)), JSONMember("fills", .integer(run.fills)),
                ])),
            JSONMember("reason", .optional(run.reason)), JSONMember("error", error(run)),
        ]
        if !hidesConfig { members.append(JSONMember("config", run.config)) }
        return .object(members)
    }

    private static func error(_ run: StoredRun) -> JSONText {
        guard run.status == .failed else { return .null }
        return .object([
            JSONMember("code", .string(run.errorCode ?? "failed")),
            JSONMember("message", .string(run.reason ?? "the run failed")),
            JSONMember("problems", run.problems ?? .list([])),
        ])
    }

    static func order(_ order: StoredOrder) -> JSONText {
        .object([
            JSONMember("id", .string(order.id)), JSONMember("client_order_id", .string(order.id)),
            JSONMember("run_id", .optional(order.runID)), JSONMember("instrument", .string(order.instrument)),
            JSONMember("side", .string(order.side)), JSONMember("type", .string(order.type)),
            JSONMember("status", .string(order.status)), JSONMember("quantity", .money(order.quantity)),
            JSONMember("filled_quantity", .money(order.filled)),
            JSONMember("average_price", .optional(order.averagePrice?.description)),
            JSONMember("limit_price", .optional(order.limitPrice?.description)),
            JSONMember("stop_price", .optional(order.stopPrice?.description)),
            JSONMember("venue_order_id", .optional(order.venueOrderID)),
            JSONMember("reason", .optional(order.reason)),
            JSONMember("correlation_id", .string(order.correlationID)),
            JSONMember("created_at", .time(order.createdAt)),
            JSONMember("updated_at", .time(order.updatedAt)),
        ])
    }

    static func position(_ position: StoredPosition) -> JSONText {
        .object([
            JSONMember("run_id", .string(position.runID)),
            JSONMember("instrument", .string(position.instrument)),
            JSONMember("quantity", .money(position.quantity)),
            JSONMember("mark", .optional(position.mark?.description)),
            JSONMember("updated_at", .time(position.updatedAt)),
        ])
    }

    static func fill(_ fill: StoredFill) -> JSONText {
        .object([
            JSONMember("time", .time(fill.time)), JSONMember("instrument", .string(fill.instrument)),
            JSONMember("side", .string(fill.side.uppercased())),
            JSONMember("quantity", .money(fill.quantity)),
            JSONMember("price", .money(fill.price)), JSONMember("fee", .optional(fill.fee?.description)),
            JSONMember("fee_asset", .optional(fill.feeAsset)), JSONMember("order_id", .string(fill.orderID)),
            JSONMember("cause", .optional(fill.cause)),
        ])
    }

    /// A row of a CSV file; empty cells are null, the ids of orders are those of storage.
    static func row(_ row: [String: String], _ columns: [String], run id: String) -> JSONText {
        .object(
            columns.map { column in
                let cell = row[column] ?? ""
                guard column == "order_id", let dash = cell.lastIndex(of: "-") else {
                    return JSONMember(column, cell.isEmpty ? .null : .string(cell))
                }
                return JSONMember(column, .string(id + cell[dash...]))
            })
    }

    static func event(_ event: LoggedEvent) -> JSONText {
        let envelope = event.envelope
        return .object([
            JSONMember("offset", .integer(Int(event.offset.value))),
            JSONMember("id", .string(envelope.id.description)),
            JSONMember("kind", .string(envelope.kind.rawValue)),
            JSONMember("type", .string(envelope.type.text)),
            JSONMember("version", .string(envelope.version)), JSONMember("run_id", .optional(envelope.runID)),
            JSONMember("correlation_id", .string(envelope.correlationID)),
            JSONMember("causation_id", .optional(envelope.causationID?.description)),
            JSONMember("trace_id", .optional(envelope.traceID)), JSONMember("time", .time(envelope.time)),
            JSONMember("producer", .string(envelope.producer)), JSONMember("payload", envelope.payload),
        ])
    }
}

extension APIContext {
    /// Who asks, for events and storage.
    var requester: RunRequester {
        RunRequester(
            name: principal.id, correlationID: correlationID, traceID: trace.traceID, actor: actor)
    }
}
