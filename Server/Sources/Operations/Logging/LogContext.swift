public import Logging

/// What the lines of one piece of work have in common, carried by the task: whatever is logged within has it.
public enum LogContext {
    /// The request, job or event that the work belongs to.
    @TaskLocal public static var correlationID: String?
    /// The run that the work belongs to.
    @TaskLocal public static var runID: String?

    /// Hands both to swift-log.
    public static let metadataProvider = Logger.MetadataProvider {
        var metadata: Logger.Metadata = [:]
        if let correlationID { metadata["correlation_id"] = .string(correlationID) }
        if let runID { metadata["run_id"] = .string(runID) }
        return metadata
    }
}
