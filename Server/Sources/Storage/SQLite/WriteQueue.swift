internal import Synchronization

/// Writers that wait for their turn; as many as there are share one transaction.
final class WriteQueue: Sendable {
    /// One writer.
    struct Job: Sendable {
        /// Writes, and gives what tells the writer of its success.
        let perform: @Sendable (StoreTransaction) throws -> @Sendable () -> Void
        /// Tells the writer of its failure.
        let fail: @Sendable (any Error) -> Void
        /// When it was handed in.
        let since = ContinuousClock.now
    }

    private struct State {
        var waiting: [Job] = []
        var isDraining = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Most writers that wait; more are refused.
    let capacity: Int
    /// Most writers that share one transaction.
    let batch: Int

    init(capacity: Int, batch: Int) { (self.capacity, self.batch) = (capacity, batch) }

    /// What became of a job that was handed in.
    enum Admission { case accepted(startDraining: Bool), full, closed }

    func add(_ job: Job) -> Admission {
        state.withLock { state in
            if state.isClosed { return .closed }
            if state.waiting.count >= capacity { return .full }
            state.waiting.append(job)
            let starts = !state.isDraining
            state.isDraining = true
            return .accepted(startDraining: starts)
        }
    }

    /// The next jobs; empty when there are none, and then draining has ended.
    func take() -> [Job] {
        state.withLock { state in
            let jobs = Array(state.waiting.prefix(batch))
            state.waiting.removeFirst(jobs.count)
            if jobs.isEmpty { state.isDraining = false }
            return jobs
        }
    }

    /// Lets nobody in any more. Those who wait are still served.
    ///
    /// - Returns: false when it was closed before.
    func close() -> Bool {
        state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
    }

    /// Writers that wait now.
    var count: Int { state.withLock { $0.waiting.count } }
}
