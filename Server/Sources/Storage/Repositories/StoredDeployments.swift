public import Units

/// What came of a deployment.
public struct StoredDeployment: Hashable, Sendable {
    /// Which deployment.
    public var id: String
    /// What was asked for: `update`, `rollback`, `restore`.
    public var action: String
    /// The environment.
    public var environment: String
    /// Who asked.
    public var actor: String
    /// When it began.
    public var startedAt: Instant
    /// How long it took.
    public var milliseconds: Int64
    /// The commit before; nil for the first.
    public var from: String?
    /// The commit that was to serve.
    public var to: String?
    /// The backup from before.
    public var backup: String?
    /// `done`, `rolled-back` or `failed`.
    public var result: String
    /// Why it failed.
    public var reason: String?

    /// A deployment.
    public init(
        id: String, action: String, environment: String, actor: String, startedAt: Instant,
        milliseconds: Int64, from: String?, to: String?, backup: String?, result: String, reason: String?
    ) {
        (self.id, self.action, self.environment, self.actor) = (id, action, environment, actor)
        (self.startedAt, self.milliseconds, self.from, self.to) = (startedAt, milliseconds, from, to)
        (self.backup, self.result, self.reason) = (backup, result, reason)
    }
}

/// Deployments of this host.
public struct DeploymentRepository {
    let session: any SQLSession

    private static let columns = """
        id, action, environment, actor, started_at, milliseconds, from_commit, to_commit, backup, result, \
        reason
        """

    /// Records a deployment; one that is there stays as it is.
    ///
    /// - Returns: whether it was new.
    @discardableResult
    public func insert(_ deployment: StoredDeployment) throws -> Bool {
        let isNew =
            try session.integer(
                "SELECT count(*) FROM deployments WHERE id = ?", [.text(deployment.id)]) == 0
        guard isNew else { return false }
        try session.execute(
            "INSERT INTO deployments (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(deployment.id), .text(deployment.action), .text(deployment.environment),
                .text(deployment.actor), .instant(deployment.startedAt), .integer(deployment.milliseconds),
                .optional(deployment.from), .optional(deployment.to), .optional(deployment.backup),
                .text(deployment.result), .optional(deployment.reason),
            ])
        return true
    }

    /// Deployments, the latest first.
    public func list(offset: Int = 0, limit: Int = 50) throws -> [StoredDeployment] {
        try session.all(
            "SELECT \(Self.columns) FROM deployments ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?",
            [.integer(Int64(limit)), .integer(Int64(offset))]
        ) { row in
            StoredDeployment(
                id: try row.text(0), action: try row.text(1), environment: try row.text(2),
                actor: try row.text(3), startedAt: try row.instant(4), milliseconds: try row.integer(5),
                from: try row.optionalText(6), to: try row.optionalText(7), backup: try row.optionalText(8),
                result: try row.text(9), reason: try row.optionalText(10))
        }
    }

    /// How many there are.
    public func count() throws -> Int {
        Int(try session.integer("SELECT count(*) FROM deployments", []) ?? 0)
    }
}

extension StoreTransaction {
    /// Deployments of this host.
    public var deployments: DeploymentRepository { DeploymentRepository(session: session) }
}
