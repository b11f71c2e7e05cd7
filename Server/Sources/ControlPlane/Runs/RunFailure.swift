internal import Events
internal import HTTPTypes
public import Storage
public import TradewindCommands

/// Why the service of runs does not do what it was asked for.
public enum RunFailure: Error, Hashable, Sendable {
    /// There is no run of this id.
    case unknown(String)
    /// Its state does not allow it.
    case state(id: String, status: String, wanted: String)
    /// The process may not execute runs of this kind.
    case mode(wanted: String, allowed: String)
    /// This build has no such runs.
    case unavailable(String)
    /// Runs may not be started here.
    case switchedOff
    /// What was asked for is wrong.
    case invalid(RunProblems)
    /// As many runs wait as may.
    case queueFull(Int)
    /// What follows the event log is too far behind.
    case behind(BackpressureError)
    /// The service is stopping.
    case stopping
}

extension APIError {
    /// The failure as clients see it.
    init(_ failure: RunFailure) {
        switch failure {
        case .unknown(let id): self.init(.notFound, "there is no run \(id)")
        case .state(let id, let status, let wanted):
            self.init(
                .conflict, "run \(id) is \(status): \(wanted)",
                details: .object([JSONMember("run_id", .string(id)), JSONMember("status", .string(status))]))
        case .mode(let wanted, let allowed):
            self.init(
                .conflict,
                "a \(wanted) run is refused: this process executes \(allowed) at most (execution.mode)",
                details: .object([
                    JSONMember("mode", .string(wanted)), JSONMember("execution_mode", .string(allowed)),
                ]))
        case .unavailable(let what): self.init(.dependencyUnavailable, what)
        case .switchedOff:
            self.init(.accessDenied, "runs cannot be started here: features.start-runs is off")
        case .invalid(let problems): self.init(problems)
        case .queueFull(let count):
            self.init(
                .backpressure, "\(count) runs wait already, which is the most (runs.max-queued)",
                details: .object([JSONMember("queued", .integer(count))]), headers: [.retryAfter: "10"])
        case .behind(let pressure):
            self.init(
                .backpressure, pressure.description,
                details: .object([
                    JSONMember("consumer", .optional(pressure.reading.consumer)),
                    JSONMember("lag", .integer(pressure.reading.lag)),
                    JSONMember("limit", .integer(pressure.limit)),
                ]), headers: [.retryAfter: "10"])
        case .stopping: self.init(.serviceUnavailable, "the service is stopping")
        }
    }

    /// Everything that is wrong in a request.
    init(_ problems: RunProblems) {
        let list = problems.problems.map { problem -> JSONText in
            .object([
                JSONMember("key", .string(problem.key)), JSONMember("message", .string(problem.message)),
                JSONMember("remedy", .optional(problem.remedy)),
            ])
        }
        let first = problems.problems.first.map { $0.key.isEmpty ? $0.message : "\($0.key): \($0.message)" }
        let rest = problems.problems.count > 1 ? " (and \(problems.problems.count - 1) more)" : ""
        self.init(
            .validationFailed, (first ?? "the request is not valid") + rest,
            details: .object([JSONMember("problems", .list(list))]))
    }
}
