internal import Synchronization

/// Counts the runs that several workers have done, and tells.
final class RunCounter: Sendable {
    private let total: Int
    private let done = Atomic<Int>(0)
    private let tell: (@Sendable (SweepProgress) -> Void)?

    init(total: Int, _ tell: (@Sendable (SweepProgress) -> Void)?) { (self.total, self.tell) = (total, tell) }

    func count() {
        let number = done.add(1, ordering: .relaxed).newValue
        tell?(SweepProgress(done: number, total: total, evaluated: number))
    }
}
