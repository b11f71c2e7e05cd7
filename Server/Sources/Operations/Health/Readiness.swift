/// Whether a part of the service can do its work now.
public enum Readiness: Hashable, Sendable {
    /// It can.
    case ready
    /// It cannot, for one reason, said in a sentence for a person.
    case notReady(reason: String)

    /// Why not; nil when ready.
    public var reason: String? {
        switch self {
        case .ready: nil
        case .notReady(let reason): reason
        }
    }

    /// Whether it can.
    public var isReady: Bool { self == .ready }
}
