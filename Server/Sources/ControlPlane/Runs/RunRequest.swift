public import Events
public import Settings
public import Storage
public import Units

/// Who asks for something, and in which work.
public struct RunRequester: Hashable, Sendable {
    /// The name of a user or of a program.
    public let name: String
    /// The id of the work.
    public let correlationID: String
    /// The trace it belongs to, if any.
    public let traceID: String?
    /// Who it is to the audit; nil for what nobody asked for.
    let actor: AuditActor?

    /// A requester.
    public init(name: String, correlationID: String, traceID: String? = nil) {
        self.init(name: name, correlationID: correlationID, traceID: traceID, actor: nil)
    }

    init(name: String, correlationID: String, traceID: String?, actor: AuditActor?) {
        (self.name, self.correlationID, self.traceID, self.actor) = (name, correlationID, traceID, actor)
    }
}

/// A run that somebody asks for.
public struct RunRequest: Hashable, Sendable {
    /// What kind of run.
    public let mode: ExecutionMode
    /// The run file as JSON, keys as in the YAML.
    public let file: JSONText
    /// Whether it is started at once.
    public let startsAtOnce: Bool

    /// A request.
    public init(mode: ExecutionMode, file: JSONText, startsAtOnce: Bool = false) {
        (self.mode, self.file, self.startsAtOnce) = (mode, file, startsAtOnce)
    }
}

/// What a service of runs works with.
public struct RunServiceOptions: Sendable {
    /// The most that this process may execute.
    public var mode: ExecutionMode
    /// The folder of results, absolute.
    public var results: String
    /// The folder of the catalogue, absolute.
    public var catalogue: String
    /// Names under which clients may give the catalogue.
    public var catalogueNames: [String]
    /// The executable that carries runs out, absolute.
    public var executable: String
    /// Runs at the same time.
    public var maxConcurrent: Int
    /// Runs that wait.
    public var maxQueued: Int
    /// Whether runs may be started at all.
    public var startsRuns: Bool
    /// Between two reports of a run.
    public var interval: Duration
    /// The environment of processes of runs.
    public var environment: [String: String]
    /// How far consumers of the event log are behind: a run starts when they keep up.
    public var pressure: LogPressure?

    /// Options.
    public init(
        mode: ExecutionMode, results: String, catalogue: String, catalogueNames: [String],
        executable: String, maxConcurrent: Int, maxQueued: Int, startsRuns: Bool = true,
        interval: Duration = .seconds(1), environment: [String: String] = [:]
    ) {
        (self.mode, self.results, self.catalogue) = (mode, results, catalogue)
        (self.catalogueNames, self.executable) = (catalogueNames, executable)
        (self.maxConcurrent, self.maxQueued, self.startsRuns) = (maxConcurrent, maxQueued, startsRuns)
        (self.interval, self.environment) = (interval, environment)
    }
}

extension ExecutionMode {
    /// Its place in the order of what may happen: a process may do what stands before its own mode, too.
    var rank: Int {
        switch self {
        case .backtest: 0
        case .paper: 1
        case .live: 2
        }
    }
}

/// Ids and moments that are handed in, so that a test can hand in others.
public struct RunSources: Sendable {
    /// Wall-clock time.
    public let now: @Sendable () -> Instant
    /// An id for an event.
    public let eventID: @Sendable () -> EventID
    /// An id for a run: letters, digits and hyphens.
    public let runID: @Sendable () -> String

    /// Sources.
    public init(
        now: @escaping @Sendable () -> Instant, eventID: @escaping @Sendable () -> EventID,
        runID: @escaping @Sendable () -> String
    ) {
        (self.now, self.eventID, self.runID) = (now, eventID, runID)
    }

    /// The clock and the randomness of this machine.
    public static func system(now: @escaping @Sendable () -> Instant) -> RunSources {
        RunSources(
            now: now,
            eventID: {
                EventID(randomHigh: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 0...UInt64.max))
            },
            runID: {
                let stamp = now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
                let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
                return stamp + "Z-" + String(repeating: "0", count: 8 - digits.count) + digits
            })
    }
}
