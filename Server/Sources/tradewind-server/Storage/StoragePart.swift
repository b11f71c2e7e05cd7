internal import Events
internal import Logging
internal import Metrics
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage
internal import Units

/// What a service does about its event log beside writing it: watches how far consumers are behind, and
/// forgets what is old.
struct StoragePart: Service {
    /// What slows producers and refuses orders.
    let pressure: LogPressure
    private let store: any Store
    private let settings: EventSettings
    private let metrics: MetricsRegistry
    private let logger: Logger

    init(_ store: any Store, settings: EventSettings, metrics: MetricsRegistry, logger: Logger) {
        (self.store, self.settings, self.metrics, self.logger) = (store, settings, metrics, logger)
        pressure = LogPressure(warning: settings.lagWarning, stop: settings.lagStop)
        metrics.declare([
            MetricDescription(
                "events.consumer.lag", .gauge, help: "Events that a consumer of the event log is behind."),
            MetricDescription(
                "events.lag", .gauge,
                help: "Events that the slowest consumer of the event log is behind; 0 without any."),
            MetricDescription(
                "events.pressure", .gauge,
                help: "0 when consumers keep up, 1 when producers wait, 2 when new orders are refused."),
            MetricDescription(
                "events.offset", .gauge, help: "The offset of the last event of the log."),
            MetricDescription(
                "events.pruned", .counter, help: "Records of the event log that retention has removed."),
            MetricDescription(
                "events.upkeep.failures", .counter,
                help: "Looks at the event log, or removals from it, that failed."),
        ])
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await watch() }
                group.addTask { await prune() }
            }
        }
    }

    private func watch() async {
        let (hub, metrics) = (store.hub, metrics)
        await pressure.watch(store.events, every: max(settings.pollInterval, .milliseconds(250))) {
            lag, reading in
            for consumer in lag {
                Meter(
                    label: "events.consumer.lag", dimensions: [("consumer", consumer.consumer)],
                    factory: metrics
                ).set(consumer.events)
            }
            Meter(label: "events.lag", factory: metrics).set(reading.lag)
            Meter(label: "events.pressure", factory: metrics).set(reading.level.rawValue)
            Meter(label: "events.offset", factory: metrics).set(hub.end.value)
        } failed: { error in
            failed("looked at", error)
        }
    }

    private func prune() async {
        let (metrics, logger) = (metrics, logger)
        let retention = Timespan(nanoseconds: settings.retention.components.seconds * 1_000_000_000)
        await RetentionLoop(store.events, retention: retention, now: SystemClocks.now).run { report in
            if report.removed == 0 { return }
            Counter(label: "events.pruned", factory: metrics).increment(by: report.removed)
            logger.info(
                "\(report.removed) old records of the event log were removed",
                metadata: [
                    "event": "events_pruned", "up_to": .stringConvertible(report.checkpoint.offset),
                    "held_back_by": .string(report.heldBackBy ?? "nobody"),
                ])
        } failed: { error in
            failed("pruned", error)
        }
    }

    private func failed(_ what: String, _ error: any Error) {
        Counter(label: "events.upkeep.failures", factory: metrics).increment()
        logger.warning("the event log cannot be \(what): \(error)", metadata: ["event": "event_log_failed"])
    }
}
