internal import ArgumentParser
internal import Glibc
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

    /// Stops that a start finishes before it gives up: somebody stops again and again.
    private static let stopsFinished = 3

    /// Starts a supervisor that stays, and waits until all is ready.
    func detached(_ request: ServiceRequest, asJSON: Bool) throws {
        try detached(request, asJSON: asJSON, stops: Self.stopsFinished)
    }

    /// - Parameter stops: how many stops that somebody else began may still be finished.
    private func detached(_ request: ServiceRequest, asJSON: Bool, stops: Int) throws {
        let result = try SupervisorLaunch.detached(
            planned.plan, in: planned.folder, executable: ServicePlan.ownExecutable(),
            environment: context.environment)
        switch result {
        case .ready: break
        case .alreadyRunning: return try followOther(request, asJSON: asJSON, stops: stops)
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

    /// What runs already is fine unless something else was asked for, or it does not become ready.
    private func followOther(_ request: ServiceRequest, asJSON: Bool, stops: Int) throws {
        let status = try settled()
        if !status.isWanted, stops > 0 {
            // A stop was begun and not finished, as it was killed; or it ended only now.
            context.output.remark("a stop was under way: it is finished, and the services start anew")
            for problem in try HostServices(folder: planned.folder).stop(forgets: false).problems {
                context.output.remark("warning: \(problem)")
            }
            return try detached(request, asJSON: asJSON, stops: stops - 1)
        }
        try checkAlreadyRunning(request, status)
        try context.output.result(StatusOutput(status).rendered(asJSON: asJSON))
        if status.supervisor == nil || !status.isWanted || !status.isWell {
            throw ExitCode(ExitStatus.unavailable.rawValue)
        }
    }

    /// How things are once another start, which may still be at it, is done. A stop that is under way is
    /// given a moment: a supervisor that goes on after that was never told.
    private func settled() throws -> HostStatus {
        let services = HostServices(folder: planned.folder)
        let limit = planned.plan.services.map(\.readyWithin).reduce(.seconds(10), +)
        let began = SystemClocks.uptime()
        let stuck = ["waiting", "gave-up", "left-alone", "not-ready", "stopping", "unsupervised"]
        while true {
            let status = try services.status()
            let isStarting = !status.isWell && !status.services.contains { stuck.contains($0.state) }
            let isUnderWay = status.supervisor != nil && (!status.isWanted || isStarting)
            let patience = status.isWanted ? limit : Self.patienceForStops
            if !isUnderWay || SystemClocks.uptime() - began >= patience { return status }
            usleep(20_000)
        }
    }

    private static let patienceForStops = Duration.seconds(1)

    private func checkAlreadyRunning(_ request: ServiceRequest, _ status: HostStatus) throws {
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
