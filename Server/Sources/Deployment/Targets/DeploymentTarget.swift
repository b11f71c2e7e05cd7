/// What serves on a host, and how it is changed: the services of `start`, or containers.
///
/// Every call may be repeated: after a crash the next deployment does not know whether it was carried out.
public protocol DeploymentTarget: Sendable {
    /// What is wrong with this host, its settings or its secrets before anything is touched.
    ///
    /// - Parameter willBuild: whether a version is to be built, which takes space.
    func problems(willBuild: Bool) async -> [DeploymentError]

    /// What serves now.
    func standing() async throws(DeploymentError) -> ServingState

    /// Keeps the version that serves in a place that a build does not write to.
    func keep(_ standing: ServingState) async throws(DeploymentError) -> Release?

    /// Makes a version from the sources, which are at its commit; what serves is not touched.
    func build(_ commit: String) async throws(DeploymentError) -> Release

    /// Checks the settings with a version: it may know other ones.
    func checkSettings(with release: Release) async throws(DeploymentError)

    /// Stops what serves; nothing runs afterwards.
    func stop() async throws(DeploymentError)

    /// Makes the schema of the database what a version needs: steps forward are made by that version, steps
    /// back by the version that knows them.
    func migrate(to release: Release, knowing other: Release?) async throws(DeploymentError)

    /// Starts a version and waits until it serves.
    ///
    /// - Parameter mustBeReady: whether it must be ready for its work; else it is enough that it answers, as
    ///   what kept the earlier version from being ready must not keep it from coming back.
    func start(_ release: Release, mustBeReady: Bool) async throws(DeploymentError)

    /// Looks whether a version that was started does what it must: health, its commit, the dashboard, a tiny
    /// backtest from end to end.
    func examine(_ release: Release) async throws(DeploymentError)

    /// Removes versions that nobody goes back to.
    func discard(except kept: [Release]) async throws(DeploymentError)
}

/// What serves.
public struct ServingState: Hashable, Sendable {
    /// Whether anything runs.
    public var isRunning: Bool
    /// The version that runs, or ran last; nil when there is none.
    public var release: Release?
    /// Whether it trades live and holds positions, or does not say that it holds none.
    public var mayHoldPositions: Bool

    /// A state.
    public init(isRunning: Bool, release: Release?, mayHoldPositions: Bool) {
        (self.isRunning, self.release) = (isRunning, release)
        self.mayHoldPositions = mayHoldPositions
    }
}

/// The database of a host, as a deployment guards it.
public protocol DeploymentDatabase: Sendable {
    /// The steps of its schema, by title; nil when there is no database.
    func schema() async throws(DeploymentError) -> [String]?

    /// Makes a backup of it; nothing else has it open.
    ///
    /// - Parameter reason: what it is made before.
    /// - Returns: the name of the backup; nil when there is no database.
    func backUp(_ reason: BackupManifest.Reason) async throws(DeploymentError) -> String?

    /// Puts a backup in its place.
    ///
    /// - Returns: events that were recorded after the backup; nil when that cannot be known.
    func restore(_ backup: String) async throws(DeploymentError) -> Int64?

    /// Records what came of a deployment, where the schema has a place for it.
    func record(_ record: DeploymentRecord) async throws(DeploymentError)
}

/// The sources of a host: a clone with local changes, perhaps.
public protocol DeploymentSources: Sendable {
    /// What is wrong with them before anything is touched.
    func problems() async -> [DeploymentError]

    /// Where they stand.
    func position() async throws(DeploymentError) -> SourcePosition

    /// The commit that is to serve: the latest of the branch, fetched, or a named one.
    func resolve(_ reference: String?) async throws(DeploymentError) -> String

    /// Sets local changes aside so that a commit can be checked out.
    ///
    /// - Returns: the commit that holds them; nil when there are none.
    func setAside(for commit: String, label: String) async throws(DeploymentError) -> String?

    /// The commit that an earlier call with this label made; nil when there is none.
    func findSetAside(_ label: String) async throws(DeploymentError) -> String?

    /// Makes the sources those of a commit.
    func checkOut(_ commit: String, label: String) async throws(DeploymentError)

    /// Takes the sources back to where they stood, with the local changes that were set aside.
    func goBack(to position: SourcePosition, with setAside: String?) async throws(DeploymentError)

    /// How a person gets local changes back.
    func remedy(for setAside: String) -> String
}
