internal import Events
internal import Glibc
internal import Logging
internal import Operations
internal import TradewindCommands

/// The log of the process of a run, on standard error.
struct RunLog {
    private let output: LogOutput
    private let logger: Logger

    /// - Parameters:
    ///   - correlationID: the work that the run belongs to, if any.
    ///   - traceID: the trace that it belongs to, if any.
    init(runID: String, correlationID: String?, traceID: String?) {
        let queue = LogQueue(
            sink: "stderr", destination: DescriptorLog(descriptor: STDERR_FILENO, name: "standard error"),
            now: SystemClocks.now, uptime: SystemClocks.uptime)
        // What leaves this process passes through the service, which hides secrets.
        output = LogOutput(
            service: "run", queues: [queue], redact: { $0 }, now: SystemClocks.now, metrics: MetricsRegistry()
        )
        var logger = StructuredLog.logger("tradewind.run", output: output, level: .info)
        logger[metadataKey: "run_id"] = .string(runID)
        if let correlationID { logger[metadataKey: "correlation_id"] = .string(correlationID) }
        if let traceID { logger[metadataKey: "trace_id"] = .string(traceID) }
        self.logger = logger
    }

    func begins() {
        logger.info(
            "process \(getpid()) executes the run",
            metadata: ["event": "run_process_started", "pid": .stringConvertible(Int(getpid()))])
    }

    /// - Parameter summary: the object of `summary.json`.
    func ends(_ summary: JSONText) {
        var metadata: Logger.Metadata = ["event": "run_process_finished"]
        for key in ["fills", "trades", "final_equity", "elapsed_seconds"] {
            guard let value = summary[key], value != .null else { continue }
            metadata[key] =
                value.wholeNumber.map { .stringConvertible($0) } ?? .string(value.text ?? value.compact)
        }
        logger.info("the run came to its end, its results are written", metadata: metadata)
    }

    func fails(_ failure: CommandFailure) {
        for problem in failure.problems.prefix(20) {
            logger.error(
                "\(problem.message)",
                metadata: [
                    "event": "run_process_failed", "code": .string(problem.code),
                    "remedy": .string(problem.remedy ?? ""),
                ])
        }
    }

    /// Writes what waits.
    func close() { output.flush() }
}
