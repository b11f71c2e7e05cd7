public import Logging

/// What the lines of one piece of work have in common, carried by the task: whatever is logged within has it.
public enum LogContext {
    /// The request, job or event that the work belongs to.
    @TaskLocal public static var correlationID: String?
    /// The one request that is being answered.
    @TaskLocal public static var requestID: String?
    /// The run that the work belongs to.
    @TaskLocal public static var runID: String?

    /// The trace that the work belongs to: 32 hexadecimal digits.
    @TaskLocal public static var traceID: String?
    /// The part of the trace that this service does: 16 hexadecimal digits.
    @TaskLocal public static var spanID: String?

    /// Hands all of them to swift-log.
    public static let metadataProvider = Logger.MetadataProvider {
        var metadata: Logger.Metadata = [:]
        if let correlationID { metadata["correlation_id"] = .string(correlationID) }
        if let requestID { metadata["request_id"] = .string(requestID) }
        if let traceID { metadata["trace_id"] = .string(traceID) }
        if let spanID { metadata["span_id"] = .string(spanID) }
        if let runID { metadata["run_id"] = .string(runID) }
        return metadata
    }
}
