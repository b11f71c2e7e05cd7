internal import Deployment
internal import Logging
internal import Metrics
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage
internal import Units

/// Makes a backup whenever the last one is older than the settings allow, and says in metrics how old it is.
struct BackupPart: Service {
    private let store: any MigratableStore
    private let desk: BackupDesk
    private let interval: Duration
    private let metrics: MetricsRegistry
    private let logger: Logger
    /// Between two looks: backups that others make count as well.
    private static let pause = Duration.seconds(60)

    init(
        _ store: any MigratableStore, desk: BackupDesk, interval: Duration, metrics: MetricsRegistry,
        logger: Logger
    ) {
        (self.store, self.desk, self.interval) = (store, desk, interval)
        (self.metrics, self.logger) = (metrics, logger)
        metrics.declare([
            MetricDescription(
                "backup.last.success.time", .gauge,
                help: "When the last backup was made, in seconds since 1970; 0 when there is none.",
                unit: .seconds),
            MetricDescription(
                "backup.last.size", .gauge, help: "The size of its database; 0 when there is none.",
                unit: .bytes),
            MetricDescription(
                "backup.last.succeeded", .gauge,
                help: "Whether the last backup that this service tried was made; 1 when it tried none."),
        ])
        Meter(label: "backup.last.succeeded", factory: metrics).set(1)
        show(latest())
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            // The first one comes an interval after the start where there is none: a service that is tried
            // out leaves nothing behind.
            let started = SystemClocks.now()
            while !Task.isCancelled {
                let last = latest()
                show(last)
                let reference = last?.manifest.moment ?? started
                if interval > .zero, isOver(reference) { await make() }
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }

    private func isOver(_ reference: Instant) -> Bool {
        SystemClocks.now().since(reference).nanoseconds / 1_000_000_000 >= interval.components.seconds
    }

    private func make() async {
        do throws(DeploymentError) {
            let (backup, removed) = try await desk.make(of: store, .scheduled)
            Meter(label: "backup.last.succeeded", factory: metrics).set(1)
            show(backup)
            logger.info(
                "backup \(backup.name) of \(backup.manifest.events) events",
                metadata: ["event": "backup_made", "removed": .stringConvertible(removed.count)])
        } catch {
            Meter(label: "backup.last.succeeded", factory: metrics).set(0)
            logger.error(
                "the backup failed: \(error); \(error.remedy)", metadata: ["event": "backup_failed"])
        }
    }

    private func latest() -> StoredBackup? {
        do throws(DeploymentError) {
            return try desk.folder.list { problem in
                logger.warning("\(problem)", metadata: ["event": "backup_damaged"])
            }.last
        } catch {
            logger.warning("backups cannot be listed: \(error)", metadata: ["event": "backup_list_failed"])
            return nil
        }
    }

    private func show(_ backup: StoredBackup?) {
        let seconds = backup?.manifest.moment.map { $0.nanoseconds / 1_000_000_000 } ?? 0
        Meter(label: "backup.last.success.time", factory: metrics).set(seconds)
        Meter(label: "backup.last.size", factory: metrics).set(backup?.databaseBytes ?? 0)
    }
}
