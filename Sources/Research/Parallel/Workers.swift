internal import Synchronization

/// Threads that the process hands to the research tools, which start none themselves.
public protocol Workers: Sendable {
    /// How many there are, at least 1.
    var count: Int { get }

    /// Does a work once on each worker, at the same time, and returns when all have ended.
    ///
    /// - Parameter work: called with the number of the worker, from 0.
    func perform(_ work: @Sendable (Int) -> Void)
}

/// The calling thread alone.
public struct CallingThread: Workers {
    /// The calling thread.
    public init() {}

    public var count: Int { 1 }

    public func perform(_ work: @Sendable (Int) -> Void) { work(0) }
}

extension Workers {
    /// The results of `count` pieces of work, in their order, whichever worker did them and when.
    ///
    /// Workers take the next piece as soon as they are free. After a failure no new piece begins, and the
    /// failure of the first piece, by number, that failed is thrown.
    ///
    /// - Parameters:
    ///   - count: pieces, 0 or more.
    ///   - body: does one piece; called from several threads at once.
    public func map<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let board = WorkBoard<Result>(count: count)
        perform { _ in
            while let piece = board.take() {
                do {
                    board.finish(piece, .success(try body(piece)))
                } catch {
                    board.finish(piece, .failure(error))
                }
            }
        }
        return try board.results()
    }
}

/// Pieces of work that workers take and hand back.
private final class WorkBoard<Result: Sendable>: Sendable {
    private struct State {
        var next = 0
        var outcomes: [Swift.Result<Result, any Error>?]
        var hasFailed = false
    }

    private let count: Int
    private let state: Mutex<State>

    init(count: Int) {
        precondition(count >= 0, "pieces of work are not negative")
        self.count = count
        state = Mutex(State(outcomes: Array(repeating: nil, count: count)))
    }

    func take() -> Int? {
        state.withLock { state in
            guard state.next < count, !state.hasFailed else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func finish(_ piece: Int, _ outcome: Swift.Result<Result, any Error>) {
        state.withLock { state in
            state.outcomes[piece] = outcome
            if case .failure = outcome { state.hasFailed = true }
        }
    }

    func results() throws -> [Result] {
        let outcomes = state.withLock { $0.outcomes }
        // Pieces are taken in order, so what was never done lies behind a failure.
        return try outcomes.compactMap { try $0?.get() }
    }
}
