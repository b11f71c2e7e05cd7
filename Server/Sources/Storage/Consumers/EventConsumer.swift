public import Events

/// Something that works on every event of the log, in order, and is still at the right place after a crash.
///
/// Delivery is at least once: after a crash, or an error, events come again. Work on an event must therefore
/// do nothing the second time, as by keeping its offset beside what was written (see
/// ``StoreTransaction/commit(_:_:)``, which commits both in one transaction).
public protocol EventConsumer: Sendable {
    /// Its name in the log, for ever: where it stands is kept under it.
    var name: String { get }
    /// The events it wants.
    var filter: EventFilter { get }
    /// Works on events, in order, never on an empty batch.
    ///
    /// - Throws: whatever went wrong; the same events come again after a while.
    func handle(_ events: [LoggedEvent]) async throws
}

/// What is told about the work of consumers, for metrics and logs.
public struct ConsumerObserver: Sendable {
    /// A consumer has worked on events: its name, how many, and up to where.
    public var handled: @Sendable (String, Int, EventOffset) -> Void = { _, _, _ in }
    /// A consumer has failed: its name, the error, and how often in a row.
    public var failed: @Sendable (String, any Error, Int) -> Void = { _, _, _ in }

    /// Tells nobody.
    public init() {}
}

/// How long a consumer waits after failures.
public struct ConsumerBackoff: Sendable {
    /// After the first failure; doubled after each further one.
    public var first: Duration
    /// At most.
    public var most: Duration

    /// From 100 ms up to 30 s.
    public init(first: Duration = .milliseconds(100), most: Duration = .seconds(30)) {
        (self.first, self.most) = (first, most)
    }

    /// The wait after so many failures in a row.
    public func wait(after failures: Int) -> Duration {
        var wait = first
        for _ in 1..<max(1, min(failures, 30)) where wait < most { wait = wait * 2 }
        return min(wait, most)
    }
}
