/// How severe a line of a log is, the least first.
public enum LogSeverity: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// Every step.
    case trace
    /// What helps to find a fault.
    case debug
    /// What happens in the normal course.
    case info
    /// What happens seldom, and is no fault.
    case notice
    /// What may become a fault.
    case warning
    /// What failed.
    case error
    /// What the service cannot go on with.
    case critical

    /// The word for it.
    public var name: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }

    /// Reads the word in any case; also the words of other libraries, such as `WARN`, `ERR` and `FATAL`.
    public init?(name: some StringProtocol) {
        switch name.lowercased() {
        case "trace", "verbose", "finest": self = .trace
        case "debug", "fine": self = .debug
        case "info", "information", "informational", "log": self = .info
        case "notice": self = .notice
        case "warning", "warn": self = .warning
        case "error", "err", "severe": self = .error
        case "critical", "crit", "fatal", "alert", "emergency", "emerg", "panic": self = .critical
        default: return nil
        }
    }

    public static func < (a: LogSeverity, b: LogSeverity) -> Bool { a.rawValue < b.rawValue }
}
