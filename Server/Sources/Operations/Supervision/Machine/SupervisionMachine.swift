package import Settings

/// Decides what a supervisor does: `(state, input at a time) -> actions`. It knows no process, file or clock.
///
/// Services start in order, each once the one before is ready, and end in reverse order. One that fails is
/// started again after the waits of the policy; when those are used up, or it was restarted too often in too
/// short a time, it stays stopped. A service that trades with real money and may hold positions is never
/// ended for not being well.
package struct SupervisionMachine: ~Copyable {
    /// What happened.
    package enum Input: Hashable, Sendable {
        /// The supervisor begins.
        case begin
        /// A service runs already, from before.
        case adopted(service: Int, pid: Int32)
        /// The process that was ordered runs.
        case spawned(service: Int, pid: Int32)
        /// The process that was ordered could not be started.
        case spawnFailed(service: Int, reason: String)
        /// A process has ended.
        case ended(service: Int, pid: Int32, ProcessEnd)
        /// A check was answered, or not answered in time.
        case checked(service: Int, pid: Int32, HealthAnswer)
        /// Everything shall stop.
        case stopRequested
        /// Nothing but time.
        case timePassed
    }

    /// What is to be done.
    package enum Action: Hashable, Sendable {
        /// Start a process of the service, and say whether that worked.
        case spawn(service: Int)
        /// Send SIGTERM.
        case terminate(service: Int, pid: Int32)
        /// Send SIGKILL.
        case kill(service: Int, pid: Int32)
        /// Ask the service how it is, and say what it answered.
        case check(service: Int, pid: Int32)
        /// Tell people.
        case note(service: Int, ServiceEvent)
        /// Every service is ready, for the first time.
        case allReady
        /// Nothing runs any more and nothing will: the supervisor ends.
        case finish
    }

    /// The services, in the order in which they start.
    package let services: [ServiceDefinition]
    /// What they may do to the outside world.
    package let mode: ExecutionMode
    let policy: SupervisionPolicy
    /// Where each service stands.
    package internal(set) var tracks: [ServiceTrack]
    /// Whether everything shall stop.
    package private(set) var isStopping = false
    private var hasBegun = false
    private var wasAllReady = false
    private var isFinished = false
    var actions: [Action] = []

    /// A machine before ``Input/begin``.
    package init(services: [ServiceDefinition], mode: ExecutionMode, policy: SupervisionPolicy) {
        (self.services, self.mode, self.policy) = (services, mode, policy)
        tracks = services.map { _ in ServiceTrack() }
    }

    /// Takes an input and says what is to be done, in order. Inputs about a process that is no longer the
    /// service's own change nothing.
    package mutating func handle(_ input: Input, at now: Duration) -> [Action] {
        actions.removeAll(keepingCapacity: true)
        if isFinished { return [] }
        switch input {
        case .begin: hasBegun = true
        case .adopted(let service, let pid): adopt(service, pid, now)
        case .spawned(let service, let pid): spawned(service, pid, now)
        case .spawnFailed(let service, let reason):
            if tracks[service].phase == .spawning { fail(service, reason, now) }
        case .ended(let service, let pid, let end): ended(service, pid, end, now)
        case .checked(let service, let pid, let answer): checked(service, pid, answer, now)
        case .stopRequested: isStopping = true
        case .timePassed: break
        }
        if hasBegun || isStopping { advance(now) }
        return actions
    }

    /// The next moment at which ``Input/timePassed`` has something to do; nil when only other inputs have.
    package var deadline: Duration? {
        var earliest: Duration?
        func consider(_ moment: Duration?) {
            guard let moment else { return }
            earliest = min(earliest ?? moment, moment)
        }
        for (service, track) in zip(services, tracks) {
            switch track.phase {
            case .running(let running):
                consider(running.nextCheck)
                if !running.hasBeenWell && !running.isLeftAlone {
                    consider(running.since + service.readyWithin)
                }
                if let since = running.wellSince, track.attempts > 0 { consider(since + policy.stableAfter) }
            case .ending(_, let killAt, _): consider(killAt)
            case .waiting(let until): consider(until)
            case .idle, .spawning, .gaveUp, .stopped: break
            }
        }
        return earliest
    }

    // MARK: What time brings

    private mutating func advance(_ now: Duration) {
        for service in services.indices { age(service, now) }
        if isStopping { stopNext(now) } else { startNext(now) }
        if !wasAllReady, tracks.allSatisfy(\.isReady) {
            wasAllReady = true
            actions.append(.allReady)
        }
        // One that waits for its next attempt will run again, unless everything shall stop.
        if tracks.allSatisfy(\.isGone), isStopping || !tracks.contains(where: { $0.isWaiting }) {
            isFinished = true
            actions.append(.finish)
        }
    }

    private mutating func age(_ service: Int, _ now: Duration) {
        switch tracks[service].phase {
        case .running(var running):
            if let next = running.nextCheck, next <= now {
                running.nextCheck = nil
                tracks[service].phase = .running(running)
                actions.append(.check(service: service, pid: running.pid))
            }
            if let since = running.wellSince, tracks[service].attempts > 0, now - since >= policy.stableAfter
            {
                tracks[service].attempts = 0
                actions.append(.note(service: service, .stable))
            }
            let limit = services[service].readyWithin
            if !running.hasBeenWell, now - running.since >= limit, !isStopping {
                endOrLeaveAlone(service, "it was not ready within \(limit)", now)
            }
        case .ending(let pid, let killAt?, let then) where killAt <= now:
            tracks[service].phase = .ending(pid: pid, killAt: nil, then: then)
            actions.append(.note(service: service, .killing))
            actions.append(.kill(service: service, pid: pid))
        case .idle, .spawning, .ending, .waiting, .gaveUp, .stopped: break
        }
    }

    private mutating func startNext(_ now: Duration) {
        for service in services.indices {
            switch tracks[service].phase {
            case .idle:
                tracks[service].phase = .spawning
                actions.append(.spawn(service: service))
            case .waiting(let until) where until <= now:
                tracks[service].phase = .spawning
                tracks[service].isRestarting = true
                actions.append(.spawn(service: service))
            case .waiting, .spawning, .running, .ending, .gaveUp, .stopped: break
            }
            if !tracks[service].hasBeenReady { return }
        }
    }

    /// Ends the last service that still runs; the one before it when that is gone.
    private mutating func stopNext(_ now: Duration) {
        for service in services.indices.reversed() {
            switch tracks[service].phase {
            case .running(let running):
                end(service, running.pid, then: .stopped, now)
                return
            case .ending(let pid, let killAt, _):
                tracks[service].phase = .ending(pid: pid, killAt: killAt, then: .stopped)
                return
            case .spawning: return
            case .idle, .waiting: tracks[service].phase = .stopped
            case .gaveUp, .stopped: break
            }
        }
    }
}
