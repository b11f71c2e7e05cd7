/// One question about whether the service can do its work, with who asks it, how the answer is judged and
/// what a person does when it is no.
///
/// Which checks exist differs between processes: a part registers the checks that apply to it, and a process
/// without that part does not show them.
public struct ReadinessCheck: Sendable {
    /// Unique in the process: lower-case words joined by hyphens, as in `disk-space`. The label of the
    /// metric.
    public let name: ComponentName
    /// The part of the service that asks.
    public let component: ComponentName
    /// How it is judged, with its threshold, in words: "at least 1 GiB free on /data".
    public let judgedBy: String
    /// What a person does when it fails.
    public let remedy: String
    /// How long it may take; afterwards it counts as failed. The next evaluation does not start it a second
    /// time while it is still on its way.
    public let timeout: Duration
    let judge: Judge

    enum Judge: Sendable {
        case suspending(@Sendable () async throws -> Readiness)
        /// May block its thread (files, system calls): runs on a thread of its own.
        case blocking(@Sendable () throws -> Readiness)
    }

    /// A check that suspends and never blocks its thread.
    ///
    /// - Parameters:
    ///   - timeout: from 1 ms to 60 s; values outside are brought inside.
    ///   - judge: answers. What it throws counts as not ready, with the error's text as the reason.
    public init(
        name: ComponentName, component: ComponentName, judgedBy: String, remedy: String,
        timeout: Duration = .seconds(2), judge: @escaping @Sendable () async throws -> Readiness
    ) {
        (self.name, self.component, self.judgedBy, self.remedy) = (name, component, judgedBy, remedy)
        self.timeout = Self.bounded(timeout)
        self.judge = .suspending(judge)
    }

    /// A check that may block its thread, as one that asks the file system does.
    public init(
        name: ComponentName, component: ComponentName, judgedBy: String, remedy: String,
        timeout: Duration = .seconds(2), blockingJudge: @escaping @Sendable () throws -> Readiness
    ) {
        (self.name, self.component, self.judgedBy, self.remedy) = (name, component, judgedBy, remedy)
        self.timeout = Self.bounded(timeout)
        judge = .blocking(blockingJudge)
    }

    private static func bounded(_ timeout: Duration) -> Duration {
        min(max(timeout, .milliseconds(1)), .seconds(60))
    }
}
