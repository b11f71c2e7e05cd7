import Operations
import Settings
import Units

/// Processes that exist only in memory, for a machine to supervise: it checks each action as it comes.
struct MachineWorld {
    struct Process {
        let pid: Int32
        var isWell: Bool
        var holdsPositions: Bool?
        var wasTerminated = false
        var wasKilled = false
    }

    let services: Int
    let mode: ExecutionMode
    var now = Duration.zero
    var random: SplitMix64
    var processes: [Int: Process] = [:]
    var unanswered: [(service: Int, pid: Int32)] = []
    var events: [(service: Int, event: ServiceEvent, at: Duration)] = []
    var spawns: [(service: Int, at: Duration)] = []
    var wasEverReady: Set<Int> = []
    var isStopping = false
    var isFinished = false
    var faults: [String] = []
    private var nextPid: Int32 = 100

    init(services: Int, mode: ExecutionMode, seed: UInt64) {
        (self.services, self.mode) = (services, mode)
        random = SplitMix64(seed: seed)
    }

    static func definitions(_ count: Int) -> [ServiceDefinition] {
        (0..<count).map { index in
            ServiceDefinition(
                name: "service-\(index)", command: ["/bin/true"],
                health: HealthEndpoint(address: "127.0.0.1", port: 8000 + index, path: "/health"),
                readyWithin: .seconds(60), grace: .seconds(30))
        }
    }

    mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

    /// Hands an input to the machine, does what it says, and answers at once what has an answer at once.
    mutating func feed(_ first: SupervisionMachine.Input, to machine: inout SupervisionMachine) {
        var inputs = [first]
        while !inputs.isEmpty {
            let input = inputs.removeFirst()
            if input == .stopRequested { isStopping = true }
            for action in machine.handle(input, at: now) { inputs += perform(action) }
        }
    }

    private mutating func perform(_ action: SupervisionMachine.Action) -> [SupervisionMachine.Input] {
        if isFinished { faults.append("\(action) after the end") }
        switch action {
        case .spawn(let service): return spawn(service)
        case .terminate(let service, let pid):
            require(processes[service]?.pid == pid, "SIGTERM to a stranger \(pid)")
            checkEnding(service)
            processes[service]?.wasTerminated = true
        case .kill(let service, let pid):
            require(processes[service]?.pid == pid, "SIGKILL to a stranger \(pid)")
            require(processes[service]?.wasTerminated == true, "SIGKILL without SIGTERM")
            processes[service]?.wasKilled = true
        case .check(let service, let pid):
            require(processes[service]?.pid == pid, "a check of a stranger \(pid)")
            unanswered.append((service, pid))
        case .note(let service, let event):
            events.append((service, event, now))
            if event == .ready { wasEverReady.insert(service) }
        case .allReady: require(processes.count == services, "all ready, and not all run")
        case .finish:
            isFinished = true
            require(processes.isEmpty, "the end, and processes are left")
        }
        return []
    }

    private mutating func spawn(_ service: Int) -> [SupervisionMachine.Input] {
        require(processes[service] == nil, "service \(service) would run twice")
        require(!isStopping, "a start after the request to stop")
        require(
            !events.contains { $0.service == service && isGivingUp($0.event) }, "a start after giving up")
        for earlier in 0..<service {
            require(wasEverReady.contains(earlier), "service \(service) starts before \(earlier) was ready")
        }
        spawns.append((service, now))
        if chance(10) { return [.spawnFailed(service: service, reason: "no memory")] }
        nextPid += 1
        processes[service] = Process(pid: nextPid, isWell: chance(70), holdsPositions: nil)
        return [.spawned(service: service, pid: nextPid)]
    }

    private mutating func checkEnding(_ service: Int) {
        if isStopping {
            for later in (service + 1)..<max(services, service + 1) {
                require(processes[later] == nil, "service \(service) ends before \(later) is gone")
            }
        } else if mode == .live {
            require(
                processes[service]?.holdsPositions == false, "a live process that may hold positions is ended"
            )
        }
    }

    /// Something happens: time passes, a check is answered, a process ends, or changes its mind.
    mutating func step(_ machine: inout SupervisionMachine) {
        if let deadline = machine.deadline, chance(60) {
            now = max(now, deadline)
        } else {
            now += .milliseconds(10)
        }
        for service in processes.keys.sorted() {
            guard let process = processes[service] else { continue }
            if process.wasKilled || (process.wasTerminated && chance(40)) || chance(3) {
                processes[service] = nil
                let end: ProcessEnd = process.wasKilled ? .signal(9) : chance(95) ? .status(1) : .status(78)
                feed(.ended(service: service, pid: process.pid, end), to: &machine)
                // Whoever repeats himself changes nothing.
                feed(.ended(service: service, pid: process.pid, end), to: &machine)
                continue
            }
            if chance(5) { processes[service]?.isWell = !process.isWell }
            let holds = chance(50)
            if chance(10) { processes[service]?.holdsPositions = holds }
        }
        let answers = unanswered
        unanswered = []
        for (service, pid) in answers {
            let process = processes[service].flatMap { $0.pid == pid ? $0 : nil }
            let problem = process?.isWell == true ? nil : "not well"
            let answer = HealthAnswer(problem: problem, holdsPositions: process?.holdsPositions)
            // Answers about processes that are gone arrive as well.
            feed(.checked(service: service, pid: pid, answer), to: &machine)
        }
        feed(.timePassed, to: &machine)
    }

    func isGivingUp(_ event: ServiceEvent) -> Bool {
        if case .gaveUp = event { return true }
        return false
    }

    private mutating func require(_ condition: Bool, _ fault: String) {
        if !condition { faults.append(fault) }
    }
}
