public import Events
internal import Synchronization

/// How a component is.
public enum ComponentStatus: String, Hashable, Sendable, CaseIterable {
    /// It works.
    case healthy
    /// More than five errors in a row.
    case degraded
    /// More than ten errors in a row.
    case unhealthy
    /// A step of its start is not done, or one of its checks fails.
    case notReady = "not_ready"
    /// It has not said anything yet.
    case unknown
    /// This process has no use for it.
    case notConfigured = "not_configured"
}

/// What one component says about itself, and where it says it. Cheap: a lock and a few words.
public final class ComponentHealth: Sendable {
    /// Errors in a row above which a component is degraded, as in "more than".
    public static let degradedAbove = 5
    /// Errors in a row above which it is unhealthy.
    public static let unhealthyAbove = 10
    /// Steps that a component may name; further ones are left out.
    public static let maximumSteps = 32

    /// The component.
    public let name: ComponentName
    private let state = Mutex(State())

    private struct State {
        var errorsInARow = 0
        var errorCode: String?
        var steps: [String: Bool] = [:]
        var activity: String?
        var hasReported = false
        var isConfigured = true
        var facts: (@Sendable () -> JSONText)?
    }

    /// A component that has said nothing.
    public init(name: ComponentName) { self.name = name }

    /// Says whether a step of the start is done: `initialized`, `data_loaded`.
    public func mark(_ step: String, _ isDone: Bool = true) {
        state.withLock {
            if $0.steps[step] == nil && $0.steps.count >= Self.maximumSteps { return }
            $0.steps[step] = isDone
            $0.hasReported = true
        }
    }

    /// Says that a piece of work succeeded: the row of errors ends.
    public func recordSuccess() {
        state.withLock {
            ($0.errorsInARow, $0.errorCode, $0.hasReported) = (0, nil, true)
        }
    }

    /// Says that a piece of work failed.
    ///
    /// - Parameter code: a stable word, shown until the next success.
    public func recordError(code: String) {
        state.withLock {
            $0.errorsInARow = min($0.errorsInARow + 1, Int(Int32.max))
            $0.errorCode = code
            $0.hasReported = true
        }
    }

    /// Says what it is doing, in a few words; nil for nothing to say. No judgement: the state stays as it is.
    public func show(activity: String?) { state.withLock { $0.activity = activity } }

    /// Says that this process has no use for the component.
    public func markNotConfigured() { state.withLock { $0.isConfigured = false } }

    /// Says what health shows beside the status, asked for each time: facts for people, never a secret. It
    /// is to answer at once.
    public func describe(_ facts: @escaping @Sendable () -> JSONText) {
        state.withLock { $0.facts = facts }
    }

    /// What is shown beside the status now; nil when there is nothing.
    public var facts: JSONText? { state.withLock { $0.facts }?() }

    /// What it says now.
    public var snapshot: ComponentSnapshot {
        state.withLock { state in
            let status: ComponentStatus =
                if !state.isConfigured {
                    .notConfigured
                } else if !state.hasReported {
                    .unknown
                } else if state.steps.values.contains(false) {
                    .notReady
                } else if state.errorsInARow > Self.unhealthyAbove {
                    .unhealthy
                } else if state.errorsInARow > Self.degradedAbove {
                    .degraded
                } else {
                    .healthy
                }
            return ComponentSnapshot(
                name: name, status: status, errorCode: state.errorCode, activity: state.activity,
                steps: state.steps.sorted { $0.key < $1.key }.map { .init(name: $0.key, isDone: $0.value) })
        }
    }
}

/// What a component said at one moment.
public struct ComponentSnapshot: Hashable, Sendable {
    /// A step of the start, or a check.
    public struct Step: Hashable, Sendable {
        /// As in `data_loaded`.
        public let name: String
        /// Whether it is done.
        public let isDone: Bool
    }

    /// The component.
    public let name: ComponentName
    /// How it is.
    public let status: ComponentStatus
    /// The code of the last error of the present row; nil when there is none.
    public let errorCode: String?
    /// What it is doing, as `running: 2 runs`; nil when it does not say.
    public let activity: String?
    /// In the order of names.
    public let steps: [Step]
}
