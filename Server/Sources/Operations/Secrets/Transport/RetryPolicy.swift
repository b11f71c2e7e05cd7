/// How often and how patiently a question is asked again.
public struct RetryPolicy: Hashable, Sendable {
    /// How often it is asked at most, the first time included.
    public let attempts: Int
    /// The time limit of one attempt.
    public let timeout: Duration
    /// The wait after the first attempt; it doubles with each further one.
    public let firstWait: Duration
    /// No wait is longer than this.
    public let longestWait: Duration
    /// Larger answers are refused.
    public let maximumResponseBytes: Int

    /// By default three attempts of at most two seconds, waits from 100 ms, and answers of at most 1 MiB.
    /// Values below what makes sense are raised to one attempt, one byte and no wait.
    public init(
        attempts: Int = 3, timeout: Duration = .seconds(2), firstWait: Duration = .milliseconds(100),
        longestWait: Duration = .seconds(2), maximumResponseBytes: Int = 1 << 20
    ) {
        self.attempts = max(1, attempts)
        self.timeout = max(.milliseconds(1), timeout)
        self.firstWait = max(.zero, firstWait)
        self.longestWait = max(.zero, longestWait)
        self.maximumResponseBytes = max(1, maximumResponseBytes)
    }

    /// The wait after attempt number `attempt`, counted from 1, before jitter.
    public func wait(after attempt: Int) -> Duration {
        var wait = firstWait
        for _ in 1..<max(1, min(attempt, 32)) {
            if wait >= longestWait { break }
            wait *= 2
        }
        return min(wait, longestWait)
    }
}
