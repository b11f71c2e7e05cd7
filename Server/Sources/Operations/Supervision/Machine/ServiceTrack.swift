/// Where one service stands. Only ``SupervisionMachine`` changes it.
package struct ServiceTrack: Sendable {
    /// A process of the service.
    package struct Running: Hashable, Sendable {
        let pid: Int32
        let since: Duration
        /// Since when it has been well without a break; nil while it is not.
        var wellSince: Duration?
        /// Whether it has been well at all.
        var hasBeenWell: Bool
        /// When it is asked next; nil while an answer is awaited.
        var nextCheck: Duration?
        /// Checks in a row that failed.
        var failedChecks: Int
        /// What its last answer said about positions; nil when there was none.
        var holdsPositions: Bool?
        /// Whether it was said that it is left alone.
        var isLeftAlone: Bool
    }

    /// What follows when a process that was told to end has ended.
    package enum Aftermath: Hashable, Sendable {
        case stopped
        case failure(reason: String)
    }

    /// Where it stands.
    package enum Phase: Hashable, Sendable {
        /// Its turn has not come.
        case idle
        /// A process has been ordered.
        case spawning
        /// A process runs.
        case running(Running)
        /// A process was told to end and has until a moment; nil once it was killed.
        case ending(pid: Int32, killAt: Duration?, then: Aftermath)
        /// No process; one is started at a moment.
        case waiting(until: Duration)
        /// No process, as it failed too often.
        case gaveUp(reason: String)
        /// No process, as none is wanted.
        case stopped
    }

    /// Where it stands.
    package internal(set) var phase: Phase = .idle
    /// Attempts since it was last stable.
    package internal(set) var attempts = 0
    /// Restarts since the supervisor started.
    package internal(set) var restarts = 0
    /// Why it last failed.
    package internal(set) var lastFailure: String?
    /// Whether it has been ready at all: then the next service may start.
    var hasBeenReady = false
    /// Whether the process to come is a restart.
    var isRestarting = false
    /// The moments of restarts, as far back as the window of intensity.
    var recentRestarts: [Duration] = []

    /// The process that runs, if one does.
    package var pid: Int32? {
        switch phase {
        case .running(let running): running.pid
        case .ending(let pid, _, _): pid
        case .idle, .spawning, .waiting, .gaveUp, .stopped: nil
        }
    }

    /// Whether no process runs or is being started.
    var isGone: Bool {
        switch phase {
        case .idle, .waiting, .gaveUp, .stopped: true
        case .spawning, .running, .ending: false
        }
    }

    /// Whether a process is started at a moment to come.
    var isWaiting: Bool {
        if case .waiting = phase { return true }
        return false
    }

    /// Whether it is well now.
    package var isReady: Bool {
        if case .running(let running) = phase { return running.wellSince != nil }
        return false
    }

    /// A stable word for programs.
    package var word: String {
        switch phase {
        case .idle: "pending"
        case .spawning: "starting"
        case .running(let running):
            running.wellSince != nil
                ? "ready"
                : running.isLeftAlone ? "left-alone" : running.hasBeenWell ? "not-ready" : "starting"
        case .ending: "stopping"
        case .waiting: "waiting"
        case .gaveUp: "gave-up"
        case .stopped: "stopped"
        }
    }
}
