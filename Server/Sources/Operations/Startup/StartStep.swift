/// The steps of a service's start, in their order.
public enum StartStep: String, Hashable, Sendable, CaseIterable {
    /// Counting, so that whatever follows can be counted.
    case metrics
    /// Settings, all of them, and from then on the log.
    case configuration
    /// Market data: the series that are asked for exist and cover the range.
    case dataProvider = "data provider"
    /// The parts of the service, each after those that it needs.
    case components
    /// Requests are taken.
    case httpServer = "HTTP server"

    /// As in `2 of 5`.
    public var position: String {
        let all = StartStep.allCases
        return "\((all.firstIndex(of: self) ?? 0) + 1) of \(all.count)"
    }
}

/// A start that did not succeed: which step failed, and with what.
public struct StartFailure: Error, CustomStringConvertible {
    /// The step.
    public let step: StartStep
    /// The part of the service; nil when the step has no parts.
    public let component: ComponentName?
    /// What went wrong.
    public let cause: any Error

    /// A failure.
    public init(step: StartStep, component: ComponentName? = nil, cause: any Error) {
        (self.step, self.component, self.cause) = (step, component, cause)
    }

    /// `the start failed at step 4 of 5, components (results-store): ...`.
    public var description: String { "\(place): \(cause)" }

    /// `the start failed at step 4 of 5, components (results-store)`.
    public var place: String {
        let part = component.map { " (\($0))" } ?? ""
        return "the start failed at step \(step.position), \(step.rawValue)\(part)"
    }
}
