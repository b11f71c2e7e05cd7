internal import Events
internal import Glibc

/// What the process of a run left: a result, a failure, or nothing but how it ended.
struct RunOutcome {
    /// The object of `summary.json`.
    var summary: JSONText?
    /// `{"code", "message", "remedy", "problems"}`.
    var failure: JSONText?
    var status: Int32?
    var signal: Int32?

    /// Why a run failed, as people read it.
    struct Ending {
        let reason: String
        let code: String
        let remedy: String?
        let problems: JSONText?
        /// Whether the program failed, rather than what it was given.
        let isOurs: Bool
    }

    /// - Parameter errors: the end of what the process wrote to standard error.
    func ending(errors: String) -> Ending {
        if let failure {
            return Ending(
                reason: failure["message"]?.text ?? "the run failed", code: failure["code"]?.text ?? "failed",
                remedy: failure["remedy"]?.text, problems: failure["problems"], isOurs: false)
        }
        let said = errors.isEmpty ? "" : ": " + errors
        if let signal {
            let cause =
                signal == SIGKILL
                ? "was killed, as when memory runs out" : "crashed with signal \(signal)"
            return Ending(
                reason: "the process of the run \(cause)\(said)", code: "process-killed",
                remedy: "look into the log of the service; run it over a shorter window", problems: nil,
                isOurs: signal != SIGKILL && signal != SIGTERM)
        }
        return Ending(
            reason: "the process of the run ended with status \(status ?? -1) and no result\(said)",
            code: "process-ended", remedy: "look into the log of the service", problems: nil, isOurs: true)
    }
}
