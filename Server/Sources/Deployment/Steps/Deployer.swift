public import Units

/// Carries a deployment out, step by step, each of which is written down before it is begun:
///
///     sources     local changes are set aside; the branch is fetched and checked out
///     building    the new version is made beside the one that serves; the settings are checked with it
///     stopping    what serves is drained and stopped
///     backingUp   the database is copied, and the copy verified
///     migrating   the schema becomes that of the new version
///     starting    the new version starts, becomes ready, and is examined
///     passed      the result is recorded
///
/// What fails goes back: the earlier version serves again, on the database as it was, from the sources as
/// they were. What is killed at any moment is taken up by the next call, which finds the journal: it goes
/// back when the new version had not passed, and finishes when it had. Nothing is ever removed that is not
/// kept elsewhere: local changes are commits, replaced databases and backups are files.
public struct Deployer: Sendable {
    /// What a deployment says while it goes on.
    public typealias Telling = @Sendable (String) -> Void

    let target: any DeploymentTarget
    let database: any DeploymentDatabase
    let sources: any DeploymentSources
    let place: DeploymentPlace
    let now: @Sendable () -> Instant
    let uptime: @Sendable () -> Duration
    let tell: Telling
    /// Whether somebody wants it to end early: asked between steps.
    let cancelled: @Sendable () -> Bool

    /// A deployer; it must hold the lock of the place.
    public init(
        target: any DeploymentTarget, database: any DeploymentDatabase, sources: any DeploymentSources,
        place: DeploymentPlace, now: @escaping @Sendable () -> Instant,
        uptime: @escaping @Sendable () -> Duration, cancelled: @escaping @Sendable () -> Bool = { false },
        tell: @escaping Telling
    ) {
        (self.target, self.database, self.sources, self.place) = (target, database, sources, place)
        (self.now, self.uptime, self.cancelled, self.tell) = (now, uptime, cancelled, tell)
    }

    /// What is asked for.
    public struct Order: Hashable, Sendable {
        /// The environment.
        public var environment: String
        /// Who asks.
        public var actor: String
        /// The commit or branch that is to serve; nil for the latest of the branch that is deployed.
        public var reference: String?
        /// Whether what trades live and holds positions may be stopped.
        public var isAllowedWhileLive: Bool

        /// An order.
        public init(
            environment: String, actor: String, reference: String? = nil, isAllowedWhileLive: Bool = false
        ) {
            (self.environment, self.actor, self.reference) = (environment, actor, reference)
            self.isAllowedWhileLive = isAllowedWhileLive
        }
    }

    // MARK: Update

    /// Brings the latest version, or a named one, into service.
    ///
    /// - Returns: the record; nil when that version serves already.
    /// - Throws: ``DeploymentError``; what serves is then as before.
    public func update(_ order: Order) async throws(DeploymentError) -> DeploymentRecord? {
        try await recover()
        try await refuseProblems(willBuild: true)
        let standing = try await target.standing()
        try refuseLive(standing, order)
        var journal = begin("update", order, standing, from: try await target.keep(standing))
        let began = uptime()
        do throws(DeploymentError) {
            tell("looking for the latest version")
            journal.targetCommit = try await sources.resolve(order.reference)
            let position = try await sources.position()
            if journal.from?.commit == journal.targetCommit, position.commit == journal.targetCommit,
                standing.isRunning
            {
                return nil
            }
            journal.position = position
            try write(&journal, .sources)
            try await takeSources(&journal)
            try write(&journal, .building)
            tell("building \(journal.targetCommit.prefix(12))")
            let release = try await target.build(journal.targetCommit)
            journal.target = release
            try await target.checkSettings(with: release)
        } catch {
            throw try await goBack(journal, because: error, began: began)
        }
        return try await replace(&journal, began: began)
    }

    private func takeSources(_ journal: inout DeploymentJournal) async throws(DeploymentError) {
        let setAside = try await sources.setAside(for: journal.targetCommit, label: journal.id)
        journal.setAside = setAside
        try write(&journal, .sources)
        if let setAside {
            tell("local changes are set aside; to get them back: \(sources.remedy(for: setAside))")
        }
        try await sources.checkOut(journal.targetCommit, label: journal.id)
    }

    // MARK: Rollback

    /// Goes back to the version that served before the last deployment that was done.
    ///
    /// - Throws: ``DeploymentError``; what serves is then as before.
    public func rollback(_ order: Order) async throws(DeploymentError) -> DeploymentRecord {
        try await recover()
        try await refuseProblems(willBuild: false)
        let standing = try await target.standing()
        try refuseLive(standing, order)
        let from = try await target.keep(standing)
        let updates = try DeploymentHistory(place).read().filter {
            $0.result == .done && $0.action == "update"
        }
        let last = updates.last { $0.toRelease?.commit == from?.commit && $0.fromRelease != nil }
        guard let earlier = last?.fromRelease else {
            throw DeploymentError(
                .source, "no version is known that served before \(from?.short ?? "this one")",
                path: place.path,
                remedy:
                    "name a commit to bring into service: tradewind deploy \(order.environment) update --to")
        }
        var journal = begin("rollback", order, standing, from: from)
        let began = uptime()
        journal.targetCommit = earlier.commit
        journal.target = earlier
        do throws(DeploymentError) {
            let position = try await sources.position()
            if position.commit != earlier.commit {
                journal.position = position
                try write(&journal, .sources)
                try await takeSources(&journal)
            }
            try await target.checkSettings(with: earlier)
        } catch {
            throw try await goBack(journal, because: error, began: began)
        }
        return try await replace(&journal, began: began)
    }

    // MARK: Restore

    /// Puts a backup in place of the database, and starts the version that served on it.
    ///
    /// - Throws: ``DeploymentError``; the database is then as before, and what served serves.
    public func restore(_ backup: String, _ order: Order) async throws(DeploymentError) -> DeploymentRecord {
        try await recover()
        try await refuseProblems(willBuild: false)
        let standing = try await target.standing()
        try refuseLive(standing, order)
        guard let from = try await target.keep(standing) else {
            throw DeploymentError(
                .source, "nothing has been started here that could serve the restored database",
                path: place.path, remedy: "use tradewind restore, which needs nothing that serves")
        }
        var journal = begin("restore", order, standing, from: from)
        journal.targetCommit = from.commit
        journal.target = from
        journal.restores = backup
        return try await replace(&journal, began: uptime())
    }

    // MARK: Replacing what serves

    /// Stops what serves and brings the journal's version into service, or goes back.
    private func replace(
        _ journal: inout DeploymentJournal, began: Duration
    ) async throws(DeploymentError) -> DeploymentRecord {
        guard let release = journal.target else {
            throw DeploymentError(.build, "there is no version to start", remedy: "try again")
        }
        do throws(DeploymentError) {
            if cancelled() { throw Self.interrupted }
            try write(&journal, .stopping)
            tell("stopping \(journal.from?.short ?? "what serves")")
            try await target.stop()
            try write(&journal, .backingUp)
            if let schema = try await database.schema() {
                tell("making a backup")
                journal.schema = schema
                journal.backup = try await database.backUp(
                    journal.restores == nil ? .beforeUpdate : .beforeRestore)
            }
            try write(&journal, .migrating)
            if let backup = journal.restores {
                tell("restoring \(backup)")
                _ = try await database.restore(backup)
            }
            try await target.migrate(to: release, knowing: journal.from)
            try write(&journal, .starting)
            tell("starting \(release.short)")
            try await target.start(release, mustBeReady: true)
            tell("examining it")
            try await target.examine(release)
            if cancelled() { throw Self.interrupted }
            try write(&journal, .passed)
        } catch {
            throw try await goBack(journal, because: error, began: began)
        }
        return try await finish(journal, began: began)
    }

    private static let interrupted = DeploymentError(
        .rolledBack, "interrupted", remedy: "run the same command again")

    /// Records a deployment whose version passed.
    private func finish(
        _ journal: DeploymentJournal, began: Duration
    ) async throws(DeploymentError) -> DeploymentRecord {
        let record = record(of: journal, .done, reason: nil, began: began)
        try await keep(record)
        try clear()
        let kept = try DeploymentHistory(place).read().suffix(3)
            .flatMap { [$0.fromRelease, $0.toRelease].compactMap { $0 } }
        do throws(DeploymentError) {
            try await target.discard(except: kept)
        } catch {
            // They take space and do no harm; the next deployment tries again.
            tell("warning: old versions are not removed: \(error.message)")
        }
        return record
    }

    // MARK: Going back

    /// Takes up what an earlier deployment left that was killed; does nothing when there is none.
    ///
    /// - Returns: what came of it; nil when there was none.
    @discardableResult
    public func recover() async throws(DeploymentError) -> DeploymentRecord? {
        guard let journal = try place.unfinished() else { return nil }
        tell("the \(journal.action) that began at \(journal.startedAt) was interrupted \(journal.step.words)")
        let began = uptime()
        if journal.step == .passed {
            tell("its version had passed: finishing")
            return try await finish(journal, began: began)
        }
        let reason = DeploymentError(
            .rolledBack, "it was interrupted \(journal.step.words)", remedy: "run the update again")
        let record = try await undo(journal, because: reason, began: began)
        tell("everything is as it was before it")
        return record
    }

    /// Goes back, and says why in the error that it returns.
    private func goBack(
        _ journal: DeploymentJournal, because error: DeploymentError, began: Duration
    ) async throws(DeploymentError) -> DeploymentError {
        tell("failed: \(error)")
        do throws(DeploymentError) {
            let record = try await undo(journal, because: error, began: began)
            guard record.result == .rolledBack else { return error }
            let version =
                journal.wasRunning
                ? "\(journal.from?.short ?? "the earlier version") serves again" : "nothing serves, as before"
            return DeploymentError(
                .rolledBack, "\(error.message); \(version)", path: error.path, remedy: error.remedy)
        } catch let second {
            throw DeploymentError(
                second.code,
                "\(error.message); and the way back stopped at: \(second.message)", path: second.path,
                remedy: "\(second.remedy); the next tradewind deploy goes on from here")
        }
    }

    /// Makes everything as it was before a deployment. May be repeated.
    private func undo(
        _ journal: DeploymentJournal, because reason: DeploymentError, began: Duration
    ) async throws(DeploymentError) -> DeploymentRecord {
        // How far it had come stays written until it is undone. The sources come first: what starts a version
        // may read files of the sources, as Compose does. What serves comes back even when they do not.
        var problem: DeploymentError?
        do throws(DeploymentError) { try await bringSourcesBack(journal) } catch { problem = error }
        let touched = journal.step >= .stopping
        if touched {
            // Also where only the stop was under way: half of one is neither.
            try await target.stop()
            if journal.step >= .migrating { try await restoreDatabase(journal) }
            if journal.wasRunning, let from = journal.from {
                tell("starting \(from.short) again")
                try await target.start(from, mustBeReady: false)
            }
        }
        if let problem { throw problem }
        let record = record(
            of: journal, touched ? .rolledBack : .failed, reason: reason.message, began: began)
        try await keep(record)
        try clear()
        return record
    }

    private func bringSourcesBack(_ journal: DeploymentJournal) async throws(DeploymentError) {
        guard let position = journal.position else { return }
        // They may be set aside already when it was interrupted before that was written down.
        let kept = try await sources.findSetAside(journal.id)
        try await sources.goBack(to: position, with: journal.setAside ?? kept)
    }

    /// Puts the backup back when the schema is not what it was; a database of the same schema keeps what it
    /// has learnt since.
    private func restoreDatabase(_ journal: DeploymentJournal) async throws(DeploymentError) {
        let schema: [String]?
        do throws(DeploymentError) { schema = try await database.schema() } catch {
            // A database that cannot be read is put back as well.
            schema = nil
        }
        guard let backup = journal.backup, schema != journal.schema || journal.restores != nil else { return }
        tell("putting the backup \(backup) back")
        if let lost = try await database.restore(backup), lost > 0 {
            tell("\(lost) events that the failed version recorded are in the database that was set aside")
        }
    }

    // MARK: Refusing

    private func refuseProblems(willBuild: Bool) async throws(DeploymentError) {
        let problems = await target.problems(willBuild: willBuild) + sources.problems()
        if let all = DeploymentError.joining(problems) { throw all }
    }

    private func refuseLive(_ standing: ServingState, _ order: Order) throws(DeploymentError) {
        guard standing.mayHoldPositions, !order.isAllowedWhileLive else { return }
        throw DeploymentError(
            .live, "a live run holds positions, or does not say that it holds none",
            remedy: "flatten it first, or accept that nobody watches it meanwhile: --while-live")
    }

    // MARK: Records

    private func begin(
        _ action: String, _ order: Order, _ standing: ServingState, from: Release?
    ) -> DeploymentJournal {
        let moment = now()
        let id = moment.description.filter { $0.isNumber || $0 == "T" }
        return DeploymentJournal(
            id: String(id), action: action, environment: order.environment, actor: order.actor,
            startedAt: moment.description, from: from, wasRunning: standing.isRunning)
    }

    private func record(
        of journal: DeploymentJournal, _ result: DeploymentRecord.Result, reason: String?, began: Duration
    ) -> DeploymentRecord {
        let (seconds, attoseconds) = (uptime() - began).components
        return DeploymentRecord(
            id: journal.id, action: journal.action, environment: journal.environment, actor: journal.actor,
            startedAt: journal.startedAt, seconds: Double(seconds) + Double(attoseconds) / 1e18,
            from: journal.from?.commit, to: journal.targetCommit.isEmpty ? nil : journal.targetCommit,
            fromRelease: journal.from, toRelease: result == .done ? journal.target : nil,
            backup: journal.backup, result: result, reason: reason)
    }

    /// Writes a record to the history, and to the database as far as that can take it.
    private func keep(_ record: DeploymentRecord) async throws(DeploymentError) {
        try DeploymentHistory(place).add(record)
        do throws(DeploymentError) {
            try await database.record(record)
        } catch {
            // What was deployed must not fail for the want of a row: the file holds it.
            tell("warning: the deployment is not recorded in the database: \(error.message)")
        }
    }
}
