public import Logging
internal import Metrics
public import ServiceLifecycle
internal import Storage
public import Units

/// Archives the logs of each finished day, and says in log, metrics and health how that goes.
public struct LogArchiving: Service {
    /// What it takes from outside.
    public struct Sources: Sendable {
        let logger: Logger
        let now: @Sendable () -> Instant
        let uptime: @Sendable () -> Duration
        let jitter: Jitter

        /// Clocks, a logger and random numbers for waits.
        public init(
            logger: Logger, now: @escaping @Sendable () -> Instant,
            uptime: @escaping @Sendable () -> Duration, jitter: Jitter
        ) {
            (self.logger, self.now, self.uptime, self.jitter) = (logger, now, uptime, jitter)
        }
    }

    private let archiver: LogArchiver
    private let delay: Duration
    private let ingestion: LogIngestionStatus
    private let health: ComponentHealth
    private let status: LogArchiveStatus
    private let metrics: LogArchiveMetrics
    private let sources: Sources
    /// Between two looks.
    private static let pause = Duration.seconds(30)
    /// Between two looks while the service has just started.
    private static let shortPause = Duration.seconds(1)

    /// A service.
    ///
    /// - Parameters:
    ///   - delay: how long after the end of a day it is archived.
    ///   - ingestion: how far the lines are in storage.
    public init(
        _ archiver: LogArchiver, delay: Duration, ingestion: LogIngestionStatus, health: ComponentHealth,
        metrics: MetricsRegistry, sources: Sources
    ) {
        (self.archiver, self.delay, self.ingestion) = (archiver, delay, ingestion)
        (self.health, self.sources) = (health, sources)
        let status = LogArchiveStatus()
        self.status = status
        self.metrics = LogArchiveMetrics(metrics)
        let place = archiver.place
        // Nothing has failed yet; the first look is a second away.
        health.recordSuccess()
        health.describe { status.facts(of: place, lostLines: ingestion.lostLines) }
    }

    /// Runs until the service group stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var schedule = LogArchiveSchedule(delay: delay, began: sources.uptime())
            while !Task.isCancelled {
                let hasTried = await step(&schedule)
                do { try await Task.sleep(for: hasTried ? Self.pause : Self.shortPause) } catch { return }
            }
        }
    }

    /// Looks once, and archives what is due.
    ///
    /// - Returns: whether it was time to look.
    @discardableResult
    func step(_ schedule: inout LogArchiveSchedule) async -> Bool {
        let uptime = sources.uptime()
        guard schedule.isComplete(lag: ingestion.lag, at: uptime) else {
            health.show(activity: "waits until log files are read into storage")
            return false
        }
        guard schedule.mayTry(at: uptime) else { return true }
        let limit = schedule.limit(at: sources.now())
        do throws(LogArchiveError) {
            let (metrics, logger) = (metrics, sources.logger)
            try await archiver.archive(before: limit) { file in
                metrics.count(file.lines)
                logger.info(
                    "logs of \(LogArchiver.dayText(file.day)) archived: \(file.lines) lines in \(file.name)",
                    metadata: ["event": "logs_archived", "destination": .string(file.destination)])
            }
            schedule.succeeded()
            tell(success: sources.now())
        } catch {
            // The process ends, or a command does the same at the moment: that is no failure.
            if Task.isCancelled || error.code == .busy { return true }
            let wait = schedule.failed(at: uptime) { sources.jitter.wait($0) }
            await tell(error, wait, limit)
        }
        return true
    }

    private func tell(success moment: Instant) {
        health.show(activity: nil)
        health.recordSuccess()
        status.succeeded(at: moment)
        metrics.succeeded(at: moment)
    }

    private func tell(_ error: LogArchiveError, _ wait: Duration, _ limit: Int) async {
        var pending: Int?
        do throws(LogArchiveError) { pending = try await archiver.due(before: limit).count } catch {
            // It is what failed already.
            pending = nil
        }
        health.recordError(code: error.code.rawValue)
        health.show(activity: "tries again in \(wait.shortText)")
        status.failed(error, pendingDays: pending)
        metrics.failed(pendingDays: pending, hasSucceeded: status.lastSuccess != nil)
        sources.logger.error(
            "logs cannot be archived: \(error); \(error.remedy). The next attempt is in \(wait.shortText)",
            metadata: ["event": "log_archive_failed", "code": .string(error.code.rawValue)])
    }
}
