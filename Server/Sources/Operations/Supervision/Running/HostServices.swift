internal import Glibc
internal import Settings

/// The services of this host as a command sees them: how they are, and how they are ended.
public struct HostServices: Sendable {
    /// Their folder.
    public let folder: StateFolder
    private let table: ProcessTable
    private let inspection: ServiceInspection

    /// The services of a folder.
    public init(folder: StateFolder) {
        self.folder = folder
        table = ProcessTable()
        inspection = ServiceInspection(folder: folder, table: table)
    }

    // MARK: Status

    /// Finds out how everything is, and asks each service that runs.
    ///
    /// - Throws: when something runs that this user cannot see.
    public func status() throws(SupervisionError) -> HostStatus {
        let remembered = SupervisionMemory(folder).read()
        var problems = remembered.problems
        let supervisor = try inspection.supervisor()
        let planned = remembered.plan?.services ?? []
        let others = inspection.knownServices().filter { name in !planned.contains { $0.name == name } }
        var mode = remembered.plan?.mode
        var services: [HostStatus.Service] = []
        for name in planned.map(\.name) + others {
            var record: ServiceRecord?
            do throws(SupervisionError) {
                record = try inspection.record(of: name)
            } catch {
                problems.append(error)
            }
            let process = try inspection.process(of: name)
            if let process, let actual = inspection.mode(of: process.pid) ?? record?.mode { mode = actual }
            let definition = planned.first { $0.name == name }
            if definition == nil && process == nil && remembered.plan != nil { continue }
            services.append(
                service(
                    name, definition, record, process, isSupervised: supervisor != nil,
                    isWanted: remembered.plan?.isWanted ?? false,
                    timeout: remembered.plan?.policy.checkTimeout))
        }
        return HostStatus(
            supervisor: supervisor, supervisorUptime: supervisor.flatMap { table.uptime(of: $0.pid) },
            mode: mode,
            isWanted: remembered.plan?.isWanted ?? (supervisor != nil), services: services, problems: problems
        )
    }

    private func service(
        _ name: String, _ definition: ServiceDefinition?, _ record: ServiceRecord?,
        _ process: ProcessIdentity?,
        isSupervised: Bool, isWanted: Bool, timeout: Duration?
    ) -> HostStatus.Service {
        var answer: HealthAnswer?
        if process != nil {
            answer =
                definition?.health.map { Self.ask($0, within: timeout ?? .seconds(3)) }
                ?? HealthAnswer(problem: nil, holdsPositions: nil)
        }
        let word = record?.phase ?? "pending"
        let state: String
        switch (process != nil, isSupervised) {
        case (true, true):
            state =
                word == "stopping" ? word : answer?.problem == nil ? "ready" : Self.unready(recorded: word)
        case (true, false): state = "unsupervised"
        case (false, true):
            state = ["waiting", "gave-up", "pending", "stopped"].contains(word) ? word : "starting"
        case (false, false):
            state =
                word == "gave-up" ? word : isWanted && word != "stopped" && record != nil ? "died" : "stopped"
        }
        return HostStatus.Service(
            name: name, state: state, isReady: answer.map { $0.problem == nil }, problem: answer?.problem,
            holdsPositions: answer?.holdsPositions, process: process,
            uptime: process.flatMap { table.uptime(of: $0.pid) },
            restarts: record?.restarts ?? 0,
            lastFailure: record?.lastFailure, lastFailureTime: record?.lastFailureTime,
            endpoint: definition?.health?.url)
    }

    /// The state of a process that is not well. The record of one that was started just now is still that of
    /// before.
    private static func unready(recorded word: String) -> String {
        switch word {
        case "left-alone": word
        case "ready", "not-ready": "not-ready"
        default: "starting"
        }
    }

    /// Asks once, and waits for the answer.
    static func ask(_ endpoint: HealthEndpoint, within limit: Duration) -> HealthAnswer {
        let probe = HealthProbe(endpoint, deadline: SystemClocks.uptime() + limit)
        while true {
            let now = SystemClocks.uptime()
            if let answer = probe.advance(at: now) { return answer }
            var wait = pollfd(fd: probe.descriptor, events: probe.events, revents: 0)
            poll(&wait, 1, Int32(clamping: max(0, (probe.deadline - now).milliseconds + 1)))
        }
    }

    // MARK: Stopping

    /// What was ended.
    public struct Stopped: Sendable {
        /// Whether a supervisor was.
        public let supervisor: Bool
        /// The services that ran before and do not now, in the order of their start.
        public let services: [String]
        /// What did not hinder the stop, but should be known: files that could not be written or read.
        public let problems: [SupervisionError]
    }

    /// Ends everything: the supervisor first, so that nothing is started again, and it ends the services in
    /// reverse order; then what no supervisor looks after. Blocks until all is gone.
    ///
    /// - Parameter forgets: whether services shall not run any more, also after the next boot.
    public func stop(forgets: Bool = true) throws(SupervisionError) -> Stopped {
        let remembered = SupervisionMemory(folder).read()
        var problems = remembered.problems
        if forgets, var plan = remembered.plan, plan.isWanted {
            plan.isWanted = false
            do throws(SupervisionError) {
                try SupervisionMemory(folder).write(plan)
            } catch {
                problems.append(error)
            }
        }
        let planned = remembered.plan?.services ?? []
        let others = inspection.knownServices().filter { name in !planned.contains { $0.name == name } }
        let names = planned.map(\.name) + others
        let graces = planned.map(\.grace).reduce(.seconds(10), +)
        var running: Set<String> = []
        for name in names where try inspection.process(of: name) != nil { running.insert(name) }
        let hadSupervisor = try endSupervisor(within: min(graces, .seconds(3600)))
        for name in names.reversed() {
            if let process = try inspection.process(of: name) {
                let grace = planned.first { $0.name == name }?.grace ?? .seconds(30)
                try end(process, named: name, grace: grace)
            }
            try endRest(of: name)
        }
        return Stopped(
            supervisor: hadSupervisor, services: names.filter(running.contains), problems: problems)
    }

    private func endSupervisor(within limit: Duration) throws(SupervisionError) -> Bool {
        var hasEnded = false
        // A start that is under way has the lock first, and then the supervisor that it started.
        for _ in 0..<5 {
            guard let supervisor = try inspection.supervisor() else { return hasEnded }
            try end(supervisor, named: "the supervisor", grace: limit)
            hasEnded = true
        }
        return hasEnded
    }

    private func end(_ identity: ProcessIdentity, named name: String, grace: Duration)
        throws(SupervisionError)
    {
        let process = ServiceProcess(identity: identity, isChild: false, table: table)
        let number = ProcessEnding.end(process, grace: grace)
        if number != 0 || table.isRunning(identity) {
            throw SupervisionError(
                .cannotStop,
                "\(name), process \(identity.pid), cannot be ended: "
                    + String(cString: strerror(number == 0 ? EBUSY : number)),
                remedy: "run the same command as the user who started it, or as root")
        }
    }

    /// Kills what a service started and left behind.
    private func endRest(of name: String) throws(SupervisionError) {
        for pid in table.holders(of: folder.lock(of: name)) {
            guard let identity = table.identity(of: pid) else { continue }
            try end(identity, named: name, grace: .milliseconds(100))
        }
    }
}
