internal import Metrics
internal import Units

/// Counts what the reading of logs brings.
struct LogIngestionMetrics: Sendable {
    private let lines: [Outcome: Counter]
    private let gaps: Counter
    private let purged: Counter
    private let lost: Counter

    private enum Outcome: String, CaseIterable {
        case stored, duplicate, malformed, expired
        case tooLong = "too-long"
    }

    init(_ registry: MetricsRegistry, status: LogIngestionStatus) {
        registry.declare([
            MetricDescription(
                "log.ingest.lines", .counter, help: "Lines read from log files, by what became of them."),
            MetricDescription(
                "log.ingest.gaps", .counter,
                help: "Times that log files may have come and gone before they were read."),
            MetricDescription(
                "log.ingest.purged", .counter, help: "Lines removed from storage, as they are too old."),
            MetricDescription(
                "log.archive.lost", .counter,
                help: "Lines removed from storage before they were archived, as there were too many."),
            MetricDescription(
                "log.ingest.behind", .gauge, help: "Size of what is in log files and not in storage.",
                unit: .bytes),
            MetricDescription(
                "log.ingest.lag", .gauge,
                help: "Time since everything was in storage that was in log files.", unit: .seconds),
        ])
        lines = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                (
                    outcome,
                    Counter(
                        label: "log.ingest.lines", dimensions: [("outcome", outcome.rawValue)],
                        factory: registry)
                )
            })
        gaps = Counter(label: "log.ingest.gaps", factory: registry)
        purged = Counter(label: "log.ingest.purged", factory: registry)
        lost = Counter(label: "log.archive.lost", factory: registry)
        let behind = Gauge(label: "log.ingest.behind", factory: registry)
        let lag = Gauge(label: "log.ingest.lag", factory: registry)
        registry.beforeExposition { [weak status] in
            guard let status else { return }
            behind.record(status.behind)
            if let value = status.lag { lag.record(value.inSeconds) }
        }
    }

    func count(_ report: LogIngestor.Report) {
        for (outcome, count) in [
            (Outcome.stored, report.stored), (.duplicate, report.duplicates),
            (.malformed, report.malformed), (.expired, report.expired), (.tooLong, report.tooLong),
        ] where count > 0 {
            lines[outcome]?.increment(by: count)
        }
        if report.hasGap { gaps.increment() }
    }

    func countLost(_ count: Int) { lost.increment(by: count) }

    func countPurged(_ count: Int) { if count > 0 { purged.increment(by: count) } }
}
