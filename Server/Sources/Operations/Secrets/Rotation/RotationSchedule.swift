public import Settings

/// When a rotating credential looks at its source, and how long old things last.
public struct RotationSchedule: Hashable, Sendable {
    /// How often a source is asked that only an answer can tell a change of.
    public let pollInterval: Duration
    /// How long a request waits for an answer of the source before it goes on with what is there.
    public let patience: Duration
    /// How long the first load and a refused request wait.
    public let longPatience: Duration
    /// The wait after a first failure; it doubles up to ``longestRetry``.
    public let firstRetry: Duration
    /// The longest wait between two attempts while the source fails.
    public let longestRetry: Duration
    /// A lease is renewed this long before its end, or after two thirds of it when that is earlier.
    public let leaseMargin: Duration
    /// For how long after a change the edition before it may be used, should the new one be refused.
    public let overlap: Duration
    /// For how long a refused edition is left aside before it is tried again.
    public let recheck: Duration
    /// Refusals do not make the source be asked more often than this.
    public let forcedInterval: Duration

    /// A schedule; every time has a default that suits a venue's keys in Vault or AWS.
    public init(
        pollInterval: Duration = .seconds(15), patience: Duration = .milliseconds(250),
        longPatience: Duration = .seconds(10), firstRetry: Duration = .seconds(1),
        longestRetry: Duration = .seconds(30), leaseMargin: Duration = .seconds(30),
        overlap: Duration = .seconds(600), recheck: Duration = .seconds(30),
        forcedInterval: Duration = .seconds(1)
    ) {
        self.pollInterval = pollInterval
        self.patience = patience
        self.longPatience = longPatience
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
        self.leaseMargin = leaseMargin
        self.overlap = overlap
        self.recheck = recheck
        self.forcedInterval = forcedInterval
    }

    /// The schedule of `secrets.refresh-interval` and `secrets.lease-margin`. What a request waits and how
    /// failures are spaced follows from no setting.
    public init(_ settings: SecretsSettings) {
        self.init(
            pollInterval: settings.refreshInterval,
            longestRetry: min(.seconds(30), max(.seconds(1), settings.refreshInterval * 2)),
            leaseMargin: settings.leaseMargin)
    }

    /// Whether a lease of this age is to be renewed.
    func isDue(leaseAge age: Duration, of duration: Duration) -> Bool {
        age >= min(duration - min(leaseMargin, duration / 3), duration / 3 * 2)
    }

    /// The wait after so many failures in a row, before jitter.
    func retry(after failures: Int) -> Duration {
        RetryPolicy(firstWait: firstRetry, longestWait: longestRetry).wait(after: failures)
    }
}
