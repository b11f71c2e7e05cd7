/// Every setting of the services, typed. Each is declared where it is read, in its section's initialiser, and
/// nowhere else: parsing, checks, commands and the reference page follow from that.
public struct ServerSettings: Sendable {
    /// Where the process runs.
    public let environment: DeploymentEnvironment
    /// Where files of settings are.
    public let files: FilesSettings
    /// Where state is kept.
    public let state: StateSettings
    /// What kind of run this process may execute.
    public let execution: ExecutionSettings
    /// The guards of live trading.
    public let live: LiveSettings
    /// Limits that no strategy can pass.
    public let risk: RiskSettings
    /// The HTTP API.
    public let api: APISettings
    /// Who may use it.
    public let auth: AuthSettings
    /// Where metrics are served.
    public let metrics: MetricsSettings
    /// The database.
    public let database: DatabaseSettings
    /// Copies of the database.
    public let backup: BackupSettings
    /// Redis, when something uses it.
    public let redis: RedisSettings
    /// The queue of jobs.
    public let queue: QueueSettings
    /// The worker.
    public let worker: WorkerSettings
    /// The scheduler.
    public let scheduler: SchedulerSettings
    /// The event log.
    public let events: EventSettings
    /// Runs.
    public let runs: RunSettings
    /// Market data.
    public let data: DataSettings
    /// What the logger writes.
    public let logging: LoggingSettings
    /// What is read back from logs.
    public let logs: LogIngestionSettings
    /// Health and readiness.
    public let health: HealthSettings
    /// The supervisor on this host.
    public let supervisor: SupervisorSettings
    /// Venues.
    public let venues: VenuesSettings
    /// The Ethereum chain.
    public let chain: ChainSettings
    /// The backends of secrets.
    public let secrets: SecretsSettings
    /// Switches of features.
    public let features: FeatureSettings

    init(_ reader: SettingsReader, environment: DeploymentEnvironment) {
        self.environment = environment
        _ = reader.value(
            "environment", .environment, "local", precedence: .agreement,
            """
            Where the process runs. Accepted as well: dev, development (local), test (ci), prod \
            (production). Every place that gives it must give the same one.
            """)
        files = FilesSettings(reader)
        state = StateSettings(reader)
        execution = ExecutionSettings(reader)
        live = LiveSettings(reader)
        risk = RiskSettings(reader)
        api = APISettings(reader)
        auth = AuthSettings(reader)
        metrics = MetricsSettings(reader)
        database = DatabaseSettings(reader)
        backup = BackupSettings(reader)
        redis = RedisSettings(reader)
        queue = QueueSettings(reader)
        worker = WorkerSettings(reader)
        scheduler = SchedulerSettings(reader)
        events = EventSettings(reader)
        runs = RunSettings(reader)
        data = DataSettings(reader)
        logging = LoggingSettings(reader)
        logs = LogIngestionSettings(reader)
        health = HealthSettings(reader)
        supervisor = SupervisorSettings(reader)
        venues = VenuesSettings(reader)
        chain = ChainSettings(reader)
        secrets = SecretsSettings(reader)
        features = FeatureSettings(reader)
    }
}
