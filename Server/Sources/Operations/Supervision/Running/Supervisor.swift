internal import Glibc
internal import Settings
internal import Units

/// Runs the services of a plan on this host until it is told to end: the shell around ``SupervisionMachine``,
/// which decides everything. It blocks the thread that calls ``run()``.
///
/// Each service's process holds a lock for as long as it lives, handed down by the supervisor: a supervisor
/// that comes after one that was killed finds the process by its lock, and nothing runs twice.
public final class Supervisor {
    /// How supervision ended.
    public enum Outcome: Hashable, Sendable {
        /// As it was asked to; everything has stopped.
        case stopped
        /// Because services failed for good, each with its reason, and nothing runs any more.
        case gaveUp([String])
    }

    /// How often it looks at what tells nothing by itself: adopted processes, full logs, records not yet
    /// written.
    static let roundsEvery = Duration.milliseconds(200)

    let folder: StateFolder
    let plan: SupervisionPlan
    let environment: [String: String]
    let table: ProcessTable
    let notifier: SystemNotifier?
    let log: SupervisorLog
    let lock: LockFile
    var machine: SupervisionMachine
    var processes: [Int: ServiceProcess] = [:]
    var probes: [Int: (pid: Int32, probe: HealthProbe)] = [:]
    var records: [ServiceRecord]
    var unwritten: Set<Int> = []
    var inputs: [SupervisionMachine.Input] = []
    var report: StartReport
    private var isFinished = false
    /// What was last said about the log of a service that cannot be set aside.
    private var logProblems: [Int: SupervisionError] = [:]
    private var nextRound = Duration.zero
    private var nextWatchdog = Duration.zero

    /// A supervisor that has the lock of its folder.
    init(
        folder: StateFolder, plan: SupervisionPlan, lock: consuming LockFile, report: StartReport,
        environment: [String: String], echoes: Bool, table: ProcessTable = ProcessTable()
    ) {
        self.lock = lock
        (self.folder, self.plan, self.table) = (folder, plan, table)
        self.environment = environment.filter { !SystemNotifier.variables.contains($0.key) }
        self.report = report
        notifier = SystemNotifier(environment: environment, pid: getpid())
        log = SupervisorLog(path: folder.log(of: "supervisor"), echoes: echoes, now: SystemClocks.now)
        machine = SupervisionMachine(services: plan.services, mode: plan.mode, policy: plan.policy)
        records = plan.services.map { _ in
            ServiceRecord(process: nil, phase: "pending", mode: plan.mode, restarts: 0)
        }
    }

    /// Supervises until everything has stopped or failed for good.
    public func run() throws(SupervisionError) -> Outcome {
        let signals = try SignalPipe()
        recordItself()
        let names = plan.services.map(\.name).joined(separator: ", ")
        log.write(
            "notice", event: "supervisor-started", service: nil,
            "supervising \(names) in mode \(plan.mode.rawValue)")
        for service in plan.services.indices { takeOver(service) }
        inputs.append(.begin)
        while !isFinished {
            carryOut(at: SystemClocks.uptime())
            if isFinished { break }
            wait(signals)
            let arrived = signals.take()
            if arrived.end { stop() }
            lookAround(at: SystemClocks.uptime())
            inputs.append(.timePassed)
        }
        return finish()
    }

    private func stop() {
        if machine.isStopping { return }
        log.write("notice", event: "supervisor-stopping", service: nil, "told to stop")
        notifier?.stopping()
        inputs.append(.stopRequested)
    }

    private func finish() -> Outcome {
        writeRecords(again: true)
        let failures = zip(plan.services, machine.tracks).compactMap { service, track -> String? in
            if case .gaveUp(let reason) = track.phase { return "\(service.name): \(reason)" }
            return nil
        }
        if machine.isStopping || failures.isEmpty {
            log.write("notice", event: "supervisor-stopped", service: nil, "everything has stopped")
            report.send(.failed("it was stopped while it started"))
            return .stopped
        }
        log.write(
            "critical", event: "supervisor-gave-up", service: nil,
            "nothing runs any more: " + failures.joined(separator: "; "))
        return .gaveUp(failures)
    }

    // MARK: One round

    /// Hands inputs to the machine and does what it says, until there is nothing left to do.
    private func carryOut(at now: Duration) {
        while !inputs.isEmpty {
            let input = inputs.removeFirst()
            for action in machine.handle(input, at: now) { perform(action, at: now) }
        }
        writeRecords(again: false)
    }

    private func perform(_ action: SupervisionMachine.Action, at now: Duration) {
        switch action {
        case .spawn(let service): spawn(service)
        case .terminate(let service, _): send(SIGTERM, to: service)
        case .kill(let service, _): send(SIGKILL, to: service)
        case .check(let service, let pid):
            guard let endpoint = plan.services[service].health else { return }
            probes[service] = (pid, HealthProbe(endpoint, deadline: now + plan.policy.checkTimeout))
        case .note(let service, let event): note(service, event)
        case .allReady:
            log.write("notice", event: "all-ready", service: nil, "every service is ready")
            // Whoever is told finds it written down, whatever is killed then.
            writeRecords(again: false)
            notifier?.ready()
            report.send(.ready)
        case .finish: isFinished = true
        }
    }

    private func send(_ signal: Int32, to service: Int) {
        guard let number = processes[service]?.send(signal), number != 0 else { return }
        log.write(
            "error", event: "signal-failed", service: plan.services[service].name,
            "signal \(signal) cannot be sent: \(String(cString: strerror(number)))")
    }

    private func note(_ service: Int, _ event: ServiceEvent) {
        let name = plan.services[service].name
        let level = event.isAlarming ? "error" : "info"
        log.write(level, event: event.code, service: name, "\(name) \(event.sentence)")
        switch event {
        case .failed(let reason, _, _), .gaveUp(let reason), .leftAlone(let reason):
            records[service].lastFailure = reason
            records[service].lastFailureTime = SystemClocks.now().description
            report.send(.failed("\(name) \(event.sentence)"))
        case .started, .adopted, .ready, .unready, .terminating, .killing, .stopped, .stable: break
        }
        unwritten.insert(service)
        notifier?.status(
            zip(plan.services, machine.tracks).map { "\($0.name) \($1.word)" }.joined(separator: ", "))
    }

    private func wait(_ signals: SignalPipe) {
        let now = SystemClocks.uptime()
        var until = now + .seconds(60)
        if let deadline = machine.deadline { until = min(until, deadline) }
        // Unordered: the smallest of all.
        for (_, probe) in probes.values { until = min(until, probe.deadline) }
        let needsRounds = !unwritten.isEmpty || processes.values.contains { !$0.isChild }
        // Full logs are looked for once a second at most.
        until = min(until, max(nextRound, needsRounds ? now : now + .seconds(1)))
        if notifier?.watchdogInterval != nil { until = min(until, nextWatchdog) }
        var descriptors = [pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)]
        // Unordered: poll looks at all of them.
        for (_, probe) in probes.values where probe.descriptor >= 0 {
            descriptors.append(pollfd(fd: probe.descriptor, events: probe.events, revents: 0))
        }
        if probes.values.contains(where: { $0.probe.descriptor < 0 }) { until = now }
        // Rounded up, so that the moment has come when poll returns.
        let milliseconds = max(0, min(60_000, (until - now).milliseconds + 1))
        poll(&descriptors, nfds_t(descriptors.count), until <= now ? 0 : Int32(milliseconds))
    }

    private func lookAround(at now: Duration) {
        for service in processes.keys.sorted() {
            guard let process = processes[service], let end = process.end() else { continue }
            processes[service] = nil
            probes[service] = nil
            unwritten.insert(service)
            settleLog(of: service)
            inputs.append(.ended(service: service, pid: process.pid, end))
        }
        for service in probes.keys.sorted() {
            guard let (pid, probe) = probes[service], let answer = probe.advance(at: now) else { continue }
            probes[service] = nil
            inputs.append(.checked(service: service, pid: pid, answer))
        }
        if let interval = notifier?.watchdogInterval, now >= nextWatchdog {
            notifier?.watchdog()
            nextWatchdog = now + interval
        }
        if now >= nextRound {
            nextRound = now + Self.roundsEvery
            writeRecords(again: true)
            rotateLogs()
        }
    }

    private func rotateLogs() {
        for service in plan.services.indices {
            do throws(SupervisionError) {
                try CapturedOutput(path: folder.log(of: plan.services[service].name)).rotateIfFull()
                logProblems[service] = nil
            } catch {
                tell(error, aboutLogOf: service)
            }
        }
    }

    /// Once, however often it happens in a row.
    private func tell(_ problem: SupervisionError, aboutLogOf service: Int) {
        if logProblems.updateValue(problem, forKey: service) == problem { return }
        log.write(
            "error", event: "log-rotation-failed", service: plan.services[service].name, problem.description)
    }

    /// Leaves a plain file behind when nobody writes to it any more.
    private func settleLog(of service: Int) {
        let path = folder.log(of: plan.services[service].name)
        do throws(SupervisionError) {
            let output = CapturedOutput(path: path)
            if try output.hasHole() && table.openers(of: path).isEmpty { try output.settle() }
        } catch {
            tell(error, aboutLogOf: service)
        }
    }
}
