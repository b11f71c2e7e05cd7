import Deployment
import Synchronization
import Units

/// A host in memory: what serves, its database, its clone. Every call of a deployer is an occasion at which
/// something can go wrong: the call fails, or the deployer is killed before or after it took effect.
final class DeploymentWorld: Sendable {
    /// What goes wrong at one call.
    enum Fault: Hashable, Sendable, CaseIterable {
        /// The call fails and has no effect.
        case fails
        /// The call takes effect, and fails all the same.
        case failsLate
        /// The deployer is killed before the call takes effect.
        case killedBefore
        /// The deployer is killed after it took effect.
        case killedAfter
    }

    struct Clone: Hashable, Sendable {
        var commit = "old"
        var branch: String? = "main"
        /// Local changes, by path.
        var changes: [String: String] = ["tracked": "edited", "untracked": "mine", "ignored": "kept"]
    }

    struct Database: Hashable, Sendable {
        var schema = ["0001"]
        /// Events that were committed.
        var events = 100
    }

    struct State: Sendable {
        var clone = Clone()
        /// Local changes that were set aside, by commit.
        var stashes: [String: [String: String]] = [:]
        var labels: [String: String] = [:]
        var serving: Release? = Release(commit: "old", artefact: "/releases/old")
        var isRunning = true
        var database = Database()
        var backups: [String: Database] = [:]
        /// Databases that a restore put aside.
        var replaced: [Database] = []
        var records: [DeploymentRecord] = []
        /// How many calls there were, and at which one what happens.
        var calls = 0
        var fault: (call: Int, fault: Fault)?
        /// The call at which the fault happened.
        var faulted: String?
        /// A killed process does nothing any more.
        var isDead = false
        /// What the new version cannot do.
        var brokenSteps: Set<String> = []
        /// Versions that were started while another one ran, on a schema or with files that are not theirs.
        var violations: [String] = []
    }

    let state = Mutex(State())

    static let dead = DeploymentError(.tool, "killed", remedy: "")

    /// What a version needs.
    static func schema(of commit: String) -> [String] { commit == "old" ? ["0001"] : ["0001", "0002"] }

    /// Carries out a call, or what goes wrong at it.
    func call(_ name: String, _ effect: (inout State) throws(DeploymentError) -> Void)
        throws(DeploymentError)
    {
        let outcome: DeploymentError? = state.withLock { state in
            if state.isDead { return Self.dead }
            state.calls += 1
            var fault: Fault?
            if let planned = state.fault, planned.call == state.calls {
                fault = planned.fault
                state.faulted = name
            }
            let failure = DeploymentError(.tool, "\(name) failed", remedy: "")
            switch fault {
            case .fails: return failure
            case .killedBefore:
                state.isDead = true
                return Self.dead
            default: break
            }
            do throws(DeploymentError) { try effect(&state) } catch { return error }
            switch fault {
            case .failsLate: return failure
            case .killedAfter:
                state.isDead = true
                return Self.dead
            default: return nil
            }
        }
        if let outcome { throw outcome }
    }

    /// The next process: nothing goes wrong any more.
    func revive() {
        state.withLock { state in
            (state.isDead, state.fault) = (false, nil)
        }
    }

    func deployer(_ place: DeploymentPlace, at moment: Int64 = 0) -> Deployer {
        Deployer(
            target: WorldTarget(world: self), database: WorldDatabase(world: self),
            sources: WorldSources(world: self), place: place,
            now: { Instant(nanoseconds: 1_700_000_000_000_000_000 + moment * 1_000_000_000) },
            uptime: { .zero }, tell: { _ in })
    }
}

struct WorldTarget: DeploymentTarget {
    let world: DeploymentWorld

    func problems(willBuild: Bool) async -> [DeploymentError] { [] }

    func standing() async throws(DeploymentError) -> ServingState {
        try world.call("standing") { _ in }
        return world.state.withLock {
            ServingState(isRunning: $0.isRunning, release: $0.serving, mayHoldPositions: false)
        }
    }

    func keep(_ standing: ServingState) async throws(DeploymentError) -> Release? { standing.release }

    func build(_ commit: String) async throws(DeploymentError) -> Release {
        try world.call("build") { state throws(DeploymentError) in
            guard state.clone.commit == commit, state.clone.changes.isEmpty else {
                throw DeploymentError(.build, "the sources are not those of \(commit)", remedy: "")
            }
            try Self.fail("build", state)
        }
        return Release(commit: commit, artefact: "/releases/\(commit)")
    }

    func checkSettings(with release: Release) async throws(DeploymentError) {
        try world.call("check settings") { state throws(DeploymentError) in try Self.fail("settings", state) }
    }

    func stop() async throws(DeploymentError) { try world.call("stop") { $0.isRunning = false } }

    func migrate(to release: Release, knowing other: Release?) async throws(DeploymentError) {
        try world.call("migrate") { state throws(DeploymentError) in
            if state.isRunning { state.violations.append("migrated while something ran") }
            if release.commit == "new" { try Self.fail("migrate", state) }
            state.database.schema = DeploymentWorld.schema(of: release.commit)
        }
    }

    func start(_ release: Release, mustBeReady: Bool) async throws(DeploymentError) {
        try world.call("start \(release.commit)") { state throws(DeploymentError) in
            if state.isRunning, state.serving != release {
                state.violations.append("\(release.commit) started beside \(state.serving?.commit ?? "?")")
            }
            if state.database.schema != DeploymentWorld.schema(of: release.commit) {
                state.violations.append("\(release.commit) started on \(state.database.schema)")
            }
            // Compose and the proxy read their files where the sources are.
            if state.clone.commit != release.commit, state.faulted != "go back" {
                state.violations.append("\(release.commit) started with the files of \(state.clone.commit)")
            }
            if release.commit == "new" { try Self.fail("start", state) }
            (state.serving, state.isRunning) = (release, true)
            // What serves records events.
            state.database.events += 1
        }
    }

    func examine(_ release: Release) async throws(DeploymentError) {
        try world.call("examine") { state throws(DeploymentError) in try Self.fail("examine", state) }
    }

    func discard(except kept: [Release]) async throws(DeploymentError) { try world.call("discard") { _ in } }

    private static func fail(_ step: String, _ state: DeploymentWorld.State) throws(DeploymentError) {
        if state.brokenSteps.contains(step) { throw DeploymentError(.tool, "\(step) is broken", remedy: "") }
    }
}

struct WorldDatabase: DeploymentDatabase {
    let world: DeploymentWorld

    func schema() async throws(DeploymentError) -> [String]? {
        try world.call("schema") { _ in }
        return world.state.withLock { $0.database.schema }
    }

    func backUp(_ reason: BackupManifest.Reason) async throws(DeploymentError) -> String? {
        try world.call("back up") { state in
            if state.isRunning { state.violations.append("backed up while something ran") }
            state.backups["backup-\(state.backups.count)"] = state.database
        }
        return world.state.withLock { "backup-\($0.backups.count - 1)" }
    }

    func restore(_ backup: String) async throws(DeploymentError) -> Int64? {
        try world.call("restore") { state throws(DeploymentError) in
            if state.isRunning { state.violations.append("restored while something ran") }
            guard let copy = state.backups[backup] else {
                throw DeploymentError(.backup, "there is no \(backup)", remedy: "")
            }
            state.replaced.append(state.database)
            state.database = copy
        }
        return 0
    }

    func record(_ record: DeploymentRecord) async throws(DeploymentError) {
        try world.call("record") { state in
            if !state.records.contains(where: { $0.id == record.id }) { state.records.append(record) }
        }
    }
}

struct WorldSources: DeploymentSources {
    let world: DeploymentWorld

    func problems() async -> [DeploymentError] { [] }

    func position() async throws(DeploymentError) -> SourcePosition {
        try world.call("position") { _ in }
        return world.state.withLock { SourcePosition(commit: $0.clone.commit, branch: $0.clone.branch) }
    }

    func resolve(_ reference: String?) async throws(DeploymentError) -> String {
        try world.call("fetch") { _ in }
        return reference ?? "new"
    }

    func setAside(for commit: String, label: String) async throws(DeploymentError) -> String? {
        try world.call("set aside") { state in
            if state.clone.changes.isEmpty { return }
            let name = "stash-\(state.stashes.count)"
            state.stashes[name] = state.clone.changes
            state.labels[label] = name
            state.clone.changes = [:]
        }
        return world.state.withLock { $0.labels[label] }
    }

    func findSetAside(_ label: String) async throws(DeploymentError) -> String? {
        world.state.withLock { $0.labels[label] }
    }

    func checkOut(_ commit: String, label: String) async throws(DeploymentError) {
        try world.call("check out") { state in
            if !state.clone.changes.isEmpty { state.violations.append("checked out over local changes") }
            (state.clone.commit, state.clone.branch) = (commit, "main")
        }
    }

    func goBack(to position: SourcePosition, with setAside: String?) async throws(DeploymentError) {
        try world.call("go back") { state in
            (state.clone.commit, state.clone.branch) = (position.commit, position.branch)
            if let setAside, let changes = state.stashes[setAside] { state.clone.changes = changes }
        }
    }

    func remedy(for setAside: String) -> String { "apply \(setAside)" }
}
