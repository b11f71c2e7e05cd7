internal import Events
internal import Operations
internal import Settings

/// How services are, for people and for programs.
struct StatusOutput {
    private let status: HostStatus

    init(_ status: HostStatus) { self.status = status }

    func rendered(asJSON: Bool) -> String { asJSON ? json.compact + "\n" : text }

    // MARK: For programs

    private var json: JSONText {
        .object([
            JSONMember("well", .flag(status.isWell)), JSONMember("mode", .optional(status.mode?.rawValue)),
            JSONMember("wanted", .flag(status.isWanted)),
            JSONMember(
                "supervisor",
                .object([
                    JSONMember("running", .flag(status.supervisor != nil)),
                    JSONMember("pid", status.supervisor.map { .integer(Int($0.pid)) } ?? .null),
                    JSONMember("uptime_seconds", seconds(status.supervisorUptime)),
                ])
            ),
            JSONMember("services", .list(status.services.map(json))),
            JSONMember(
                "problems",
                .list(
                    status.problems.map { problem in
                        .object([
                            JSONMember("code", .string(problem.code.rawValue)),
                            JSONMember("message", .string(problem.message)),
                            JSONMember("file", .optional(problem.path)),
                            JSONMember("remedy", .string(problem.remedy)),
                        ])
                    })
            ),
        ])
    }

    private func json(_ service: HostStatus.Service) -> JSONText {
        .object([
            JSONMember("name", .string(service.name)), JSONMember("state", .string(service.state)),
            JSONMember("running", .flag(service.process != nil)),
            JSONMember("ready", service.isReady.map { .flag($0) } ?? .null),
            JSONMember("problem", .optional(service.problem)),
            JSONMember("holds_positions", service.holdsPositions.map { .flag($0) } ?? .null),
            JSONMember("pid", service.process.map { .integer(Int($0.pid)) } ?? .null),
            JSONMember("uptime_seconds", seconds(service.uptime)),
            JSONMember("restarts", .integer(service.restarts)),
            JSONMember("last_failure", .optional(service.lastFailure)),
            JSONMember("last_failure_time", .optional(service.lastFailureTime)),
            JSONMember("endpoint", .optional(service.endpoint)),
        ])
    }

    private func seconds(_ duration: Duration?) -> JSONText {
        duration.map { .integer(Int($0.components.seconds)) } ?? .null
    }

    // MARK: For people

    private var text: String {
        var lines = ["mode        \(status.mode?.rawValue ?? "unknown")"]
        let supervisor = status.supervisor.map { "process \($0.pid), \(Self.words(status.supervisorUptime))" }
        lines.append("supervisor  \(supervisor ?? (status.isWanted ? "NOT RUNNING" : "stopped"))")
        let width = max(10, status.services.map(\.name.count).max() ?? 0)
        for service in status.services {
            var line =
                service.name + String(repeating: " ", count: width - service.name.count) + "  "
                + (service.state == "waiting" ? "waiting for its next attempt" : service.state)
            if let process = service.process {
                line += ", process \(process.pid), \(Self.words(service.uptime))"
            }
            if let endpoint = service.endpoint, service.process != nil { line += ", \(endpoint)" }
            if service.restarts > 0 { line += ", \(service.restarts) restarts" }
            lines.append(line)
            if let problem = service.problem { lines.append("            now: \(problem)") }
            if service.state == "left-alone" {
                let holding = service.holdsPositions == true ? "holds positions" : "may hold positions"
                lines.append(
                    "            left running: it trades live and \(holding); look at it, "
                        + "then use tradewind restart")
            }
            if let failure = service.lastFailure {
                lines.append(
                    "            last failure: \(failure) (\(service.lastFailureTime ?? "time unknown"))")
            }
        }
        if status.services.isEmpty { lines.append("no service has been started here") }
        for problem in status.problems { lines.append("warning: \(problem); \(problem.remedy)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `3 s`, `12 min`, `5 h`, `9 days`: one unit is enough here.
    private static func words(_ duration: Duration?) -> String {
        guard let seconds = duration?.components.seconds else { return "up" }
        switch seconds {
        case ..<120: return "up \(seconds) s"
        case ..<7200: return "up \(seconds / 60) min"
        case ..<172_800: return "up \(seconds / 3600) h"
        default: return "up \(seconds / 86_400) days"
        }
    }
}
