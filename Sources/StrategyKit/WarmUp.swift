/// How much of the market a strategy must have seen before a moment, so that from there on it decides as if
/// it had seen everything.
///
/// A run whose window begins within its data shows a strategy earlier rows, which it may only watch. One that
/// declares how many it needs is not shown more where only its decisions count: a walk-forward, which begins
/// anew in each of its windows, is many times faster so.
public enum WarmUp: Hashable, Sendable {
    /// All there are.
    case everything
    /// Of each series the rows of its last so many distinct times: of bars, that many bars.
    case moments(Int)

    /// What several strategies need together.
    package static func joined(_ all: some Sequence<WarmUp>) -> WarmUp {
        var most = 0
        for one in all {
            guard case .moments(let count) = one else { return .everything }
            most = max(most, count)
        }
        return .moments(most)
    }
}
