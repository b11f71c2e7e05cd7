/// Why a model gave no answer that can be used.
package enum InferenceFailure: Error, Hashable, CustomStringConvertible {
    /// Nobody listens there, or the connection broke.
    case unreachable(String)
    /// No answer came within the time for one.
    case timeout(seconds: Double)
    /// The answer has another status than 200.
    case status(Int)
    /// The answer is not HTTP, or too long.
    case malformed(String)
    /// The answer is HTTP, and no signal.
    case noSignal(String)

    /// Whether asking again may help.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .timeout: true
        case .status(let code): code == 429 || code >= 500
        case .malformed, .noSignal: false
        }
    }

    package var description: String {
        switch self {
        case .unreachable(let reason): "it cannot be reached: \(reason)"
        case .timeout(let seconds): "no answer came within \(seconds) s"
        case .status(let code): "it answered with the status \(code)"
        case .malformed(let reason): "its answer is not HTTP that can be read: \(reason)"
        case .noSignal(let reason): "its answer is no signal: \(reason)"
        }
    }
}
