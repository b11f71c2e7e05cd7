/// What a person reads about a metric, declared before it is used.
///
/// Labels of swift-metrics that nobody declared are exposed too, with a help text that says so.
public struct MetricDescription: Sendable {
    /// The label that `Counter(label:)` and its kind are made with, without prefix and unit: `orders.placed`.
    public let label: String
    /// How it behaves.
    public let kind: MetricKind
    /// One sentence.
    public let help: String
    /// What it is measured in.
    public let unit: MetricUnit
    /// Upper bounds of the buckets of a histogram, rising; without the last, which is infinite.
    public let buckets: [Double]
    /// How many combinations of label values are kept; those beyond are counted together, gauges beyond are
    /// left out.
    public let maximumSeries: Int

    /// Bounds for durations in seconds: 100 microseconds to 30 seconds.
    public static let durationBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Bounds for sizes and counts: powers of four up to a billion.
    public static let sizeBuckets: [Double] = [
        1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
        67_108_864,
        268_435_456, 1_073_741_824,
    ]

    /// A description.
    ///
    /// - Parameters:
    ///   - buckets: bounds of a histogram; those that are not finite, or not above the one before, are left
    ///     out. Durations have ``durationBuckets`` unless said otherwise, other histograms ``sizeBuckets``.
    ///   - maximumSeries: from 1 to 10,000; values outside are brought inside.
    public init(
        _ label: String, _ kind: MetricKind, help: String, unit: MetricUnit = .none, buckets: [Double]? = nil,
        maximumSeries: Int = 200
    ) {
        (self.label, self.kind, self.help, self.unit) = (label, kind, help, unit)
        var rising: [Double] = []
        for bound in buckets ?? (unit == .seconds ? Self.durationBuckets : Self.sizeBuckets) {
            if bound.isFinite && bound > (rising.last ?? -.infinity) && rising.count < 64 {
                rising.append(bound)
            }
        }
        self.buckets = rising
        self.maximumSeries = min(max(maximumSeries, 1), 10_000)
    }

    /// The name under which it is exposed.
    public var exposedName: String { MetricName.family(label: label, kind: kind, unit: unit) }
}
