internal import Events
public import Logging
public import Operations
internal import Settings
public import Storage
public import TradewindCommands
internal import Units

/// Runs: creates, starts, watches, stops and deletes them.
///
/// Every transition is decided, written and told of in one transaction of the store, which lets one writer in
/// at a time: two requests for one run never both succeed in what only one may. A run executes in a process
/// of its own, so that nothing it does touches this service.
///
/// After a restart, runs that were running are failed ("unclean shutdown"), runs that waited for their turn
/// wait for it again, and runs that nobody started stay as they are.
public actor RunService {
    let store: any Store
    let desk: RunDesk
    let options: RunServiceOptions
    let sources: RunSources
    let logger: Logger
    /// For what processes of runs say.
    private let runLogger: Logger
    let events: RunEvents
    private let chain: ChainHealth?
    private let audit: AuditTrail?

    /// Processes by run.
    private var active: [String: ActiveRun] = [:]
    /// Runs whose start is being written: they count as running.
    private var starting: Set<String> = []
    /// Runs that wait for their turn, in its order.
    private var queue: [String] = []
    private var isStopping = false

    private struct ActiveRun {
        let child: RunChild
        let watch: Task<Void, Never>
    }

    /// A service; ``recover()`` comes before anything else.
    ///
    /// - Parameters:
    ///   - chain: told how the components of runs fare; nil tells nobody.
    ///   - audit: hears of every change that somebody asked for, in the transaction of the change.
    ///   - runLogger: takes what processes of runs say; nil is `logger`.
    public init(
        store: any Store, desk: RunDesk = RunDesk(), options: RunServiceOptions, sources: RunSources,
        chain: ChainHealth?, audit: AuditTrail? = nil, logger: Logger, runLogger: Logger? = nil
    ) {
        (self.audit, self.runLogger) = (audit, runLogger ?? logger)
        (self.store, self.desk, self.options, self.sources) = (store, desk, options, sources)
        (self.chain, self.logger, events) = (chain, logger, RunEvents(sources: sources))
    }

    // MARK: After a start, before an end

    /// Deals with what an earlier process left: runs that were running are failed, those that waited wait.
    public func recover() async throws {
        try ResultStore.prepare(options.results)
        let left = try await store.read { transaction in
            try transaction.runs.ids(.running).compactMap { try transaction.runs.find($0) }
        }
        for run in left {
            let event = events.failed(
                run, reason: "unclean shutdown", code: "unclean-shutdown",
                remedy: "create the run again; nothing of this one goes on")
            try await store.write { transaction in
                guard try transaction.runs.find(run.id)?.status == .running else { return }
                try RunProjection.record([event], transaction)
            }
            logger.warning(
                "run \(run.id) was left running by an unclean shutdown",
                metadata: ["event": "run_failed", "run_id": .string(run.id)])
        }
        queue = try await store.read { try $0.runs.queued() }
        if options.startsRuns { startNext() }
    }

    /// Stops everything that runs; nothing is started any more.
    public func shutDown() async {
        isStopping = true
        let ids = Array(active.keys).sorted()
        await withTaskGroup(of: Void.self) { group in
            for id in ids {
                group.addTask {
                    do {
                        _ = try await self.stop(
                            id, reason: "the service was stopped",
                            by: RunRequester(name: "service", correlationID: id))
                    } catch {
                        self.logger.error("run \(id) cannot be stopped: \(error)")
                    }
                }
            }
        }
    }

    // MARK: What clients ask for

    /// Creates a run.
    ///
    /// - Throws: ``RunFailure``.
    public func create(_ request: RunRequest, by requester: RunRequester) async throws -> StoredRun {
        try permit(request.mode)
        let file = try clientFile(request.file)
        let (desk, catalogue) = (desk, options.catalogue)
        let checked: CheckedRun
        do throws(RunProblems) { checked = try desk.check(file.pretty, catalogue: catalogue) } catch {
            throw RunFailure.invalid(error)
        }
        var run = StoredRun(
            id: sources.runID(), name: checked.name, mode: request.mode.rawValue,
            strategy: RunService.distinct(checked.strategies), config: file, createdBy: requester.name,
            correlationID: requester.correlationID, createdAt: sources.now())
        (run.shareClass, run.initialEquity) = (checked.shareClass, checked.capital)
        (run.start, run.end) = (checked.start, checked.end)
        if request.startsAtOnce { try permitStart() }
        let (made, event) = (run, events.created(run, by: requester))
        let auditor = auditor(requester)
        try await store.write { transaction in
            try RunProjection.record([event], transaction)
            try auditor.record("run.created", made.id, transaction)
        }
        logger.notice(
            "run \(made.id) created: \(made.name), \(made.strategy)",
            metadata: ["event": "run_created", "run_id": .string(made.id)])
        return request.startsAtOnce ? try await start(made.id, by: requester) : try await find(made.id)
    }

    /// Starts a run, or puts it into the queue when as many run as may. One that waits already stays there.
    ///
    /// - Throws: ``RunFailure``.
    public func start(_ id: String, by requester: RunRequester) async throws -> StoredRun {
        let run = try await find(id)
        guard run.status == .pending else {
            throw RunFailure.state(
                id: id, status: run.status.rawValue, wanted: "only a pending run can be started")
        }
        if queue.contains(id) || starting.contains(id) || active[id] != nil { return run }
        try permitStart()
        if active.count + starting.count < options.maxConcurrent, isLogClear {
            starting.insert(id)
            try await launch(id, by: requester)
        } else {
            queue.append(id)
            let auditor = auditor(requester)
            let event = events.made(
                .runQueued, run, by: requester, [JSONMember("position", .integer(queue.count))])
            do {
                try await store.write { transaction in
                    guard let now = try transaction.runs.find(id), now.status == .pending else { return }
                    try RunProjection.record([event], transaction)
                    try auditor.record("run.queued", id, transaction)
                }
            } catch {
                queue.removeAll { $0 == id }
                throw error
            }
            startNext()
        }
        return try await find(id)
    }

    /// Stops a run, at once, wherever it is; one that is over stays as it is.
    ///
    /// - Throws: ``RunFailure``.
    public func stop(
        _ id: String, reason: String? = nil, by requester: RunRequester
    ) async throws -> StoredRun {
        queue.removeAll { $0 == id }
        let reason = reason ?? "stopped by \(requester.name)"
        let now = try await find(id)
        let words = [JSONMember("reason", .string(reason))]
        let asked = events.made(
            .runStopRequested, now, by: requester,
            words + [JSONMember("requested_by", .string(requester.name))])
        let stopped = events.made(.runStopped, now, by: requester, words)
        let auditor = auditor(requester)
        try await store.write { transaction in
            guard let run = try transaction.runs.find(id), !run.status.isFinal else { return }
            let isNew = run.stopRequestedAt == nil
            if isNew { try auditor.record("run.stopped", id, transaction) }
            if run.status == .pending {
                try RunProjection.record(isNew ? [asked, stopped] : [stopped], transaction)
            } else if isNew {
                try RunProjection.record([asked], transaction)
            }
        }
        if let run = active[id] {
            await run.child.stop()
            await run.watch.value
        }
        return try await find(id)
    }

    /// Deletes a run that is over or was never started, with its results.
    ///
    /// - Throws: ``RunFailure``.
    public func delete(_ id: String, by requester: RunRequester) async throws {
        let run = try await find(id)
        let wanted = "stop it before you delete it"
        if active[id] != nil || starting.contains(id) {
            throw RunFailure.state(id: id, status: RunStatus.running.rawValue, wanted: wanted)
        }
        let event = events.made(
            .runDeleted, run, by: requester, [JSONMember("deleted_by", .string(requester.name))])
        let folder = ResultStore(root: options.results)
        let (put, auditor) = (try folder.setAside(id), auditor(requester))
        do {
            try await store.write { transaction in
                guard let run = try transaction.runs.find(id) else { throw RunFailure.unknown(id) }
                if run.status == .running {
                    throw RunFailure.state(id: id, status: run.status.rawValue, wanted: wanted)
                }
                try RunProjection.record([event], transaction)
                try auditor.record("run.deleted", id, transaction)
            }
        } catch {
            try folder.bringBack(id, put)
            throw error
        }
        queue.removeAll { $0 == id }
        try folder.discard(id)
        logger.notice(
            "run \(id) deleted by \(requester.name)",
            metadata: ["event": "run_deleted", "run_id": .string(id)])
    }

    /// A run.
    ///
    /// - Throws: ``RunFailure/unknown(_:)``.
    public func find(_ id: String) async throws -> StoredRun {
        guard let run = try await store.read({ try $0.runs.find(id) }) else { throw RunFailure.unknown(id) }
        return run
    }

    /// The place of a run in the queue, from 1; nil for one that does not wait.
    public func position(of id: String) -> Int? { queue.firstIndex(of: id).map { $0 + 1 } }

    /// How many run and how many wait.
    public var load: (running: Int, queued: Int) { (active.count + starting.count, queue.count) }

    private func auditor(_ requester: RunRequester?) -> RunAuditor {
        RunAuditor(trail: audit, actor: requester?.actor)
    }

    // MARK: Checks

    /// Each name once, in their order.
    private static func distinct(_ names: [String]) -> String {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }

    private func permit(_ mode: ExecutionMode) throws {
        if mode.rank > options.mode.rank {
            throw RunFailure.mode(wanted: mode.rawValue, allowed: options.mode.rawValue)
        }
        if mode != .backtest {
            throw RunFailure.unavailable("\(mode.rawValue) runs are not executed by this service")
        }
    }

    /// Whether runs need not wait for consumers of the event log; one that does waits in the queue.
    private var isLogClear: Bool { (options.pressure?.reading.level ?? .clear) == .clear }

    private func permitStart() throws {
        if isStopping { throw RunFailure.stopping }
        if !options.startsRuns { throw RunFailure.switchedOff }
        // A run brings orders and a report every second: none is taken that could only make the lag worse.
        do throws(BackpressureError) { try options.pressure?.checkOrderEntry() } catch {
            throw RunFailure.behind(error)
        }
        let isFull = active.count + starting.count >= options.maxConcurrent
        if isFull && queue.count >= options.maxQueued { throw RunFailure.queueFull(queue.count) }
    }

    /// The run file without what clients may not say: paths of this machine.
    private func clientFile(_ file: JSONText) throws -> JSONText {
        guard let members = file.members else {
            throw RunFailure.invalid(
                RunProblems(problems: [RunProblem(key: "run", message: "must be an object: a run file")]))
        }
        guard let data = file["data"] else { return file }
        guard let keys = data.members else {
            throw RunFailure.invalid(
                RunProblems(problems: [
                    RunProblem(
                        key: "data", message: "a service takes its data from its catalogue, not from files",
                        remedy: "leave data out, or name series of the catalogue under data.series")
                ]))
        }
        if let name = data["catalogue"], !options.catalogueNames.contains(name.text ?? "") {
            throw RunFailure.invalid(
                RunProblems(problems: [
                    RunProblem(
                        key: "data.catalogue",
                        message: "this service has one catalogue, and takes no path of another",
                        remedy: "leave data.catalogue out")
                ]))
        }
        let rest = keys.filter { $0.key != "catalogue" }
        return .object(
            members.compactMap { member in
                if member.key != "data" { return member }
                return rest.isEmpty ? nil : JSONMember("data", .object(rest))
            })
    }

    // MARK: Execution

    private func startNext() {
        while !isStopping, active.count + starting.count < options.maxConcurrent, !queue.isEmpty {
            let id = queue.removeFirst()
            starting.insert(id)
            Task {
                do { try await launch(id, by: nil) } catch {
                    logger.error(
                        "run \(id) cannot be started: \(error)",
                        metadata: ["event": "run_start_failed", "run_id": .string(id)])
                }
            }
        }
    }

    /// Starts the process of a run that stands in ``starting``.
    ///
    /// - Parameter requester: who asked for it at this moment; nil for a run whose turn has come.
    private func launch(_ id: String, by requester: RunRequester?) async throws {
        defer { starting.remove(id) }
        // A run tells of itself every second: none begins while consumers of the log are far behind.
        try await options.pressure?.waitUntilClear()
        guard let run = try await store.read({ try $0.runs.find(id) }) else { return }
        let context = RunContext(run: run, traceID: try await traceID(of: run, requester))
        if requester == nil {
            // Its turn came as another run ended, whose ids are not this one's.
            try await context.with { try await begin(run, context, by: nil) }
        } else {
            try await begin(run, context, by: requester)
        }
    }

    /// The trace that a run belongs to: that of the request which starts it, or which made it.
    private func traceID(of run: StoredRun, _ requester: RunRequester?) async throws -> String? {
        if let traceID = requester?.traceID { return traceID }
        let filter = EventFilter(types: [.runCreated], runID: run.id)
        return try await store.events.read(after: .start, limit: 1, where: filter).first?.envelope.traceID
    }

    private func begin(_ run: StoredRun, _ context: RunContext, by requester: RunRequester?) async throws {
        let id = run.id
        let started = events.of(traceID: context.traceID).made(
            .runStarted, run, by: requester, [JSONMember("mode", .string(run.mode))])
        let auditor = auditor(requester)
        let mayRun = try await store.write { transaction -> Bool in
            guard let now = try transaction.runs.find(id), now.status == .pending else { return false }
            try RunProjection.record([started], transaction)
            try auditor.record("run.started", id, transaction)
            return true
        }
        guard mayRun else { return startNextLater() }
        var current = run
        current.attempts += 1
        do {
            let lines = RunLines(context, logger: runLogger)
            let order = try ResultStore(root: options.results).order(
                current, options, traceID: context.traceID
            ) { lines.take($0) }
            let child = try RunChild.start(order)
            let health = chain?.begin(mode: .backtest)
            let running = current
            let watch = Task { await context.with { await follow(child, running, context, health) } }
            active[id] = ActiveRun(child: child, watch: watch)
            logger.notice(
                "run \(id) started", metadata: ["event": "run_started", "run_id": .string(id)])
        } catch {
            let event = events.failed(current, reason: "\(error)", code: "cannot-start")
            try await store.write { try RunProjection.record([event], $0) }
            startNextLater()
        }
        // A stop that came while the process was being started found none to stop.
        if let now = try await store.read({ try $0.runs.find(id) }), now.stopRequestedAt != nil {
            await active[id]?.child.stop()
        }
    }

    private func startNextLater() { Task { startNext() } }

    /// Writes what the process of a run says, to its end.
    private func follow(
        _ child: RunChild, _ run: StoredRun, _ context: RunContext, _ health: RunHealth?
    ) async {
        let events = events.of(traceID: context.traceID)
        var outcome = RunOutcome()
        var told = 0
        for await word in child.words {
            switch word {
            case .progress(let progress):
                let made = events.progress(progress, run, told: told)
                told += made.count - 1
                await write(made, of: run, "progress")
            case .orders(let orders): await write([events.recorded(orders, run)], of: run, "orders")
            case .prices(let prices): await keep(StoredBar.list(prices), of: run)
            case .result(let summary): outcome.summary = summary
            case .failure(let failure): outcome.failure = failure
            case .ended(let status, let signal): (outcome.status, outcome.signal) = (status, signal)
            }
        }
        await finish(run, outcome, events, health)
        active[run.id] = nil
        startNext()
    }

    private func finish(
        _ run: StoredRun, _ outcome: RunOutcome, _ events: RunEvents, _ health: RunHealth?
    ) async {
        let errors = ResultStore(root: options.results).lastErrors(run.id)
        let ending = outcome.ending(errors: errors)
        let (completed, stopped) = (
            outcome.summary.map { events.completed(run, $0) },
            events.made(.runStopped, run, [JSONMember("percent", .number(0))])
        )
        let failed = events.failed(
            run, reason: ending.reason, code: ending.code, remedy: ending.remedy, problems: ending.problems,
            exitCode: outcome.status)
        do {
            let status = try await store.write { transaction -> RunStatus? in
                guard let now = try transaction.runs.find(run.id), now.status == .running else { return nil }
                if let completed {
                    try RunProjection.record([completed], transaction)
                    return .completed
                }
                // What a process says while it is being ended is no failure of the run.
                let isStopped = now.stopRequestedAt != nil
                try RunProjection.record([isStopped ? stopped : failed], transaction)
                return isStopped ? .stopped : .failed
            }
            tell(run, status, ending, health)
        } catch {
            health?.fail(
                in: .eventLogger, code: "storage", reason: "the end of a run cannot be written: \(error)")
            logger.error(
                "the end of run \(run.id) cannot be written: \(error)",
                metadata: ["event": "run_write_failed", "run_id": .string(run.id)])
        }
    }

    private func tell(
        _ run: StoredRun, _ status: RunStatus?, _ ending: RunOutcome.Ending, _ health: RunHealth?
    ) {
        switch status {
        case .completed: health?.complete()
        case .failed:
            // A run file or data that are wrong say nothing about the service.
            if ending.isOurs {
                health?.fail(in: .strategy, code: ending.code, reason: ending.reason)
            } else {
                health?.stop()
            }
        default: health?.stop()
        }
        logger.notice(
            "run \(run.id) \(status?.rawValue ?? "is over")\(status == .failed ? ": " + ending.reason : "")",
            metadata: ["event": "run_\(status?.rawValue ?? "ended")", "run_id": .string(run.id)])
    }

    /// Stores prices that a run works on. They are market data, and no event tells of them.
    private func keep(_ bars: [StoredBar], of run: StoredRun) async {
        do {
            try await store.write { transaction in
                guard try transaction.runs.find(run.id)?.status == .running else { return }
                try transaction.bars.add(bars, of: run.id)
            }
        } catch {
            logger.error(
                "prices of run \(run.id) cannot be written: \(error)",
                metadata: ["event": "run_write_failed", "run_id": .string(run.id)])
        }
    }

    private func write(_ made: [EventEnvelope], of run: StoredRun, _ what: String) async {
        do {
            try await store.write { transaction in
                guard try transaction.runs.find(run.id)?.status == .running else { return }
                try RunProjection.record(made, transaction)
            }
        } catch {
            logger.error(
                "\(what) of run \(run.id) cannot be written: \(error)",
                metadata: ["event": "run_write_failed", "run_id": .string(run.id)])
        }
    }
}
