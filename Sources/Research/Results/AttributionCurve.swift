internal import Accounting
public import Units

/// Change of equity by cause at one moment of a run.
public struct AttributionPoint: Hashable, Sendable {
    /// When.
    public let time: Instant
    /// Change of equity since the start by each cause of ``AttributionCurve/causes``, in the share class.
    public let amounts: [Double]

    /// A point.
    public init(time: Instant, amounts: [Double]) { (self.time, self.amounts) = (time, amounts) }
}

/// Where the change of equity came from over a run, for a chart; the exact amounts at its end are
/// ``BacktestResult/attribution``.
public struct AttributionCurve: Hashable, Sendable {
    /// Keys of the causes that changed equity, in the order of results.
    public let causes: [String]
    /// In time order, about equally far from each other; the first is the start, the last the end.
    public let points: [AttributionPoint]

    /// A curve.
    ///
    /// - Precondition: every point has an amount for each cause.
    public init(causes: [String], points: [AttributionPoint]) {
        precondition(points.allSatisfy { $0.amounts.count == causes.count }, "an amount for each cause")
        (self.causes, self.points) = (causes, points)
    }
}

/// Reads the attribution of the books at moments about equally far from each other.
struct AttributionRecorder {
    /// Parts into which a run's time is divided.
    static let parts: Int64 = 400

    /// The next moment at or after which a point is due; never once recording is off.
    private(set) var due: Int64
    private let spacing: Int64
    private var times: [Instant] = []
    private var amounts: [[Double]] = []

    /// A recorder that is off: nothing is ever due.
    init() { (due, spacing) = (Int64.max, Int64.max) }

    /// A recorder over a span of time.
    init(from start: Instant, to end: Instant) {
        let (span, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        spacing = max(1, (overflow ? Int64.max : span) / AttributionRecorder.parts)
        due = start.nanoseconds
        times.append(start)
        amounts.append([Double](repeating: 0, count: Cause.attributedCount))
        pass(start.nanoseconds)
    }

    /// Adds a point; one of the moment of the last takes its place.
    mutating func append(at time: Instant, _ ledger: Ledger, books: Int) {
        if times.isEmpty { return }
        let unit = WideArithmetic.approximateDouble(ledger.valueScale.unit)
        let row = Cause.attributed.map { cause in
            var sum = 0.0
            for book in 0..<books {
                sum += WideArithmetic.approximateDouble(ledger.attribution(of: book, cause))
            }
            return sum / unit
        }
        if times.last == time {
            amounts[amounts.count - 1] = row
        } else {
            times.append(time)
            amounts.append(row)
        }
        pass(time.nanoseconds)
    }

    /// The next point is due one spacing after a moment.
    private mutating func pass(_ time: Int64) {
        let (next, overflow) = time.addingReportingOverflow(spacing)
        due = overflow ? Int64.max : next
    }

    /// The curve of the causes that ever differed from zero; nil where recording was off or all were zero.
    var curve: AttributionCurve? {
        let moved = Cause.attributed.indices.filter { cause in amounts.contains { $0[cause] != 0 } }
        if moved.isEmpty { return nil }
        return AttributionCurve(
            causes: moved.map { Cause.attributed[$0].key },
            points: zip(times, amounts).map { time, row in
                AttributionPoint(time: time, amounts: moved.map { row[$0] })
            })
    }
}
