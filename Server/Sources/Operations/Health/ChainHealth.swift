public import Settings
internal import Synchronization

/// The components of the chain that a process runs inside its runs, from position monitor to event logger, as
/// health shows them: idle, running, or failed.
///
/// Such a component exists once in every run and not at all between runs, so that its state is that of the
/// runs: `idle: no run`, `running: 2 runs`, `failed: REASON` after a run that ended in it, until the next run
/// ends well. A run that fails counts as an error of the component it failed in; more than five in a row make
/// that component degraded, more than ten unhealthy. A process that no run has used yet is healthy: the
/// component is there and waits.
///
/// Whoever runs something calls ``begin(mode:)`` and tells the ``RunHealth`` that it gets what happens.
public final class ChainHealth: Sendable {
    /// The components that live inside runs, in the order of the chain. Data provider and results store live
    /// as long as the process and speak for themselves.
    public static let components = ComponentName.chain.filter { $0 != .dataProvider && $0 != .resultsStore }

    private let registry: HealthRegistry
    private let state = Mutex(State())

    private struct State {
        var parts: [ComponentName: ComponentHealth] = [:]
        var failures: [ComponentName: String] = [:]
        var running = 0
        var holding = 0
    }

    /// The chain of a process without runs.
    public init(registry: HealthRegistry) { self.registry = registry }

    /// The parts for the start of a service: each registers its component. They need the data provider.
    public var startComponents: [StartComponent] {
        var before = ComponentName.dataProvider
        return Self.components.map { name in
            defer { before = name }
            return StartComponent(name, needs: [before]) { part in self.adopt(part) }
        }
    }

    private func adopt(_ part: ComponentHealth) {
        state.withLock { state in
            state.parts[part.name] = part
            Self.show(state)
        }
    }

    /// Runs that go on now.
    public var running: Int { state.withLock { $0.running } }

    /// Whether a run of paper or live trading holds positions. Backtests hold none that anybody could lose.
    public var holdsPositions: Bool { state.withLock { $0.holding > 0 } }

    /// A run begins.
    ///
    /// - Returns: where the run says what becomes of it; it counts as running until it says that it ended,
    ///   or is forgotten.
    public func begin(mode: ExecutionMode) -> RunHealth {
        state.withLock { state in
            state.running += 1
            Self.show(state)
        }
        return RunHealth(chain: self, mode: mode)
    }

    fileprivate func hold(_ change: Int) { state.withLock { $0.holding += change } }

    fileprivate func end(_ ending: RunHealth.Ending, wasHolding: Bool) {
        state.withLock { state in
            state.running -= 1
            if wasHolding { state.holding -= 1 }
            switch ending {
            case .well:
                state.failures = [:]
                for part in state.parts.values { part.recordSuccess() }
            case .failed(let component, let code, let reason):
                state.failures[component] = registry.redacted(reason)
                state.parts[component]?.recordError(code: code)
            case .stopped: break
            }
            Self.show(state)
        }
    }

    private static func show(_ state: State) {
        for (name, part) in state.parts {
            let runs = state.running == 1 ? "1 run" : "\(state.running) runs"
            let now = state.running == 0 ? "idle: no run" : "running: \(runs)"
            part.show(activity: state.failures[name].map { "failed: \($0)" } ?? now)
        }
    }
}

/// What one run says of itself to health. Safe from any thread; only the first word about its end counts.
public final class RunHealth: Sendable {
    fileprivate enum Ending {
        case well
        case stopped
        case failed(ComponentName, code: String, reason: String)
    }

    private let chain: ChainHealth
    private let mode: ExecutionMode
    private let state = Mutex(State())

    private struct State {
        var isOver = false
        var isHolding = false
    }

    fileprivate init(chain: ChainHealth, mode: ExecutionMode) { (self.chain, self.mode) = (chain, mode) }

    deinit { end(.stopped) }

    /// Says whether the run holds positions now. Has no effect in a backtest, nor after the end.
    public func setHoldsPositions(_ holds: Bool) {
        guard mode != .backtest else { return }
        let change: Int = state.withLock { state in
            guard !state.isOver, state.isHolding != holds else { return 0 }
            state.isHolding = holds
            return holds ? 1 : -1
        }
        if change != 0 { chain.hold(change) }
    }

    /// The run came to its end.
    public func complete() { end(.well) }

    /// Somebody stopped the run; this says nothing about its components.
    public func stop() { end(.stopped) }

    /// The run failed.
    ///
    /// - Parameters:
    ///   - component: where; the strategy when its code threw, execution when an order could not be carried.
    ///   - code: a stable word.
    ///   - reason: one sentence. Known secrets in it are hidden.
    public func fail(in component: ComponentName, code: String, reason: String) {
        end(.failed(component, code: code, reason: reason))
    }

    private func end(_ ending: Ending) {
        let before: State? = state.withLock { state in
            if state.isOver { return nil }
            defer { (state.isOver, state.isHolding) = (true, false) }
            return state
        }
        if let before { chain.end(ending, wasHolding: before.isHolding) }
    }
}
