internal import ArgumentParser
internal import Operations
internal import Settings
internal import TradewindCommands

/// Starts what is planned, and says how that went.
struct ServiceLaunch {
    private let planned: ServicePlan
    private let context: ServerContext

    init(_ planned: ServicePlan, _ context: ServerContext) {
        (self.planned, self.context) = (planned, context)
    }

    /// Starts a supervisor that stays, and waits until all is ready.
    func detached(_ request: ServiceRequest, asJSON: Bool) throws {
        let result = try SupervisorLaunch.detached(
            planned.plan, in: planned.folder, executable: ServicePlan.ownExecutable(),
            environment: context.environment)
        switch result {
        case .ready: break
        case .alreadyRunning: try checkAlreadyRunning(request)
        case .interrupted:
            throw CommandFailure(
                .interrupted, code: "interrupted",
                message: "interrupted; the services go on starting in the background",
                remedy: "see tradewind status; tradewind stop ends them")
        case .failed(let sentence):
            throw CommandFailure(
                .unavailable, code: "start-failed", message: sentence,
                remedy: "see tradewind status and tradewind logs; tradewind stop ends further attempts")
        }
        let status = try HostServices(folder: planned.folder).status()
        try context.output.result(StatusOutput(status).rendered(asJSON: asJSON))
    }

    /// What runs already is fine unless something else was asked for.
    private func checkAlreadyRunning(_ request: ServiceRequest) throws {
        let status = try HostServices(folder: planned.folder).status()
        if let mode = request.mode, let actual = status.mode, mode != actual {
            throw CommandFailure(
                .failed, code: "already-running",
                message: "services run in mode \(actual.rawValue); \(mode.rawValue) was asked for",
                remedy: "use tradewind restart --mode \(mode.rawValue)")
        }
        let names = status.services.map(\.name)
        if !request.services.isEmpty, request.services.map(\.rawValue) != names {
            throw CommandFailure(
                .failed, code: "already-running",
                message: "\(names.joined(separator: ", ")) run already, and others were asked for",
                remedy: "use tradewind stop, then start the services you want")
        }
        context.output.remark("already running")
    }

    /// Supervises in this process.
    func inForeground() throws {
        let outcome = try SupervisorLaunch.inForeground(
            planned.plan, in: planned.folder, environment: context.environment)
        switch outcome {
        case .stopped: return
        case .gaveUp(let failures):
            throw CommandFailure(
                .unavailable,
                problems: failures.map {
                    FailureProblem(
                        code: "gave-up", message: $0, remedy: "see tradewind logs, then start again")
                })
        case nil:
            throw CommandFailure(
                .failed, code: "already-running",
                message: "a supervisor runs already in \(planned.folder.path)",
                remedy: "use tradewind status, tradewind stop")
        }
    }
}
