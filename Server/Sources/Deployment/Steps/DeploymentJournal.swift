/// How far a deployment is. Each step is written down before it is begun, so that whoever finds the
/// journal of a deployment that was killed knows what may have been touched.
public enum DeploymentStep: Int, Hashable, Sendable, Codable, Comparable, CaseIterable {
    /// Nothing was touched.
    case begun
    /// Local changes are being set aside, and the sources become those of the new version.
    case sources
    /// The new version is being built. What serves is not touched.
    case building
    /// What serves is being stopped.
    case stopping
    /// Everything is stopped; a backup is being made.
    case backingUp
    /// The schema of the database becomes that of the new version.
    case migrating
    /// The new version is being started and looked at.
    case starting
    /// The new version passed: only the record is missing.
    case passed

    public static func < (left: DeploymentStep, right: DeploymentStep) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The step for people.
    public var words: String {
        switch self {
        case .begun: "before anything was touched"
        case .sources: "while sources were fetched"
        case .building: "while the new version was built"
        case .stopping: "while the services were stopped"
        case .backingUp: "while the backup was made"
        case .migrating: "while the database was migrated"
        case .starting: "while the new version was started and looked at"
        case .passed: "after the new version had passed"
        }
    }
}

/// A version that can be started.
public struct Release: Hashable, Sendable, Codable {
    /// The commit that it was built from, 40 hexadecimal digits; of a version of unknown commit a word.
    public var commit: String
    /// What is started: the path of an executable, or the name of an image.
    public var artefact: String

    /// A version.
    public init(commit: String, artefact: String) { (self.commit, self.artefact) = (commit, artefact) }

    /// The first twelve digits of the commit.
    public var short: String { String(commit.prefix(12)) }
}

/// Where the sources stood before a deployment, so that they can go back.
public struct SourcePosition: Hashable, Sendable, Codable {
    /// The commit.
    public var commit: String
    /// The branch that was checked out; nil for none.
    public var branch: String?

    /// A position.
    public init(commit: String, branch: String?) { (self.commit, self.branch) = (commit, branch) }
}

/// What a deployment that is under way has done, in a file that survives it.
public struct DeploymentJournal: Hashable, Sendable, Codable {
    /// Which deployment.
    public var id: String
    /// What was asked for: `update`, `rollback`, `restore`.
    public var action: String
    /// The environment.
    public var environment: String
    /// Who asked.
    public var actor: String
    /// When, ISO 8601 in UTC.
    public var startedAt: String
    /// What served, or was to serve, before; nil for the first deployment.
    public var from: Release?
    /// Whether it was running.
    public var wasRunning: Bool
    /// The commit that is to serve; empty until it is known.
    public var targetCommit = ""
    /// The new version, once it is built.
    public var target: Release?
    /// How far it is.
    public var step = DeploymentStep.begun
    /// Where the sources stood; nil while they are as they were.
    public var position: SourcePosition?
    /// The commit that holds local changes that were set aside.
    public var setAside: String?
    /// The backup of the database as it was before; nil until there is one, or when there was no database.
    public var backup: String?
    /// The backup that is put in place of the database, when that was asked for.
    public var restores: String?
    /// The schema of the database before, by the titles of its steps.
    public var schema: [String] = []

    /// The journal of a deployment that begins.
    public init(
        id: String, action: String, environment: String, actor: String, startedAt: String, from: Release?,
        wasRunning: Bool
    ) {
        (self.id, self.action, self.environment, self.actor) = (id, action, environment, actor)
        (self.startedAt, self.from, self.wasRunning) = (startedAt, from, wasRunning)
    }
}

/// What came of a deployment.
public struct DeploymentRecord: Hashable, Sendable, Codable {
    /// How it ended.
    public enum Result: String, Hashable, Sendable, Codable {
        /// The new version serves.
        case done
        /// It failed, and everything is as before.
        case rolledBack = "rolled-back"
        /// It failed before anything that serves was touched.
        case failed
    }

    /// Which deployment.
    public var id: String
    /// What was asked for.
    public var action: String
    /// The environment.
    public var environment: String
    /// Who asked.
    public var actor: String
    /// When it began, ISO 8601 in UTC.
    public var startedAt: String
    /// How long it took.
    public var seconds: Double
    /// The commit before; nil for the first.
    public var from: String?
    /// The commit that was to serve.
    public var to: String?
    /// The release before, for going back to.
    public var fromRelease: Release?
    /// The release that serves, when it was done.
    public var toRelease: Release?
    /// The backup from before.
    public var backup: String?
    /// How it ended.
    public var result: Result
    /// Why it failed; nil when it did not.
    public var reason: String?
}
