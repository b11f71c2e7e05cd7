internal import Operations
internal import Storage

/// The ids under which a run is known in logs.
struct RunContext: Sendable {
    let runID: String
    let correlationID: String
    let traceID: String?

    init(run: StoredRun, traceID: String?) {
        (runID, correlationID, self.traceID) = (run.id, run.correlationID, traceID)
    }

    /// Does work of the run itself, whoever's request it was that came to it: what is logged meanwhile has
    /// the ids of the run, and none of a request.
    func with<T>(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> T
    ) async rethrows -> T {
        try await LogContext.$runID.withValue(runID) {
            try await LogContext.$correlationID.withValue(correlationID) {
                try await LogContext.$traceID.withValue(traceID) {
                    try await LogContext.$spanID.withValue(nil) {
                        try await LogContext.$requestID.withValue(nil) { try await work() }
                    }
                }
            }
        }
    }
}
