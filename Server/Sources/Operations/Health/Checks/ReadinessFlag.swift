internal import Synchronization

/// A readiness that one part of the service sets and a check reads.
public final class ReadinessFlag: Sendable {
    private let state: Mutex<Readiness>

    /// Not ready, for a reason, until somebody says otherwise.
    public init(notReady reason: String) { state = Mutex(.notReady(reason: reason)) }

    /// What was said last.
    public var readiness: Readiness { state.withLock { $0 } }

    /// Says that it is so from now on.
    public func set(_ readiness: Readiness) { state.withLock { $0 = readiness } }
}
