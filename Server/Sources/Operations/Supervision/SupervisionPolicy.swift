/// When a service is asked how it is, and what follows from a failure.
public struct SupervisionPolicy: Hashable, Sendable, Codable {
    /// Milliseconds between two checks of a service that is ready.
    public var checkIntervalMilliseconds: Int
    /// Milliseconds that a check may take.
    public var checkTimeoutMilliseconds: Int
    /// Checks in a row that must fail before a running service counts as failed.
    public var failedChecks: Int
    /// Milliseconds to wait before each attempt to start a failed service again; when they are used up, the
    /// service stays stopped.
    public var waitsMilliseconds: [Int]
    /// Milliseconds for which a service must have been well before its earlier failures are forgotten.
    public var stableAfterMilliseconds: Int
    /// Restarts of one service within ``intensityWindowMilliseconds`` after which it stays stopped, however
    /// well it was in between.
    public var maximumRestarts: Int
    /// The time over which ``maximumRestarts`` counts.
    public var intensityWindowMilliseconds: Int

    /// Checks every 30 s with 3 s to answer; three failed ones are a failure; waits of 5, 10 and 20 s; one
    /// interval of being well forgets them; at most 10 restarts an hour.
    public static let standard = SupervisionPolicy(
        checkIntervalMilliseconds: 30_000, checkTimeoutMilliseconds: 3000, failedChecks: 3,
        waitsMilliseconds: [5000, 10_000, 20_000], stableAfterMilliseconds: 30_000, maximumRestarts: 10,
        intensityWindowMilliseconds: 3_600_000)

    /// While a service starts it is asked this often, as nobody wants to wait for it.
    static let startCheckInterval = Duration.milliseconds(25)

    /// Whether what was read from a file can be followed.
    var isSound: Bool {
        let times = [
            checkIntervalMilliseconds, checkTimeoutMilliseconds, stableAfterMilliseconds,
            intensityWindowMilliseconds,
        ]
        return times.allSatisfy { (1...86_400_000).contains($0) } && failedChecks > 0
            && waitsMilliseconds.allSatisfy { (0...86_400_000).contains($0) } && maximumRestarts >= 0
            && waitsMilliseconds.count <= 100
    }

    /// The time between two checks of a service that is ready.
    public var checkInterval: Duration {
        get { .milliseconds(checkIntervalMilliseconds) }
        set { checkIntervalMilliseconds = newValue.milliseconds }
    }

    /// The time that a check may take.
    public var checkTimeout: Duration {
        get { .milliseconds(checkTimeoutMilliseconds) }
        set { checkTimeoutMilliseconds = newValue.milliseconds }
    }

    /// The waits before attempts to start a failed service again.
    public var waits: [Duration] {
        get { waitsMilliseconds.map { .milliseconds($0) } }
        set { waitsMilliseconds = newValue.map(\.milliseconds) }
    }

    /// How long a service must have been well before its earlier failures are forgotten.
    public var stableAfter: Duration {
        get { .milliseconds(stableAfterMilliseconds) }
        set { stableAfterMilliseconds = newValue.milliseconds }
    }

    var intensityWindow: Duration { .milliseconds(intensityWindowMilliseconds) }
}
