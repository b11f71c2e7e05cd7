internal import Dispatch
public import Events
internal import Synchronization

/// Where the parts of a process register what health shows: components and readiness checks.
///
/// Registering is safe from any thread at any time. ``evaluate()`` asks every check at once, each with its
/// timeout; a check that hangs is reported as not ready and is not asked again until it comes back. Several
/// callers share one evaluation, and an answer younger than ``maximumAge`` is given out again, so that no
/// crowd of callers can make the service ask more often.
public final class HealthRegistry: Sendable {
    /// Checks and components that a registry holds, each.
    public static let maximumChecks = 256

    /// How old an answer may be that is given out again.
    public let maximumAge: Duration
    private let state: Mutex<State>
    private let sources: HealthSources

    private struct State {
        var checks: [ComponentName: ReadinessCheck] = [:]
        var components: [ComponentName: ComponentHealth] = [:]
        var onTheirWay: Set<ComponentName> = []
        var last: (report: ReadinessReport, at: Duration)?
        var evaluation: Task<ReadinessReport, Never>?
    }

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - sources: clocks, a timer and the redaction of reasons.
    ///   - maximumAge: how old an answer may be that is given out again.
    public init(sources: HealthSources, maximumAge: Duration = .seconds(1)) {
        (self.sources, self.maximumAge) = (sources, maximumAge)
        state = Mutex(State())
    }

    // MARK: Registering

    /// Adds a check.
    public func register(_ check: ReadinessCheck) throws(HealthRegistrationError) {
        let problem: HealthRegistrationError.Code? = state.withLock {
            if $0.checks[check.name] != nil { return .duplicateName }
            if $0.checks.count >= Self.maximumChecks { return .tooMany }
            $0.checks[check.name] = check
            $0.last = nil
            return nil
        }
        if let problem { throw HealthRegistrationError(code: problem, name: check.name) }
    }

    /// Takes a check away, as when a stream is no longer subscribed.
    public func removeCheck(_ name: ComponentName) {
        state.withLock {
            $0.checks[name] = nil
            $0.last = nil
        }
    }

    /// Adds a component and returns where it reports.
    public func register(component name: ComponentName) throws(HealthRegistrationError) -> ComponentHealth {
        let component = ComponentHealth(name: name)
        let problem: HealthRegistrationError.Code? = state.withLock {
            if $0.components[name] != nil { return .duplicateName }
            if $0.components.count >= Self.maximumChecks { return .tooMany }
            $0.components[name] = component
            return nil
        }
        if let problem { throw HealthRegistrationError(code: problem, name: name) }
        return component
    }

    /// The checks, in the order of names.
    public var checks: [ReadinessCheck] {
        state.withLock { $0.checks.values.sorted { $0.name < $1.name } }
    }

    /// The last report, however old; nil before the first evaluation. Asks nothing.
    public var lastReport: ReadinessReport? { state.withLock { $0.last?.report } }

    /// What each component says now: the chain in its order, then the others by name. A component whose own
    /// check failed in the last report is not ready. Asks nothing.
    public var components: [ComponentSnapshot] {
        let (found, report) = state.withLock { ($0.components, $0.last?.report) }
        let rest = found.keys.filter { !ComponentName.chain.contains($0) }.sorted()
        return (ComponentName.chain + rest).compactMap { found[$0]?.snapshot }
            .map { $0.joined(with: report?.items ?? []) }
    }

    /// What a component shows beside its status; nil when it shows nothing.
    public func facts(of component: ComponentName) -> JSONText? {
        state.withLock { $0.components[component] }?.facts
    }

    // MARK: Asking

    /// Asks every check, or gives out an answer that is young enough.
    public func evaluate() async -> ReadinessReport {
        enum Decision {
            case answer(ReadinessReport)
            case wait(Task<ReadinessReport, Never>)
        }
        let decision: Decision = state.withLock { state in
            if let last = state.last, sources.uptime() - last.at < maximumAge { return .answer(last.report) }
            if let running = state.evaluation { return .wait(running) }
            let task = Task { await self.askAll() }
            state.evaluation = task
            return .wait(task)
        }
        switch decision {
        case .answer(let report): return report
        case .wait(let task): return await task.value
        }
    }

    private func askAll() async -> ReadinessReport {
        let checks = self.checks
        let time = sources.now()
        let items = await withTaskGroup(of: ReadinessReport.Item.self) { group in
            for check in checks { group.addTask { await self.ask(check) } }
            var items: [ReadinessReport.Item] = []
            for await item in group { items.append(item) }
            return items.sorted { $0.check.name < $1.check.name }
        }
        let report = ReadinessReport(time: time, items: items)
        state.withLock {
            $0.last = (report, sources.uptime())
            $0.evaluation = nil
        }
        return report
    }

    private func ask(_ check: ReadinessCheck) async -> ReadinessReport.Item {
        let began = sources.uptime()
        let isFree = state.withLock { $0.onTheirWay.insert(check.name).inserted }
        guard isFree else {
            let reason = "the check has not come back since it was asked before"
            return ReadinessReport.Item(check: check, readiness: .notReady(reason: reason), duration: .zero)
        }
        let readiness: Readiness = await withCheckedContinuation { continuation in
            let first = FirstAnswer(continuation)
            sources.after(check.timeout) {
                first.give(.notReady(reason: "the check gave no answer within \(check.timeout)"))
            }
            run(check) { answer in
                _ = self.state.withLock { $0.onTheirWay.remove(check.name) }
                first.give(answer)
            }
        }
        return ReadinessReport.Item(
            check: check, readiness: redacted(readiness), duration: sources.uptime() - began)
    }

    private func run(_ check: ReadinessCheck, _ answer: @escaping @Sendable (Readiness) -> Void) {
        switch check.judge {
        case .suspending(let judge):
            Task {
                do {
                    answer(try await judge())
                } catch {
                    answer(.notReady(reason: "\(error)"))
                }
            }
        case .blocking(let judge):
            // A queue of its own has a thread of its own; those of the shared pool could all be waiting
            // already.
            DispatchQueue(label: "tradewind.health.check").async {
                do {
                    answer(try judge())
                } catch {
                    answer(.notReady(reason: "\(error)"))
                }
            }
        }
    }

    private func redacted(_ readiness: Readiness) -> Readiness {
        guard let reason = readiness.reason else { return .ready }
        return .notReady(reason: redacted(reason))
    }

    /// A text for the pages: without secrets, at most 500 characters.
    func redacted(_ text: String) -> String { String(sources.redact(text).prefix(500)) }
}

/// Passes the first of several answers on.
private final class FirstAnswer: Sendable {
    private let continuation: Mutex<CheckedContinuation<Readiness, Never>?>

    init(_ continuation: CheckedContinuation<Readiness, Never>) {
        self.continuation = Mutex(continuation)
    }

    func give(_ answer: Readiness) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: answer)
    }
}

extension ComponentSnapshot {
    /// With the component's own checks among its steps.
    fileprivate func joined(with items: [ReadinessReport.Item]) -> ComponentSnapshot {
        let own = items.filter { $0.check.component == name }
        let steps = steps + own.map { Step(name: $0.check.name.text, isDone: $0.readiness.isReady) }
        let fails = own.contains { !$0.readiness.isReady }
        let status: ComponentStatus =
            switch status {
            case .healthy, .degraded, .unknown:
                fails ? .notReady : (status == .unknown && !own.isEmpty ? .healthy : status)
            default: status
            }
        return ComponentSnapshot(
            name: name, status: status, errorCode: errorCode, activity: activity, steps: steps)
    }
}
