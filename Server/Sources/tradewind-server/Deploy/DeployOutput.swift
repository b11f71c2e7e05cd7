internal import Deployment
internal import Events
internal import Operations

/// How deployments went, for people and for programs.
struct DeployOutput {
    /// What serves.
    enum Services {
        /// The services of `start`.
        case native(HostStatus)
        /// Containers.
        case containers(ServingState)
    }

    let services: Services
    let history: [DeploymentRecord]
    /// A deployment that is under way, or that was killed.
    let unfinished: DeploymentJournal?

    static func json(_ record: DeploymentRecord) -> JSONText {
        .object([
            JSONMember("id", .string(record.id)), JSONMember("action", .string(record.action)),
            JSONMember("environment", .string(record.environment)),
            JSONMember("actor", .string(record.actor)), JSONMember("started_at", .string(record.startedAt)),
            JSONMember("seconds", .number(record.seconds)), JSONMember("from", .optional(record.from)),
            JSONMember("to", .optional(record.to)), JSONMember("backup", .optional(record.backup)),
            JSONMember("result", .string(record.result.rawValue)),
            JSONMember("reason", .optional(record.reason)),
        ])
    }

    static func text(_ record: DeploymentRecord) -> String {
        let from = record.from.map { "\($0.prefix(12)) -> " } ?? ""
        let to = record.to.map { String($0.prefix(12)) } ?? "?"
        let seconds = Int(record.seconds.rounded())
        let reason = record.reason.map { ": \($0)" } ?? ""
        return "\(record.startedAt.prefix(19))Z  \(record.action)  \(from)\(to)  \(record.result.rawValue) "
            + "after \(seconds) s, by \(record.actor)\(reason)\n"
    }

    var json: JSONText {
        let status: JSONText
        switch services {
        case .native(let services):
            do throws(JSONError) {
                status = try JSONText(parsing: StatusOutput(services).rendered(asJSON: true))
            } catch { status = .null }
        case .containers(let standing):
            status = .object([
                JSONMember("running", .flag(standing.isRunning)),
                JSONMember("commit", .optional(standing.release?.commit)),
                JSONMember("image", .optional(standing.release?.artefact)),
                JSONMember("holds_positions", .flag(standing.mayHoldPositions)),
            ])
        }
        return .object([
            JSONMember("services", status),
            JSONMember(
                "unfinished",
                unfinished.map {
                    .object([
                        JSONMember("id", .string($0.id)), JSONMember("action", .string($0.action)),
                        JSONMember("step", .string($0.step.words)),
                        JSONMember("started_at", .string($0.startedAt)),
                    ])
                } ?? .null),
            JSONMember("deployments", .list(history.reversed().prefix(20).map(Self.json))),
        ])
    }

    var text: String {
        var text: String
        switch services {
        case .native(let services): text = StatusOutput(services).rendered(asJSON: false)
        case .containers(let standing):
            let image = standing.release?.artefact ?? "nothing yet"
            text = "containers  \(standing.isRunning ? "running" : "stopped"), \(image)\n"
        }
        if let unfinished {
            text +=
                "unfinished: the \(unfinished.action) of \(unfinished.startedAt) stands "
                + "\(unfinished.step.words); "
                + "unless it is under way, the next tradewind deploy goes back or finishes it\n"
        }
        if history.isEmpty { return text + "no deployment is recorded here\n" }
        return text + history.suffix(5).reversed().map(Self.text).joined()
    }
}
