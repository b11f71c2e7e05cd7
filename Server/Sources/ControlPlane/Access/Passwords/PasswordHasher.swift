internal import HTTPTypes
internal import NIOPosix
package import Settings
internal import Synchronization

/// Computes hashes of passwords on threads of their own, few at a time, so that logins never take more of
/// the machine than they may.
public final class PasswordHasher: Sendable {
    private struct State {
        var running = 0
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    /// The cost of new hashes.
    let cost: PasswordCost
    private let concurrent: Int
    private let maximumWaiting: Int
    private let state = Mutex(State())
    private let decoy: PasswordHash

    /// - Parameters:
    ///   - concurrent: hashes that are computed at the same time.
    ///   - maximumWaiting: how many may wait for their turn; more are refused.
    public init(cost: PasswordCost = .standard, concurrent: Int = 1, maximumWaiting: Int = 16) {
        (self.cost, self.concurrent) = (cost, max(1, concurrent))
        self.maximumWaiting = maximumWaiting
        decoy = PasswordHash(decoyOf: cost)
    }

    /// The hash of a password, as text.
    ///
    /// - Throws: ``APIError`` with code `throttling.backpressure` when too many wait.
    package func hash(_ password: Secret) async throws -> String {
        let cost = cost
        return try await inTurn { try PasswordHash(of: password, cost: cost).text }
    }

    /// What became of a comparison.
    struct Verdict: Sendable {
        /// Whether the password is right.
        let isRight: Bool
        /// The hash to store instead, when it is right and the stored one cost something else.
        let replacement: String?
    }

    /// Whether a password belongs to a hash; the same work is done when there is none, or none that can be
    /// read, so that the time does not tell who has an account.
    ///
    /// - Throws: ``APIError`` with code `throttling.backpressure` when too many wait.
    func verify(_ password: Secret, against text: String?) async throws -> Verdict {
        let (cost, decoy) = (cost, decoy)
        return try await inTurn {
            let stored = text.flatMap { PasswordHash($0) }
            let compared = stored ?? decoy
            let isRight = try compared.matches(password) && stored != nil
            guard isRight, compared.cost != cost else { return Verdict(isRight: isRight, replacement: nil) }
            return Verdict(isRight: true, replacement: try PasswordHash(of: password, cost: cost).text)
        }
    }

    private func inTurn<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await enter()
        defer { leave() }
        return try await NIOThreadPool.singleton.runIfActive(work)
    }

    private func enter() async throws {
        enum Place { case now, full, later(Int) }
        let place = state.withLock { state -> Place in
            if state.running < concurrent {
                state.running += 1
                return .now
            }
            guard state.waiting.count < maximumWaiting else { return .full }
            state.nextTicket += 1
            return .later(state.nextTicket)
        }
        switch place {
        case .now: return
        case .full: throw Self.busy
        case .later(let ticket):
            let hasTurn = await withTaskCancellationHandler {
                await withCheckedContinuation { wait(ticket, $0) }
            } onCancel: {
                giveUp(ticket)
            }
            if !hasTurn { throw Task.isCancelled ? CancellationError() : Self.busy }
        }
    }

    private func wait(_ ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        let answer = state.withLock { state -> Bool? in
            if Task.isCancelled { return false }
            // Between the look and now the turn may have come, or the row grown.
            if state.running < concurrent {
                state.running += 1
                return true
            }
            if state.waiting.count >= maximumWaiting { return false }
            state.waiting.append((ticket, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func giveUp(_ ticket: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }

    /// Hands the turn on to who waits longest.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    private static let busy = APIError(
        .backpressure, "too many logins at the same time; repeat in 1 s", headers: [.retryAfter: "1"])
}
