internal import Glibc
internal import Settings

/// Starts the supervisor of a folder: at most one, whoever tries at the same time.
public enum SupervisorLaunch {
    /// How a start went.
    public enum Result: Hashable, Sendable {
        /// Every service is ready.
        case ready
        /// A service failed, or was not ready in time; the sentence says why. The supervisor goes on trying
        /// unless it gave up.
        case failed(String)
        /// A supervisor runs already; nothing was changed.
        case alreadyRunning
        /// This process was asked to end (SIGINT, SIGTERM) while it waited. The supervisor goes on.
        case interrupted
    }

    /// Remembers a plan and starts a supervisor for it that outlives this process, then waits for the
    /// services.
    ///
    /// - Parameters:
    ///   - executable: the absolute path of `tradewind-server`.
    ///   - environment: what the supervisor and its services get.
    public static func detached(
        _ plan: SupervisionPlan, in folder: StateFolder, executable: String, environment: [String: String]
    ) throws(SupervisionError) -> Result {
        guard let lock = try prepare(plan, in: folder) else { return .alreadyRunning }
        var ends: [Int32] = [0, 0]
        if pipe(&ends) != 0 { throw .system(.cannotStart, "making a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let signals = try SignalPipe()
        let supervisor: Int32
        do throws(SupervisionError) {
            supervisor = try ProcessSpawner.spawn(
                ProcessSpawner.Order(
                    command: [executable, "supervise", "--state", folder.path], environment: environment,
                    output: folder.log(of: "supervisor") + ".errors", inherited: [lock.descriptor, ends[1]]))
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        let limit = plan.services.map(\.readyWithin).reduce(.seconds(10), +)
        // From here on the supervisor alone has the lock.
        _ = consume lock
        switch StartReport.receive(ends[0], within: min(limit, .seconds(86_400)), orUntil: signals) {
        case .ready: return .ready
        case .failed(let sentence): return .failed(sentence)
        case .interrupted: return .interrupted
        case .timeOver: return .failed("after \(limit) not all services were ready; the supervisor goes on")
        case .ended:
            return .failed("the supervisor, process \(supervisor), ended before all services were ready")
        }
    }

    /// The lock and the report that ``detached(_:in:executable:environment:)`` hands to the supervisor.
    private static let lockDescriptor: Int32 = 3
    private static let reportDescriptor: Int32 = 4

    /// Supervises in a process that ``detached(_:in:executable:environment:)`` started.
    ///
    /// - Returns: nil when the process was not started so.
    public static func inherited(
        in folder: StateFolder, environment: [String: String]
    ) throws(SupervisionError) -> Supervisor.Outcome? {
        guard try LockFile.isHeld(folder.supervisorLock), let lock = LockFile(inherited: lockDescriptor)
        else {
            return nil
        }
        let remembered = SupervisionMemory(folder).read()
        guard let plan = remembered.plan else {
            throw remembered.problems.first
                ?? SupervisionError(
                    .cannotRead, "there is no plan in it", path: folder.path, remedy: "use tradewind start")
        }
        let supervisor = Supervisor(
            folder: folder, plan: plan, lock: lock, report: StartReport(descriptor: reportDescriptor),
            environment: environment, echoes: false)
        return try supervisor.run()
    }

    /// Remembers a plan and supervises in this process, as under systemd.
    ///
    /// - Returns: nil when a supervisor runs already.
    public static func inForeground(
        _ plan: SupervisionPlan, in folder: StateFolder, environment: [String: String]
    ) throws(SupervisionError) -> Supervisor.Outcome? {
        guard let lock = try prepare(plan, in: folder) else { return nil }
        let supervisor = Supervisor(
            folder: folder, plan: plan, lock: lock, report: StartReport(descriptor: -1),
            environment: environment,
            echoes: true)
        return try supervisor.run()
    }

    /// Takes the lock; nil when a supervisor has it. One that was just killed keeps it until the kernel is
    /// done with it.
    private static func acquire(_ inspection: ServiceInspection) throws(SupervisionError) -> LockFile? {
        for _ in 0..<100 {
            if let lock = try LockFile.acquire(inspection.folder.supervisorLock) { return lock }
            // The memory of a process that is being killed is gone before its files are.
            if let holder = try inspection.supervisor(), !inspection.table.arguments(of: holder.pid).isEmpty {
                return nil
            }
            usleep(10_000)
        }
        return nil
    }

    /// Takes the lock and remembers the plan; nil when somebody has the lock.
    private static func prepare(
        _ plan: SupervisionPlan, in folder: StateFolder
    ) throws(SupervisionError) -> LockFile? {
        try folder.create()
        let inspection = ServiceInspection(folder: folder)
        guard let lock = try acquire(inspection) else { return nil }
        for name in inspection.knownServices() {
            guard let process = try inspection.process(of: name) else { continue }
            if let mode = inspection.mode(of: process.pid), mode != plan.mode {
                throw SupervisionError(
                    .alreadyRunning,
                    "\(name), process \(process.pid), runs in mode \(mode.rawValue) without a supervisor; "
                        + "it cannot go on in mode \(plan.mode.rawValue)",
                    remedy: "start it in mode \(mode.rawValue), or stop it first: tradewind stop")
            }
            if !plan.services.contains(where: { $0.name == name }) {
                throw SupervisionError(
                    .alreadyRunning,
                    "\(name), process \(process.pid), runs without a supervisor and is not to be started",
                    remedy: "name it as well, or stop it first: tradewind stop")
            }
        }
        try SupervisionMemory(folder).write(plan)
        return lock
    }
}
