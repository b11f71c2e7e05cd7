internal import Settings

/// What inputs about one service change.
extension SupervisionMachine {
    mutating func adopt(_ service: Int, _ pid: Int32, _ now: Duration) {
        guard tracks[service].phase == .idle else { return }
        run(service, pid, now)
        // It was started in its turn, before; what comes after it need not wait.
        tracks[service].hasBeenReady = true
        actions.append(.note(service: service, .adopted(pid: pid)))
        readyAtOnce(service, pid, now)
    }

    mutating func spawned(_ service: Int, _ pid: Int32, _ now: Duration) {
        guard tracks[service].phase == .spawning else { return }
        if tracks[service].isRestarting {
            tracks[service].isRestarting = false
            tracks[service].restarts += 1
            tracks[service].recentRestarts.append(now)
        }
        run(service, pid, now)
        actions.append(.note(service: service, .started(pid: pid)))
        readyAtOnce(service, pid, now)
    }

    /// A service that cannot be asked is ready as soon as it runs.
    private mutating func readyAtOnce(_ service: Int, _ pid: Int32, _ now: Duration) {
        if services[service].health != nil { return }
        checked(service, pid, HealthAnswer(problem: nil, holdsPositions: nil), now)
    }

    private mutating func run(_ service: Int, _ pid: Int32, _ now: Duration) {
        let isAsked = services[service].health != nil
        tracks[service].phase = .running(
            ServiceTrack.Running(
                pid: pid, since: now, wellSince: nil, hasBeenWell: false, nextCheck: isAsked ? now : nil,
                failedChecks: 0, holdsPositions: nil, isLeftAlone: false))
    }

    mutating func ended(_ service: Int, _ pid: Int32, _ end: ProcessEnd, _ now: Duration) {
        switch tracks[service].phase {
        case .running(let running) where running.pid == pid:
            if isStopping {
                stopped(service)
            } else if end.isFinal {
                giveUp(service, end.sentence + ", and would do so again")
            } else {
                fail(service, end.sentence, now)
            }
        case .ending(pid, _, .stopped): stopped(service)
        case .ending(pid, _, .failure(let reason)): fail(service, reason, now)
        case .idle, .spawning, .running, .ending, .waiting, .gaveUp, .stopped: break
        }
    }

    mutating func checked(_ service: Int, _ pid: Int32, _ answer: HealthAnswer, _ now: Duration) {
        guard case .running(var running) = tracks[service].phase, running.pid == pid else { return }
        // What it said before is no longer known once it does not answer.
        running.holdsPositions = answer.holdsPositions
        let isAsked = services[service].health != nil
        let interval =
            running.hasBeenWell || answer.problem == nil
            ? policy.checkInterval : SupervisionPolicy.startCheckInterval
        running.nextCheck = isAsked ? now + interval : nil
        guard let problem = answer.problem else {
            if running.wellSince == nil {
                running.wellSince = now
                actions.append(.note(service: service, .ready))
            }
            (running.hasBeenWell, running.failedChecks, running.isLeftAlone) = (true, 0, false)
            tracks[service].hasBeenReady = true
            tracks[service].phase = .running(running)
            return
        }
        let wasWell = running.wellSince != nil
        running.wellSince = nil
        running.failedChecks = min(running.failedChecks + 1, policy.failedChecks)
        if wasWell { actions.append(.note(service: service, .unready(reason: problem))) }
        tracks[service].phase = .running(running)
        if running.hasBeenWell, running.failedChecks >= policy.failedChecks, !isStopping {
            endOrLeaveAlone(
                service, "\(policy.failedChecks) checks in a row failed, the last one: \(problem)", now)
        }
    }

    // MARK: Endings

    /// Ends a process that runs without being well, so that it is started again; unless it trades with real
    /// money and its last answer was not that it holds no positions.
    mutating func endOrLeaveAlone(_ service: Int, _ reason: String, _ now: Duration) {
        guard case .running(var running) = tracks[service].phase else { return }
        if mode == .live && running.holdsPositions != false {
            if !running.isLeftAlone {
                running.isLeftAlone = true
                tracks[service].phase = .running(running)
                tracks[service].lastFailure = reason
                actions.append(.note(service: service, .leftAlone(reason: reason)))
            }
            return
        }
        end(service, running.pid, then: .failure(reason: reason), now)
    }

    mutating func end(_ service: Int, _ pid: Int32, then aftermath: ServiceTrack.Aftermath, _ now: Duration) {
        tracks[service].phase = .ending(pid: pid, killAt: now + services[service].grace, then: aftermath)
        actions.append(.note(service: service, .terminating))
        actions.append(.terminate(service: service, pid: pid))
    }

    private mutating func stopped(_ service: Int) {
        tracks[service].phase = .stopped
        actions.append(.note(service: service, .stopped))
    }

    mutating func fail(_ service: Int, _ reason: String, _ now: Duration) {
        tracks[service].lastFailure = reason
        if isStopping { return stopped(service) }
        tracks[service].recentRestarts.removeAll { now - $0 >= policy.intensityWindow }
        if tracks[service].recentRestarts.count >= policy.maximumRestarts {
            let window = policy.intensityWindow
            return giveUp(service, "\(reason), after \(policy.maximumRestarts) restarts within \(window)")
        }
        let attempt = tracks[service].attempts
        if attempt >= policy.waitsMilliseconds.count {
            return giveUp(service, "\(reason), after \(attempt) attempts")
        }
        let wait = Duration.milliseconds(policy.waitsMilliseconds[attempt])
        tracks[service].attempts = attempt + 1
        tracks[service].phase = .waiting(until: now + wait)
        actions.append(.note(service: service, .failed(reason: reason, attempt: attempt + 1, wait: wait)))
    }

    private mutating func giveUp(_ service: Int, _ reason: String) {
        tracks[service].lastFailure = reason
        tracks[service].phase = .gaveUp(reason: reason)
        actions.append(.note(service: service, .gaveUp(reason: reason)))
    }
}
