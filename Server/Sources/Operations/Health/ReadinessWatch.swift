public import Logging
public import ServiceLifecycle

/// Asks the readiness checks again and again, so that metrics and the detailed page are fresh, and logs each
/// change once.
public struct ReadinessWatch: Service {
    private let registry: HealthRegistry
    private let interval: Duration
    private let logger: Logger

    /// A watch.
    ///
    /// - Parameter interval: time between two rounds; at least 100 ms.
    public init(_ registry: HealthRegistry, interval: Duration, logger: Logger) {
        (self.registry, self.interval, self.logger) = (registry, max(interval, .milliseconds(100)), logger)
    }

    /// Runs until the service group stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var before: [ComponentName: Readiness] = [:]
            // A start takes a moment, which nobody has to hear about.
            var wait = min(interval, .seconds(1))
            while true {
                do {
                    try await Task.sleep(for: wait)
                } catch {
                    return
                }
                wait = interval
                let report = await registry.evaluate()
                for item in report.items {
                    say(item, before: before[item.check.name])
                    before[item.check.name] = item.readiness
                }
            }
        }
    }

    private func say(_ item: ReadinessReport.Item, before: Readiness?) {
        let name: Logger.MetadataValue = .string(item.check.name.text)
        switch (item.readiness, before ?? .ready) {
        case (.notReady(let reason), .ready):
            logger.warning(
                "not ready: \(reason)", metadata: ["check": name, "remedy": .string(item.check.remedy)])
        case (.ready, .notReady):
            logger.notice("ready again", metadata: ["check": name])
        default: break
        }
    }
}
