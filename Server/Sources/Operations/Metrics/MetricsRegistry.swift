public import Metrics
internal import Synchronization

/// Every metric of the process: a factory for swift-metrics, and the page that Prometheus reads.
///
/// Nothing that is counted can hurt: names are made fit, a metric used as two kinds at once is counted under
/// its first kind only, label values have a maximum of combinations, and values that are no number are left
/// out. What was left out is itself counted (`tradewind_metrics_rejected_total`).
public final class MetricsRegistry: MetricsFactory, Sendable {
    /// Metrics that a registry holds.
    public static let maximumFamilies = 1_000
    /// Labels of one metric.
    public static let maximumLabels = 16

    let state = Mutex(State())

    struct State {
        var descriptions: [String: MetricDescription] = [:]
        var families: [String: Family] = [:]
        var collectors: [@Sendable () -> Void] = []
        var rejected: [String: UInt64] = [:]
    }

    struct Family {
        let name: String
        let kind: MetricKind
        let help: String
        let bounds: [Double]
        let maximumSeries: Int
        var series: [[MetricLabel]: MetricSeries] = [:]
    }

    /// An empty registry.
    public init() {}

    /// Says what a metric means. Saying it again changes the text until the metric is first used.
    public func declare(_ descriptions: [MetricDescription]) {
        state.withLock { state in
            for description in descriptions where state.descriptions.count < Self.maximumFamilies {
                state.descriptions[description.label] = description
            }
        }
    }

    /// Calls a function before each exposition, to set gauges of what is measured rather than counted. It
    /// must be quick, and must not read the page itself.
    public func beforeExposition(_ collector: @escaping @Sendable () -> Void) {
        state.withLock { if $0.collectors.count < Self.maximumFamilies { $0.collectors.append(collector) } }
    }

    // MARK: The factory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, .none, dimensions).map { MetricCounter($0) } ?? NOOPMetricsHandler.instance
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, .counter, .none, dimensions).map { MetricCounter($0) } ?? NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, .none, dimensions).map { MetricGauge($0) } ?? NOOPMetricsHandler.instance
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let found = series(label, aggregate ? .histogram : .gauge, .none, dimensions)
        guard let found else { return NOOPMetricsHandler.instance }
        return aggregate ? MetricHistogram(found) : MetricGauge(found)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .histogram, .seconds, dimensions).map { MetricHistogram($0) }
            ?? NOOPMetricsHandler.instance
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove((handler as? MetricCounter)?.series) }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove((handler as? MetricCounter)?.series)
    }

    public func destroyMeter(_ handler: any MeterHandler) { remove((handler as? MetricGauge)?.series) }

    public func destroyRecorder(_ handler: any RecorderHandler) {
        remove((handler as? MetricGauge)?.series ?? (handler as? MetricHistogram)?.series)
    }

    public func destroyTimer(_ handler: any TimerHandler) { remove((handler as? MetricHistogram)?.series) }

    // MARK: Series

    private func series(
        _ label: String, _ kind: MetricKind, _ defaultUnit: MetricUnit, _ dimensions: [(String, String)]
    ) -> MetricSeries? {
        state.withLock { state in
            let declared = state.descriptions[label]
            let unit = declared?.unit ?? defaultUnit
            let name = MetricName.family(label: label, kind: kind, unit: unit)
            let labels = Self.labels(dimensions)
            if state.families[name] == nil {
                if state.families.count >= Self.maximumFamilies || Self.clashes(name, kind, state.families) {
                    state.rejected["metric", default: 0] &+= 1
                    return nil
                }
                let described =
                    declared
                    ?? MetricDescription(label, kind, help: "Reported by a library as \(label).", unit: unit)
                state.families[name] = Family(
                    name: name, kind: kind, help: described.help,
                    bounds: kind == .histogram ? described.buckets : [],
                    maximumSeries: described.maximumSeries)
            }
            return state.families[name]?.kind == kind ? state.series(labels, of: name) : state.reject("kind")
        }
    }

    /// Whether the lines of two metrics could be taken for each other's, as those of a histogram `x` and a
    /// gauge `x_count`.
    private static func clashes(_ name: String, _ kind: MetricKind, _ families: [String: Family]) -> Bool {
        let endings = ["_bucket", "_sum", "_count"]
        if kind == .histogram, endings.contains(where: { families[name + $0] != nil }) { return true }
        return endings.contains { ending in
            name.hasSuffix(ending) && families[String(name.dropLast(ending.count))]?.kind == .histogram
        }
    }

    /// Fit for exposition: names made valid, the first of two of one name, in order.
    private static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
        var labels: [MetricLabel] = []
        for (name, value) in dimensions.prefix(maximumLabels) {
            let name = MetricName.label(name)
            if labels.contains(where: { $0.name == name }) { continue }
            labels.append(MetricLabel(name: name, value: String(value.prefix(MetricName.maximumValueLength))))
        }
        return labels.sorted()
    }

    private func remove(_ series: MetricSeries?) {
        guard let series else { return }
        state.withLock { state in
            for (name, family) in state.families where family.series[series.labels] === series {
                state.families[name]?.series[series.labels] = nil
            }
        }
    }
}

extension MetricsRegistry.State {
    mutating func reject(_ reason: String) -> MetricSeries? {
        rejected[reason, default: 0] &+= 1
        return nil
    }

    /// The series of a label set; beyond the family's maximum the one for all others, and none for a gauge,
    /// of which a sum means nothing.
    mutating func series(_ labels: [MetricLabel], of name: String) -> MetricSeries? {
        guard let family = families[name] else { return nil }
        if let found = family.series[labels] { return found }
        var labels = labels
        if family.series.count >= family.maximumSeries {
            _ = reject("series")
            if family.kind == .gauge { return nil }
            labels = labels.map { MetricLabel(name: $0.name, value: "other") }
            if let found = family.series[labels] { return found }
            // The names of labels are part of the code, so that these are few; yet a limit is a limit.
            if family.series.count >= family.maximumSeries + 4 { return nil }
        }
        let made = MetricSeries(labels: labels, bounds: family.bounds)
        families[name]?.series[labels] = made
        return made
    }
}
