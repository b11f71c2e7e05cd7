internal import Metrics
internal import Synchronization

/// One label set of a metric, with what was counted. It takes values from swift-metrics in all its forms.
final class MetricSeries: Sendable {
    /// Sorted by name, values as given.
    let labels: [MetricLabel]
    private let bounds: [Double]
    private let state: Mutex<State>

    struct State {
        /// Of a counter or gauge; the sum of a histogram.
        var value = 0.0
        /// A counter of whole things keeps them exactly.
        var whole: Int64 = 0
        /// Of a histogram: observations up to each bound, not summed up, and those beyond.
        var counts: [UInt64]
        /// Observations that are no finite number, which would spoil every sum.
        var discarded: UInt64 = 0
    }

    init(labels: [MetricLabel], bounds: [Double]) {
        (self.labels, self.bounds) = (labels, bounds)
        state = Mutex(State(counts: bounds.isEmpty ? [] : [UInt64](repeating: 0, count: bounds.count + 1)))
    }

    var snapshot: State { state.withLock { $0 } }

    func add(whole amount: Int64) {
        guard amount > 0 else { return }
        state.withLock {
            let (sum, overflow) = $0.whole.addingReportingOverflow(amount)
            $0.whole = overflow ? Int64.max : sum
        }
    }

    /// For gauges any finite amount, for counters one above zero.
    func add(_ amount: Double) {
        state.withLock {
            if amount.isFinite { $0.value += amount } else { $0.discarded &+= 1 }
        }
    }

    func set(_ value: Double) { state.withLock { $0.value = value } }

    func clear() {
        state.withLock { state in
            state.value = 0
            state.whole = 0
            for index in state.counts.indices { state.counts[index] = 0 }
        }
    }

    func observe(_ value: Double) {
        // Few bounds: the first that holds the value.
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            guard value.isFinite else {
                $0.discarded &+= 1
                return
            }
            $0.value += value
            $0.counts[bucket] &+= 1
        }
    }
}

/// One label of a series.
struct MetricLabel: Hashable, Comparable, Sendable {
    let name: String
    let value: String

    static func < (a: MetricLabel, b: MetricLabel) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

final class MetricCounter: CounterHandler, FloatingPointCounterHandler {
    let series: MetricSeries
    init(_ series: MetricSeries) { self.series = series }
    func increment(by amount: Int64) { series.add(whole: amount) }
    func increment(by amount: Double) { if !(amount <= 0) { series.add(amount) } }
    func reset() { series.clear() }
}

final class MetricGauge: MeterHandler, RecorderHandler {
    let series: MetricSeries
    init(_ series: MetricSeries) { self.series = series }
    func set(_ value: Int64) { series.set(Double(value)) }
    func set(_ value: Double) { series.set(value) }
    func increment(by amount: Double) { series.add(amount) }
    func decrement(by amount: Double) { series.add(-amount) }
    func record(_ value: Int64) { series.set(Double(value)) }
    func record(_ value: Double) { series.set(value) }
}

final class MetricHistogram: RecorderHandler, TimerHandler {
    let series: MetricSeries
    init(_ series: MetricSeries) { self.series = series }
    func record(_ value: Int64) { series.observe(Double(value)) }
    func record(_ value: Double) { series.observe(value) }
    func recordNanoseconds(_ duration: Int64) { series.observe(Double(duration) / 1e9) }
}
