public import Settings

extension ExecutionMode: Codable {}

/// What shall run on this host: remembered through stops, crashes and reboots, so that services come back as
/// they were, in the mode they were in.
public struct SupervisionPlan: Hashable, Sendable, Codable {
    /// What services may do to the outside world.
    public var mode: ExecutionMode
    /// The services, in the order in which they start.
    public var services: [ServiceDefinition]
    /// When they are checked and started again.
    public var policy: SupervisionPolicy
    /// Whether they shall run; false after `stop`.
    public var isWanted: Bool

    /// A plan.
    public init(
        mode: ExecutionMode, services: [ServiceDefinition], policy: SupervisionPolicy, isWanted: Bool = true
    ) {
        (self.mode, self.services, self.policy, self.isWanted) = (mode, services, policy, isWanted)
    }

    /// Whether what was read from a file can be carried out.
    var isSound: Bool {
        services.allSatisfy(\.isSound) && policy.isSound && Set(services.map(\.name)).count == services.count
    }
}

/// Keeps the plan in two files, so that one that is damaged does not lose the mode.
public struct SupervisionMemory: Sendable {
    private let folder: StateFolder

    /// The memory in a folder.
    public init(_ folder: StateFolder) { self.folder = folder }

    /// What is remembered.
    public struct Recollection: Sendable {
        /// The plan; nil when there never was one, or nothing readable is left of it.
        public let plan: SupervisionPlan?
        /// What is wrong with the files; the plan may be whole all the same.
        public let problems: [SupervisionError]
    }

    /// Remembers a plan: when this returns, it survives a loss of power.
    public func write(_ plan: SupervisionPlan) throws(SupervisionError) {
        try folder.create()
        try RecordFile<SupervisionPlan>(folder.plan).write(plan)
        try RecordFile<SupervisionPlan>(folder.planCopy).write(plan)
    }

    /// What was written last. The first file is always at least as new as its copy.
    public func read() -> Recollection {
        var problems: [SupervisionError] = []
        for path in [folder.plan, folder.planCopy] {
            do {
                guard let plan = try RecordFile<SupervisionPlan>(path).read() else { continue }
                if plan.isSound { return Recollection(plan: plan, problems: problems) }
                problems.append(
                    SupervisionError(
                        .corrupted, "the plan in it cannot be carried out", path: path,
                        remedy: "remove it, and start the services again, naming the mode"))
            } catch {
                problems.append(error)
            }
        }
        return Recollection(plan: nil, problems: problems)
    }
}

/// The process of a service, and what happened to it so far.
package struct ServiceRecord: Hashable, Sendable, Codable {
    /// The process; nil when none runs.
    package var process: ProcessIdentity?
    /// Where it stands, as ``ServiceTrack/word``.
    package var phase: String
    /// The mode that the process was started in.
    package var mode: ExecutionMode
    /// Restarts since the supervisor started.
    package var restarts: Int
    /// Why it last failed; nil when it never did.
    package var lastFailure: String?
    /// When it last failed, ISO 8601 in UTC.
    package var lastFailureTime: String?
}
