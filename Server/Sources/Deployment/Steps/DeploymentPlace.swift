internal import Operations

/// The files of deployments on a host, by default in `.tradewind/deployment`.
public struct DeploymentPlace: Hashable, Sendable {
    /// Their folder, absolute.
    public let path: String

    /// The files in a folder.
    public init(_ path: String) { self.path = path }

    /// Held by a deployment, and by every program that it runs, for as long as one of them runs.
    public var lock: String { path + "/lock" }
    /// The deployment that is under way.
    var journal: RecordFile<DeploymentJournal> { RecordFile(path + "/journal") }
    /// What came of each deployment, one line each.
    var history: String { path + "/history" }
    /// Versions that can be started: a folder for each commit.
    public var releases: String { path + "/releases" }
    /// What the programs print that a deployment runs.
    public var record: String { path + "/deployment.log" }

    /// Makes the folder.
    public func create() throws(DeploymentError) { try BackupFile.makeFolder(releases) }
}
