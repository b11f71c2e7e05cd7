/// What happened to a service, for the log of the supervisor and for its record.
package enum ServiceEvent: Hashable, Sendable {
    /// A process was started.
    case started(pid: Int32)
    /// A process that was running already, from before the supervisor, was taken over.
    case adopted(pid: Int32)
    /// It answers that it is well, for the first time or again.
    case ready
    /// It answers that it is not well, or not at all; for the first time since it was.
    case unready(reason: String)
    /// It would be restarted, but may hold positions with real money: a person decides.
    case leftAlone(reason: String)
    /// It failed, and is started again after a wait.
    case failed(reason: String, attempt: Int, wait: Duration)
    /// It failed for good: nothing starts it again but a person.
    case gaveUp(reason: String)
    /// It is being asked to end.
    case terminating
    /// It did not end in time and is being killed.
    case killing
    /// It ended as it was asked to.
    case stopped
    /// It was well for so long that its earlier failures are forgotten.
    case stable

    /// A stable word for programs.
    package var code: String {
        switch self {
        case .started: "service-started"
        case .adopted: "service-adopted"
        case .ready: "service-ready"
        case .unready: "service-unready"
        case .leftAlone: "service-left-alone"
        case .failed: "service-failed"
        case .gaveUp: "service-gave-up"
        case .terminating: "service-terminating"
        case .killing: "service-killing"
        case .stopped: "service-stopped"
        case .stable: "service-stable"
        }
    }

    /// One sentence for people, without the name of the service.
    package var sentence: String {
        switch self {
        case .started(let pid): "started as process \(pid)"
        case .adopted(let pid): "was running already as process \(pid) and is supervised again"
        case .ready: "is ready"
        case .unready(let reason): "is not ready: \(reason)"
        case .leftAlone(let reason):
            "is not ready (\(reason)) and may hold positions: it is left running; look at it, "
                + "then restart it by hand"
        case .failed(let reason, let attempt, let wait):
            "failed: \(reason); attempt \(attempt) to start it again follows in \(wait)"
        case .gaveUp(let reason): "GAVE UP: \(reason); it stays stopped until it is started by hand"
        case .terminating: "is asked to end"
        case .killing: "did not end in time and is killed"
        case .stopped: "stopped"
        case .stable: "is stable; earlier failures are forgotten"
        }
    }

    /// Whether a person should look at it.
    package var isAlarming: Bool {
        switch self {
        case .unready, .leftAlone, .failed, .gaveUp, .killing: true
        case .started, .adopted, .ready, .terminating, .stopped, .stable: false
        }
    }
}

/// How a process ended.
package enum ProcessEnd: Hashable, Sendable {
    /// By itself, with a status.
    case status(Int32)
    /// By a signal.
    case signal(Int32)
    /// It is gone; how it ended is not known, as it was not started by this supervisor.
    case unknown

    /// What happened, as the end of a sentence.
    var sentence: String {
        switch self {
        case .status(let status): "it ended by itself with exit code \(status)"
        case .signal(let signal): "it was ended by signal \(signal)"
        case .unknown: "it ended"
        }
    }

    /// Whether starting again would end the same way: wrong usage or configuration.
    var isFinal: Bool { self == .status(64) || self == .status(78) }
}

/// What a service said about itself.
package struct HealthAnswer: Hashable, Sendable {
    /// Why it is not well; nil when it is.
    package let problem: String?
    /// Whether it holds positions; nil when it did not say.
    package let holdsPositions: Bool?

    /// An answer.
    package init(problem: String?, holdsPositions: Bool?) {
        (self.problem, self.holdsPositions) = (problem, holdsPositions)
    }
}
