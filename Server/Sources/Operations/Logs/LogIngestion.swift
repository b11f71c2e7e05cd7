public import Logging
public import ServiceLifecycle

/// Reads the files of a log into storage again and again; forgets what is old at the start and every hour.
public struct LogIngestion: Service {
    private let ingestor: LogIngestor
    private let interval: Duration
    private let logger: Logger
    private let uptime: @Sendable () -> Duration
    /// Time between two looks for lines that are too old.
    private static let purgeInterval = Duration.seconds(3_600)

    /// A service.
    ///
    /// - Parameters:
    ///   - interval: time between two looks; at least 250 ms.
    ///   - uptime: a clock that never goes back.
    public init(
        _ ingestor: LogIngestor, interval: Duration, logger: Logger,
        uptime: @escaping @Sendable () -> Duration
    ) {
        (self.ingestor, self.interval) = (ingestor, max(interval, .milliseconds(250)))
        (self.logger, self.uptime) = (logger, uptime)
    }

    /// Runs until the service group stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var purgedAt: Duration?
            var hasFailed = false
            while !Task.isCancelled {
                do {
                    let report = try await ingestor.poll()
                    if report.hasGap {
                        logger.warning(
                            "log files were set aside faster than they were read; some lines are not stored",
                            metadata: ["event": "log_ingest_gap"])
                    }
                    if purgedAt.map({ uptime() - $0 >= Self.purgeInterval }) ?? true {
                        purgedAt = uptime()
                        let lost = ingestor.status.lostLines
                        try await ingestor.purge()
                        tellLost(ingestor.status.lostLines - lost)
                    }
                    // Said once, not with every look: each line would be read as well, and fail as well.
                    if hasFailed {
                        logger.notice(
                            "logs are read into storage again", metadata: ["event": "log_ingest_resumed"])
                    }
                    hasFailed = false
                } catch is CancellationError {
                    return
                } catch {
                    ingestor.status.failed("\(error)")
                    if !hasFailed {
                        logger.error(
                            "logs cannot be read into storage: \(error)",
                            metadata: ["event": "log_ingest_failed"])
                    }
                    hasFailed = true
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    private func tellLost(_ lines: Int) {
        if lines == 0 { return }
        logger.error(
            "\(lines) log lines were removed from storage before they were archived, as there were too many",
            metadata: ["event": "log_lines_unarchived"])
    }
}
