internal import Synchronization

/// What the workers of a sweep share: the points that are done and the place of the next.
final class SweepBoard: Sendable {
    private struct State {
        /// By combination's place in the order of choice; nil for one that is not done or was skipped.
        var points: [SweepPoint?]
        /// Next place that nobody took, and the end of the present batch.
        var next = 0
        var end = 0
        var done = 0
        var skipped = 0
        var evaluated = 0
        var failure: (any Error)?
        var isStopped = false
    }

    private let sweep: Sweep
    private let state: Mutex<State>
    private let total: Int
    private let keep: @Sendable (SweepPoint) throws -> Void
    private let progress: @Sendable (SweepProgress) -> Void
    private let continues: @Sendable () -> Bool

    init(
        _ sweep: Sweep, known: [SweepPoint], keep: @escaping @Sendable (SweepPoint) throws -> Void,
        progress: @escaping @Sendable (SweepProgress) -> Void, continues: @escaping @Sendable () -> Bool
    ) {
        total = sweep.sweep.size
        var points = [SweepPoint?](repeating: nil, count: total)
        for point in known where points.indices.contains(point.sequence) { points[point.sequence] = point }
        state = Mutex(State(points: points))
        (self.sweep, self.keep, self.progress, self.continues) = (sweep, keep, progress, continues)
    }

    /// Counts combinations that were drawn and refused.
    func skip(_ count: Int) { state.withLock { $0.skipped += count } }

    /// Runs combinations, the first of which has the place `first` in the order of choice, and gives their
    /// points in that order.
    ///
    /// - Parameter checks: whether the strategies may refuse some, which are skipped.
    @discardableResult
    func run(
        _ combinations: some RandomAccessCollection<Int> & Sendable, from first: Int, checks: Bool,
        on workers: some Workers
    ) throws -> [SweepPoint] {
        let end = first + combinations.count
        state.withLock { ($0.next, $0.end) = (first, end) }
        workers.perform { _ in
            while let place = self.take() {
                let offset = combinations.index(combinations.startIndex, offsetBy: place - first)
                self.finish(place, combinations[offset], checks: checks)
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            if state.isStopped { throw SweepError.interrupted(done: state.done, total: total) }
            // Only a grid, whose points nobody asks for, holds far more than its batch.
            return checks ? [] : state.points[first..<end].compactMap { $0 }
        }
    }

    /// The next place that is not done yet.
    private func take() -> Int? {
        if !continues() { state.withLock { $0.isStopped = true } }
        return state.withLock { state in
            while state.next < state.end, !state.isStopped, state.failure == nil {
                state.next += 1
                if state.points[state.next - 1] == nil { return state.next - 1 }
                state.done += 1
            }
            return nil
        }
    }

    private func finish(_ place: Int, _ combination: Int, checks: Bool) {
        if checks && !sweep.space.problems(of: combination).isEmpty { return note(nil) }
        do {
            note(try sweep.evaluate(place, combination, continues))
        } catch BacktestError.interrupted {
            state.withLock { $0.isStopped = true }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    /// Counts a point, which is nil when it was skipped.
    private func note(_ point: SweepPoint?) {
        state.withLock { state in
            state.done += 1
            if let point {
                state.evaluated += 1
                state.points[point.sequence] = point
                do { try keep(point) } catch { state.failure = state.failure ?? error }
            } else {
                state.skipped += 1
            }
            progress(SweepProgress(done: state.done, total: total, evaluated: state.evaluated))
        }
    }

    /// All points ascending by combination, how many were skipped, and how many were run now.
    func finished() -> (points: [SweepPoint], skipped: Int, evaluated: Int) {
        state.withLock { state in
            let points = state.points.compactMap { $0 }.sorted { $0.combination < $1.combination }
            state.points = []
            return (points, state.skipped, state.evaluated)
        }
    }
}
